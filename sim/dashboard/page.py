"""The page: thin components over settings, a story and a comparison. All that decides stands in modules without Solara."""

from collections.abc import Callable
from concurrent.futures import Executor
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import solara
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import update_counter

from sim.dashboard.controls import Group, groups_of
from sim.dashboard.files import export, export_name, imported, link, linked
from sim.dashboard.jobs import Tell, ask, use_job
from sim.dashboard.markup import ensemble_html, story_html
from sim.dashboard.settings import Settings
from sim.dashboard.side_by_side import RUNS, pair_of, run_both
from sim.dashboard.story import Story
from sim.dashboard.words import explained, meanings_html
from sim.errors import UserError
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.reporting.labels import limit_words
from sim.scenario.files import MOST_BYTES
from sim.scenario.scenario import Scenario, scenario_names
from sim.whatif.act import EXAMPLE
from sim.whatif.asked import what_if

FILE = "an opened file"  # in the list of scenarios, where what is set is none that ships
ACT_RUNS = 500
PACE = 350  # milliseconds between two months while it plays
SPEEDS = [{"pace": 1_000, "text": "slow"}, {"pace": PACE, "text": "as usual"}, {"pace": 80, "text": "fast"}]
QUESTION = "Is Beijing the limit of the partnership between Russia and North Korea?"
LEAD = (
    "Set what you believe about six governments. Play one possible [course of events](history), month by month. Then run "
    "two thousand of them, once with Beijing as you set it and once with [a Beijing that does not care](indifferent Beijing): "
    "what differs is Beijing's doing. The answer may be: nothing. All numbers are assumptions within stated ranges, no forecasts."
)

LIMITS_NOTE = "Tick a [limit](limit) to see what happens in a [world without it](knock-out)."

start = Settings.chosen(Scenario.load("base"), shipped=True)  # what a page opens with; the server sets it before it serves
helpers: Executor | None = None  # processes that share the work of an ensemble; so is this


@solara.component_vue("group.vue")
def GroupView(
    title: str,
    note: str,
    unfolded: bool,
    parts: list[dict[str, Any]],
    at: dict[str, int],
    moved: list[str],
    event_move: Callable[[Any], None],
    event_restore: Callable[[Any], None],
) -> None:
    """Sliders in folds; tells of a slider that was let go by address and stop, and of one to be put back by address."""


@solara.component_vue("choose.vue")
def Choose(label: str, ident: str, items: list[dict[str, str]], chosen: str, event_choose: Callable[[Any], None]) -> None:
    """Let a scenario be chosen; tells its name."""


@solara.component_vue("months.vue")
def MonthsView(
    month: int,
    most: int,
    pace: int,
    speeds: list[dict[str, Any]],
    event_jump: Callable[[Any], None],
    event_set_pace: Callable[[Any], None],
) -> None:
    """Let a month of the run and the speed of play be chosen; tells either."""


@solara.component_vue("limits.vue")
def LimitsView(note: str, limits: list[dict[str, str]], out: list[str], event_knock: Callable[[Any], None]) -> None:
    """Boxes to tick; tells the name of a limit and whether it is out."""


@solara.component_vue("files.vue")
def FilesView(
    content: str,
    filename: str,
    changed: bool,
    most: int,
    event_send_file: Callable[..., None],
    event_undo: Callable[[Any], None],
) -> None:
    """Buttons to open and save a file and to undo all; tells name and size of an opened file, with its bytes."""


def text(tag: str, content: str, classes: str = "") -> None:
    """Put a text on the page, escaped."""
    solara.HTML(tag=tag, unsafe_innerHTML=escape(content), classes=[classes] if classes else [])


def passage(content: str, classes: str = "cap-small") -> None:
    """Put a passage of the page's own on it, with the words that it explains."""
    solara.HTML(tag="p", unsafe_innerHTML=explained(content), classes=[classes])


