"""By what a kept result is known again: the software that made it, and the user's own responses in it."""

from collections.abc import Collection, Mapping
from typing import Any

from sim.experiments.sources import source_hash
from sim.runs.chunks import own_responses
from sim.runs.software import software


def behaviour(responses: Collection[str]) -> dict[str, Any]:
    """All that may change what a scenario gives though its file stays the same: the user's responses, and the software.

    Sweeps and the stages of the thesis test are kept by it. A response is known by its source, not by its name.

    Parameters
    ----------
    responses : collection of str
        Names of the responses that are used; the program's own are a part of its code.
    """
    own = {name: form for name, form in sorted(own_responses().items()) if name in responses}
    return {"responses": {name: source_hash(form.value, form.marginal) for name, form in own.items()}, "versions": software()}


def difference(worker: Mapping[str, str], caller: Mapping[str, str]) -> str:
    """Say in what the software of a worker is other than the caller's, and what to do; nothing where it is the same."""
    names = [name for name in {**caller, **worker} if worker.get(name) != caller.get(name)]
    others = [f"{name} {worker.get(name)} ({caller.get(name)})" for name in names if name != "code"]
    if others:
        return f"other versions than the caller: {', '.join(others)}; install the same on all"
    if names:
        remedy = "start Python and the workers again. The sweep then needs another folder, unless the edit is undone"
        return f"other code, though the same versions: a file of the program was edited after one of the two began; {remedy}"
    return ""
