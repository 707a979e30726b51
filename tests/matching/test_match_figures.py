"""The pictures of a match: those that its findings allow, from real runs."""

import pytest
from small_match import declaration

import sim
from sim.errors import UserError
from sim.matching.figures import draw_match, profile_table, range_table, score_table


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("match") / "out"
    return sim.match("base", declaration(cut=2.0, rank=1), until="2024-06", worlds=300, out=out, progress=False)


@pytest.mark.slow
def test_a_match_is_drawn_into_its_directory(made):
    names = [path.name for path in draw_match(made, runs=20)]
    assert names[:4] == ["waves.png", "record.png", "ranges.png", "profiles.png"]
    assert names[-1] == "scores.png"
    assert all((made.directory / "figures" / name).stat().st_size > 5_000 for name in names)


def test_tables_hold_what_was_found(made):
    assert list(range_table(made.found)["parameter"]) == [side.address for side in made.found.parameters]
    assert len(profile_table(made.found)) == sum(len(each.lowest) for each in made.found.profiles)
    assert list(score_table(made.found)["series"]) == [each.title for each in made.found.score.by_series]


def test_a_match_without_a_directory_has_no_place_for_pictures(made):
    homeless = type(made)(made.found, made.scenario, made.worlds, made.implausibility, made.setting, None)
    with pytest.raises(UserError, match="give out="):
        draw_match(homeless)
    with pytest.raises(UserError, match="nothing was scored"):
        score_table(made.found.model_copy(update={"score": None}))