@solara.component
def Page() -> None:
    """Show everything: the question, the controls, one run, and the ensemble."""
    search = solara.use_router().search
    begin, problem = solara.use_memo(lambda: _begin(search), [])
    settings = solara.use_reactive(begin)
    story = solara.use_reactive(solara.use_memo(lambda: Story(begin.scenario), []))
    chance = solara.use_reactive(0)
    message = solara.use_reactive(problem)

    def tell_again(scenario: Scenario, number: int) -> None:
        """Play the run again under what is set now, up to the month that was reached."""
        story.value = Story(scenario, number, months=story.value.month)

    def apply(change: Callable[[], Settings]) -> None:
        """Take new settings, or say what is wrong with them and keep the old."""
        try:
            new = change()
            tell_again(new.scenario, chance.value)
        except UserError as error:
            message.value = str(error)
        else:
            settings.value, message.value = new, ""

    def other_chances() -> None:
        chance.value += 1
        tell_again(settings.value.scenario, chance.value)

    solara.Title("Is Beijing the limit?")
    solara.Style(Path(__file__).with_name("page.css"))
    with solara.v.Html(tag="main", class_="cap"):
        text("h1", QUESTION)
        passage(LEAD, "cap-lead")
        with solara.Div(classes=["cap-columns"]):
            with solara.Div(classes=["cap-controls"]):
                Controls(settings.value, message.value, apply)
            with solara.Div(classes=["cap-run"]):
                OneRun(story, settings.value, chance.value, other_chances)
                with solara.Div(classes=["cap-ensemble"]):
                    Ensemble(settings.value)
                with solara.Div(classes=["cap-ensemble"]):
                    WhatIf(settings.value)
        solara.HTML(tag="div", unsafe_innerHTML=meanings_html())


def _begin(search: str | None) -> tuple[Settings, str]:
    """What a page begins with: what its address says, else what the command line has named; and what is wrong there."""
    try:
        return linked(search or "") or start, ""
    except UserError as error:
        return start, str(error)


@solara.component
def Controls(settings: Settings, message: str, apply: Callable[[Callable[[], Settings]], None]) -> None:
    """Show the scenario, the sliders and the limits."""
    groups = solara.use_memo(lambda: groups_of(settings.origin), [settings.origin.hash])
    plain = solara.use_memo(lambda: [_plain(group) for group in groups], [settings.origin.hash])
    items = solara.use_memo(shipped, [])
    controls = {control.address: control for group in groups for part in group.parts for control in part.controls}
    at = {address: control.stop(settings.value(address)) for address, control in controls.items()}

    def choose(name: str) -> None:
        if name != FILE:
            apply(lambda: Settings.chosen(Scenario.load(name), shipped=True))

    def move(moved: tuple[str, int]) -> None:
        address, stop = moved
        if address in controls and 0 <= stop < len(controls[address].values):
            apply(lambda: settings.move(address, controls[address].values[stop]))

    def knock(knocked: tuple[str, bool]) -> None:
        if knocked[0] in KNOCKOUTS:
            apply(lambda: settings.knock(knocked[0], out=bool(knocked[1])))

    def opened(about: dict[str, Any], buffers: list[memoryview]) -> None:
        apply(lambda: imported(str(about["name"]), bytes(buffers[0])))

    chosen = settings.origin.name if settings.shipped else FILE
    listed = items if settings.shipped else [{"value": FILE, "text": settings.origin.title}, *items]
    Choose(label="Scenario", ident="cap-scenario", items=listed, chosen=chosen, event_choose=choose)
    text("p", " ".join(settings.scenario.question.split()), "cap-small")
    FilesView(
        content=export(settings),
        filename=export_name(settings),
        changed=settings.changed,
        most=MOST_BYTES,
        event_send_file=opened,
        event_undo=lambda _: apply(lambda: Settings.chosen(settings.origin, shipped=settings.shipped)),
    )
    if address := link(settings):
        solara.HTML(tag="p", unsafe_innerHTML=f'<a href="{escape(address)}">Link to these settings</a>', classes=["cap-small"])
    if message:
        solara.HTML(
            tag="div",
            unsafe_innerHTML=f"<strong>This cannot be used. What was set before is kept.</strong>\n{escape(message)}",
            classes=["cap-message"],
            attributes={"role": "alert"},
        )
    for group, parts in zip(groups, plain, strict=True):
        GroupView(
            title=group.title,
            note=explained(group.note),
            unfolded=group is groups[0],
            parts=parts,
            at=at,
            moved=[address for address in settings.numbers if address in controls],
            event_move=move,
            event_restore=lambda address: apply(lambda: settings.restore(address)),
        ).key(group.title)
    limits = [dict(zip(("name", "title", "says"), (name, *limit_words(name)), strict=True)) for name in KNOCKOUTS]
    LimitsView(note=explained(LIMITS_NOTE), limits=limits, out=sorted(settings.out), event_knock=knock)


@cache
def shipped() -> list[dict[str, str]]:
    """Give the shipped scenarios as the browser takes them."""
    return [{"value": name, "text": Scenario.load(name).title} for name in scenario_names()]


def _plain(group: Group) -> list[dict[str, Any]]:
    """Give the parts of a group as the browser takes them."""
    return [
        {
            "title": part.title,
            "note": part.note,
            "controls": [
                {"address": each.address, "label": each.label, "help": each.help, "texts": each.texts} for each in part.controls
            ],
        }
        for part in group.parts
    ]


