"""Write the golden numbers anew after a change of the model or the base scenario that is meant: python tests/update_golden.py.

Say in CHANGELOG.md whose results change, and how.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout, wherever this is called from

from golden_runs import VARIANTS, write

if __name__ == "__main__":
    for bargaining in VARIANTS:
        write(bargaining)
        print(f"wrote tests/golden/{bargaining}.csv")
