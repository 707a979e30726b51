"""Write the JSON Schema of what the thesis test finds, made from the code.

``python docs/make_schema.py`` writes docs/thesis.schema.json; a test fails while it is behind the code.
"""

import json
from pathlib import Path

from sim.thesis.judgement import Judgement

HERE = Path(__file__).resolve().parent
SCHEMAS = {"thesis": Judgement}

if __name__ == "__main__":
    for name, record in SCHEMAS.items():
        text = json.dumps(record.model_json_schema(), indent=1, ensure_ascii=False)
        (HERE / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")