@solara.component
def OneRun(story: solara.Reactive[Story], settings: Settings, chance: int, other_chances: Callable[[], None]) -> None:
    """Step or play a single run, and show it."""
    parameters = solara.use_reactive({"setting": settings.scenario, "chance": chance})
    pace, every, threads = solara.use_reactive(PACE), solara.use_reactive(1), solara.use_reactive(False)
    text("h2", "One possible course of events")
    passage(
        "“Step” goes one month on, “▶” goes on by itself, “Reset” goes back to the start. Move a slider, and the same months "
        "are played again under the new setting, with the same chance events."
    )
    with solara.Div(classes=["cap-row", "cap-play"]):
        ModelController(story, model_parameters=parameters, play_interval=pace, render_interval=every, use_threads=threads).key(
            str(settings.scenario.months)
        )
        solara.Button("Other chance events", on_click=other_chances, classes=["cap-button"], text=True)
        text("span", f"chance events no. {chance + 1}", "cap-small")

    def jump(month: int) -> None:
        if 0 <= month <= settings.scenario.months:
            story.value = Story(settings.scenario, chance, months=month)

    def set_pace(wanted: int) -> None:
        if wanted in [speed["pace"] for speed in SPEEDS]:
            pace.value = wanted

    Reached(story.value, pace.value, jump, set_pace)
    Told(story.value)


@solara.component
def Reached(story: Story, pace: int, jump: Callable[[int], None], set_pace: Callable[[int], None]) -> None:
    """Show the month that is reached as a slider, after every step anew."""
    update_counter.get()
    MonthsView(month=story.month, most=story.setting.months, pace=pace, speeds=SPEEDS, event_jump=jump, event_set_pace=set_pace)


@solara.component
def Told(story: Story) -> None:
    """Show how far a run is, after every step anew."""
    update_counter.get()
    solara.HTML(tag="div", unsafe_innerHTML=story_html(story))


@solara.component
def Ensemble(settings: Settings) -> None:
    """Run many runs with and without Beijing, and show them side by side."""
    job = use_job(_ensemble)
    beside = solara.use_reactive("")
    items = solara.use_memo(lambda: [{"value": "", "text": "the same, with a Beijing that does not care"}, *shipped()], [])

    def choose(name: str) -> None:
        if not name or name in scenario_names():
            beside.value = name

    text("h2", f"{RUNS:,} possible courses of events, twice: side by side")
    passage(
        "Both [worlds](world) meet [the same chance events](paired). Where the other is the same but for Beijing, "
        "every difference is Beijing's doing: its threat, or [what it carries out](deed). "
        "A share of runs is a share of the stated worlds and no probability."
    )
    Choose(label="Set your settings beside", ident="cap-beside", items=items, chosen=beside.value, event_choose=choose)
    with solara.Div(classes=["cap-row"]):
        ask(f"Run {RUNS:,} of each", lambda: job.start((settings, beside.value)), job, 2 * RUNS)
    if job.shown.problem:
        text("div", job.shown.problem, "cap-message")
    if job.shown.html and not job.pending and job.shown.asked != (settings, beside.value):
        text("div", "The settings have changed since. Run again to see what they do.", "cap-note")
    # A key of its own, so that the note above it does not have it made anew: its pictures would go and come back.
    solara.HTML(tag="div", unsafe_innerHTML=job.shown.html).key("ensemble")


def _ensemble(asked: tuple[Settings, str], tell: Tell) -> str:
    settings, beside = asked
    return ensemble_html(run_both(pair_of(settings, Scenario.load(beside) if beside else None), helpers=helpers, tell=tell))


@solara.component
def WhatIf(settings: Settings) -> None:
    """Ask what a dated act would change under the settings."""
    typed = solara.use_reactive(EXAMPLE)
    job = use_job(_answer)
    text("h2", "What if?")
    passage(
        f"Say [who does what](act) to whom, by how much, from when to when. {ACT_RUNS} pairs of runs, "
        "with the act and without it."
    )
    with solara.Div(classes=["cap-row", "cap-act"]):
        solara.InputText("An act in plain words", value=typed, continuous_update=True)
        ask("Ask what if", lambda: job.start((settings, typed.value)), job, 2 * ACT_RUNS)
    if job.shown.problem:
        text("div", job.shown.problem, "cap-message")
    elif job.shown.html and not job.pending:
        if job.shown.asked is not None and job.shown.asked[0] != settings:
            text("div", "The settings have changed since. Ask again to see what the act does now.", "cap-note")
        text("pre", job.shown.html, "cap-answer")


def _answer(asked: tuple[Settings, str], tell: Tell) -> str:
    settings, act = asked
    done = 0.0

    def count(runs: float) -> None:
        nonlocal done
        done += runs
        tell(done)

    return what_if(settings.scenario, act, runs=ACT_RUNS, processes=1, progress=count).summary()
