"""Write `docs/matching.md`: what the record rules out, and how the rest foretells the second half of 2024.

Run it with ``uv run docs/make_matching.py`` after any change of results or of the declaration. A test runs it again and holds the
page against the result.
"""

import sys
from pathlib import Path

from sim import match
from sim.matching.found import Matching
from sim.matching.history import Match
from sim.matching.report import report, summary

HERE = Path(__file__).resolve().parent
BUDGET = "standard"
FITTED, TRAINED = "2024-12", "2024-06"

PAGE = """# Matching to the record

Which worlds of the declared box are at odds with the record? History matching rules those out (McCulloch et al. 2022, JASSS
25(2)1). What is left is not the truth, nor are its worlds likely: the record cannot rule them out, and that is all.

```sh
uv run run_sim.py match --until 2024-06 --out out/matched
uv run run_sim.py run out/matched/matched.toml --runs 1000
```

`match` writes a report, `matching.json` with all findings, `worlds.parquet` with every world that is left,
`implausibility.parquet` with how every world did, and `out/matched/matched.toml`, a scenario whose runs draw from worlds that
are left. It fits months to `--until` on figures that were known by `--vintage`. `--budget standard` takes 20,000 worlds of 8
runs a wave, and some 300 MB of disk. A call with the same `--out` goes on from the parts that are there; a folder with another
scenario, declaration, date or record is refused and left as it is. `sim.match` is the same in Python: what it gives has each
table as a DataFrame (`groups`, `parameters`, `record`, `scores` and others) and each picture by name (`figures["profiles"]`).
The JSON Schema of `matching.json` is `docs/matching.schema.json`.

## How the record was used

- **Distance.** A world's implausibility by one figure is I = max(0, low − ȳ, ȳ − high) / √(V_ensemble + V_discrepancy): how far
  its mean lies from the *range* of the figure, in standard deviations (Craig et al. 1997). A wide range rules out little, and a
  one-sided bound only on its side.
- **Chance.** The record is one history. Even in the true world it would differ from the mean of R runs by the variance of one
  run and by the error of the mean, so V_ensemble = σ² (1 + 1/R). With few runs σ² is poorly known, and each world's is drawn
  towards the mean over the first wave as if by 4 further degrees of freedom (Smyth 2004). Each world meets shocks
  of its own: were they the same for all, every share would carry the luck of a few histories.
- **Discrepancy.** How far the model may miss a series for reasons of its own is declared in `scenarios/matching.toml`, each
  with a reason, before any run. The report shows all of it. What is left out of the comparison stands there, too.
- **Totals.** A world that is low at first is below every later total. So totals of *one counter* are compared by what came in
  between, in the unit of the source, where one uncertain factor converts both. Totals of different counters, and one-sided
  ones, stay as they are: their differences would be no deliveries.
- **Groups.** Series that tell of the same thing form a group, and count by the worst of their figures. The second-highest
  implausibility over the groups rules a world out from 3 on: no single group does so alone (Vernon et al. 2010), and three
  standard deviations hold 95 % of any distribution with one peak (Pukelsheim 1994). The price is that a world may fail one
  group altogether and stay. With eight groups the highest would be too strict: of 400 worlds of the whole box, each set against
  all figures as it would have made them itself, the second-highest leaves 99.8 % and the highest 92 % (with almost no
  discrepancy 97 % and 80 %).
- **Waves.** A wave is a Latin hypercube over the box. The next one covers the part of the box that holds what is left of all
  waves, and they end when less than 5 % of the volume goes. A side is cut only where the outermost world that is left lies
  further from its end than chance allows, and as much room is left beyond it. Over a hundred sides would otherwise each lose a
  little to chance in each wave, and the truth with it.

## What is left of the box

Fitted to {fitted}, {figures} figures, {worlds:,} worlds a wave.

{summary}

**The box does not shrink.** Dozens of numbers stand against {figures} figures, most of them soft, and no group rules out
alone. What the record rules out are combinations of numbers, so every number keeps nearly all of its range. Were the highest
implausibility to count and not the second, {strictest:.1f} % of the box would be left, and still no number would be known much
better.

### What would shrink it

- **Less discrepancy.** It is what keeps the box. Against a record that a world of the box makes itself, 57 % of the box is left
  with the discrepancies as declared, and 1 % if they are 2 % of each figure. They are that large because the model lacks
  customs checks, single ships and the floods of a given month. Each of these that comes into the model allows a smaller one:
  seasons, growth and closed borders have come in, and the discrepancies of trade are smaller for it.
- **Counts that agree.** How many rounds a container holds is known to a factor of two, and five counters differ by a factor of
  three. One more total of the same kind adds little; one count of rounds fired, or a narrower number of rounds a container,
  adds much.
- **Figures of what is not seen yet.** Two groups rule out next to nothing. Of what Beijing minds and of the stock before the
  first shipment the record gives no more than a trace: their distributions shift by some hundredths and get no narrower. Only
  months in which Beijing presses, or in which shipments end and a reason is known, would tell more.
- **More worlds** do not. They tell the share that is left more finely, and leave as much.

{groups}

## What misses, and whose fault it is

- **Rounds** rule out most, and mostly because worlds send too few. Three in ten worlds of the box deliver less than two million
  by September 2024 where the counts of containers give four to ten. That is the fault of the box, whose numbers were read one by
  one, and of the record: counts of the same months differ by a factor of three, and a world that meets the South Korean count
  misses the Western one.
- **Trade of China and North Korea** is ruled out where worlds trade too much in months in which floods and customs checks cut
  the record, or too little where the end of the year lifted it. The model knows a season, shocks and closed borders, but not
  those of that year.
- **Dual-use goods** halved within four months of the American order of December 2023. Few worlds fall so fast. Fifty items of a
  list stand for all components, so part of it is the mapping.
- **Oil** is too high before March 2024: Russia's reports to the United Nations give a quarter of its cap, and in the model oil
  flows up to the cap as soon as it is worth its price.
- **Missile tests** are too many in the second half of 2024. The range of their rate is read from the years 2023 and 2024
  together.
- **Exports to Russia on the year** are met by no world, and the discrepancy of ten points lets them pass. The model lacks the
  year before its start: its first month stands for it. This series tells nothing here.
- **Summits and the treaty** rule nothing out. Each is one event whose month is chance, and a single event cannot be far from
  any rate that is not absurd.

{parameters}

{pairs}

{explained}

## Train and test

Fitted on {trained} and on what was known by the month after, then set against the figures of the second half of 2024.

{score}

So the worlds that are left do better than the box, but not by much. Of what lies ahead they give wide bands and a poor centre.
Wide ranges of the record are met by almost any band. The share of single numbers is the one to trust, and it falls short of
nine in ten.

For a **cumulative count** such as rounds, whoever draws a line through the record to June does far better: the model starts
from its own total and not from the last one counted, and many of its worlds have been too low all along. It is better than
naive forecasts where the record swings without direction, such as trade and tests. A fit to such a record is a check on the
model and no forecaster.

## What to keep in mind

- Shares are of worlds of the declared box under its measures. They are no probabilities, and the matched scenario draws evenly
  from a sample of what is left.
- Figures of one group are not independent, and neither are groups: a broken deal stops rounds and oil together. In twin
  experiments, with a record made by the model itself and almost no discrepancy, the truth is left in about 97 of 100 cases.
  That holds for a model without faults. Of a faulty one it says nothing, which is what the discrepancy is for.
- A discrepancy that is too large hides a bad model, and one too small hides a bad record. Both are declared, and can be argued
  with.
- Evidence sees the partnership with Beijing in force, never without. What was seen can seldom decide what would have been.
"""


