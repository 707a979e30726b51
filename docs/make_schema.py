"""Write docs/thesis.schema.json: the JSON Schema of what the thesis test finds, made from the code.

``python docs/make_schema.py`` writes it; a test fails while it is behind the code.
"""

import json
from pathlib import Path

from sim.thesis.judgement import Judgement

PAGE = Path(__file__).resolve().with_name("thesis.schema.json")

if __name__ == "__main__":
    PAGE.write_text(json.dumps(Judgement.model_json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
