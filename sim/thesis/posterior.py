"""What the record says of the scenario that is judged: an answer that is given, the shipped one, or one inferred now."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sim.errors import UserError
from sim.inference.answer import Answer
from sim.inference.bench import budget_of
from sim.inference.declaration import Declaration
from sim.inference.procedure import infer
from sim.inference.setting import Setting, bring_together
from sim.paths import exists, read_text, scenario_folder, user_path
from sim.runs.sums import check_listed
from sim.scenario.scenario import Scenario
from sim.thesis.terms import BudgetName

NAME = "answer.json"  # in the folder of an inference, and among the shipped files
FOLDER = "posterior"  # within that of the report, where inference has to be done
NONE = "none"
MOST = 50_000_000  # bytes of an answer
SHORT = 12  # figures of a hash that a message shows
BUDGETS = {"quick": "quick", "standard": "standard", "full": "standard"}  # of inference, by that of the test
UNASKED = "The record was left out, as asked."

Given = str | Path | Answer | None


@dataclass(frozen=True)
class Record:
    """What the record says, or why it says nothing.

    Attributes
    ----------
    answer : Answer or None
    missing : str
        Why there is no answer; empty if there is one.
    """

    answer: Answer | None = None
    missing: str = ""


NOT_ASKED = Record(missing="The record was not asked.")


def asked(base: Scenario, given: Given, budget: BudgetName, out: Path | None, progress: bool | None) -> Record:
    """Give what the record says of a scenario.

    Parameters
    ----------
    given : str, Path or Answer, optional
        An inference: its folder, its ``answer.json``, or what that holds. ``"none"`` leaves the record out. By default it is the
        shipped answer if it belongs to the scenario, the declaration and the record as they are, and else inferred now.
    budget : {"quick", "standard", "full"}
        Of the thesis test; inference takes that of the same name, and ``standard`` for ``full``.
    out : Path, optional
        Folder of the thesis test; what is inferred now is kept in it.

    Raises
    ------
    UserError
        If what is given cannot be read, or belongs to another scenario.
    """
    if given == NONE:
        return Record(None, UNASKED)
    if given is not None:
        return Record(_fitting(base, given))
    declaration = Declaration.load("inference")
    size = budget_of(declaration, BUDGETS[budget])
    try:
        setting = bring_together(base, declaration, size)
        if not setting.targets and not setting.happened:
            return Record(None, "No row of the record falls within the months of the scenario.")
    except UserError as error:
        return Record(None, f"The record says nothing of this scenario: {error}.")
    kept = [scenario_folder() / NAME, *([] if out is None else [out / FOLDER / NAME])]
    for path in kept:
        if path.exists() and belongs(answer := read(path), setting):
            return Record(answer)
    folder = None if out is None else out / FOLDER
    return Record(infer(base, declaration, budget=size, out=folder, progress=progress).answer())


def belongs(answer: Answer, setting: Setting) -> bool:
    """Whether an answer was inferred over this scenario, by this declaration, from these rows of the record."""
    about = answer.about
    return (about.scenario_hash, about.declaration_hash, about.record_hash) == (
        setting.base.hash, setting.declaration.hash, setting.fingerprint,
    )  # fmt: skip


def read(path: Path) -> Answer:
    """Read an answer from the folder of an inference, or from its file.

    Raises
    ------
    UserError
        If there is none, or it is none.
    """
    file = path / NAME if exists(path) and path.is_dir() else path
    if not exists(file):
        raise UserError(f"holds no {NAME}; give the folder that the command infer has written", str(path))
    check_listed(file)
    try:
        return Answer.model_validate_json(read_text(file, MOST))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise UserError(f"is no answer of an inference ({where}: {first['msg']}); make it again by infer", str(file)) from None


def _fitting(base: Scenario, given: str | Path | Answer) -> Answer:
    answer = given if isinstance(given, Answer) else read(user_path(given))
    about = answer.about
    if about.scenario_hash != base.hash:
        raise UserError(
            f"was inferred over '{about.scenario}' (hash {about.scenario_hash[:SHORT]}), and '{base.name}' (hash "
            f"{base.hash[:SHORT]}) is judged; infer over that: run_sim.py infer {base.name} --out FOLDER",
            "posterior" if isinstance(given, Answer) else str(given),
        )
    return answer