def page(fitted: Match, trained: Match) -> str:
    """Make the page from a match to December 2024 and one to June."""
    about = fitted.found.about
    return PAGE.format(
        fitted=FITTED,
        trained=TRAINED,
        figures=about.figures,
        worlds=about.worlds,
        strictest=100 * fitted.found.strictest,
        summary="\n".join(f"- {line}" for line in summary(fitted.found)),
        groups=section(fitted.found, "What each group rules out", "###"),
        parameters=section(fitted.found, "What the record tells of parameters"),
        pairs=section(fitted.found, "Pairs that trade off", "###"),
        explained=section(fitted.found, "Explanations"),
        score=section(trained.found, f"After {TRAINED}").split("\n", 2)[2],
    )


def section(found: Matching, title: str, level: str = "##") -> str:
    """Take a section from the report."""
    text = report(found)
    start = text.index(f"## {title}\n")
    end = text.find("\n## ", start)
    return f"{level} {title}\n" + text[start:end].split("\n", 1)[1].rstrip()


def main(folder: Path = HERE) -> Path:
    """Run both matches, and write the page into a folder."""
    made = page(*(match(until=until, budget=BUDGET, progress=sys.stderr.isatty()) for until in (FITTED, TRAINED)))
    path = folder / "matching.md"
    path.write_text(made, encoding="utf-8")
    return path


if __name__ == "__main__":
    print(main())
