# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pure parts of the benchmark: workloads, fits, tables, goals, the order of recorded calls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from benchmark.contestants import APPLY, CONFIGURATION, EQUAL, PLAN, TASKS, summary
from benchmark.goals import GOALS, judge
from benchmark.measure import Broken, Budget, Entrant, Run, race
from benchmark.node import Traffic
from benchmark.phases import PHASES, places
from benchmark.programs.script import differs, lay_over
from benchmark.recorded import levels, subject
from benchmark.report import BEGIN, END, put
from benchmark.results import Results, Row, read_results, row_of
from benchmark.statistics import fit, median
from benchmark.table import cells, markdown, number, spread, text
from benchmark.workloads import CHAIN, CHAINS, SECTIONS, SHAPES, STAR, changed, read_by, synthetic


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("objects", [1, 10, 100, 1_000])
def test_a_project_has_as_many_objects_as_asked_half_of_them_recipes(objects: int, shape: str) -> None:
    made = synthetic(objects, shape)
    assert made.objects == objects
    assert len(made.scenarios) == objects // 20
    assert 0 <= len(made.datasets) - len(made.recipes) <= 1
    names = {author["name"] for author in made.datasets}
    for recipe in made.recipes:
        assert {*recipe["inputs"], *recipe["outputs"]} <= names
        assert 20 <= recipe["code"].count("\n") <= 25


def test_the_shapes_differ_in_what_recipes_read() -> None:
    assert [read_by(number, CHAIN) for number in (0, 1, 50)] == [None, 0, 49]
    assert [read_by(number, STAR) for number in (0, 1, 50)] == [None, 0, 0]
    assert [read_by(number, CHAINS) for number in (0, 19, 20, 50)] == [None, None, 0, 30]


@pytest.mark.parametrize(("objects", "expected"), [(10, 1), (100, 1), (1_000, 10)])
def test_one_object_in_a_hundred_is_changed(objects: int, expected: int) -> None:
    before = synthetic(objects)
    after = changed(before)
    pairs = [pair for section in SECTIONS for pair in zip(before.of(section), after.of(section), strict=True)]
    assert sum(one != other for one, other in pairs) == expected


def test_medians_and_fits() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
    growth = fit([(size, 0.5 * size**1.5) for size in (10, 100, 1_000)])
    assert growth is not None
    assert growth.power == pytest.approx(1.5)
    assert growth.at(10_000) == pytest.approx(500_000)
    assert fit([(10, 1.0), (10, 2.0)]) is None


def run_of(wall: float = 1.0, inner: float | None = None, cpu: float = 0.1) -> Run:
    return Run(wall, 0.5, 20_000_000, inner, "", {}, Traffic(7, 5, {"GET /x": 5, "PUT /x": 2}, 100, 2_000, cpu))


def test_start_up_is_taken_off_where_a_program_does_not_clock_itself() -> None:
    ours = row_of([run_of(3.0), run_of(2.0), run_of(5.0)], "medium", PLAN, CONFIGURATION, 1_000, 1.5)
    assert (ours.wall, ours.net, ours.calls, ours.reads) == (3.0, 1.5, 7, 5)
    assert row_of([run_of(3.0, inner=2.5)], "medium", PLAN, EQUAL, 1_000, 1.5).net == 2.5


def test_a_row_in_which_the_node_was_busy_is_marked() -> None:
    busy = row_of([run_of(2.0, inner=1.0, cpu=0.8)], "small", PLAN, EQUAL, 100)
    assert busy.busy
    assert cells(busy)[6] == "1 *"
    assert not row_of([run_of(2.0, inner=1.0, cpu=0.6)], "small", PLAN, EQUAL, 100).busy


def test_numbers_are_short() -> None:
    shown = [number(value) for value in (None, 0, 0.00012, 0.0123456, 1.23456, 12.3456, 1234.5)]
    assert shown == ["", "0", "0.0001", "0.0123", "1.23", "12.3", "1,234"]
    assert spread([1.0, 3.0], 2.0) == "2 (1 to 3)"
    assert spread([1.0], 1.0) == "1"


def test_tables() -> None:
    assert text(("name", "s"), [("a", "1"), ("longer", "10")]).splitlines() == [
        "name     s",
        "----------",
        "a        1",
        "longer  10",
    ]
    assert markdown(("a", "b"), [("1", "2")]).splitlines() == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


def medium(work: str, contestant: str, net: float, ratio: float, shape: str = CHAINS) -> Row:
    return Row("medium", work, contestant, 1_000, shape, 20, (net,), (net,), 1, net, ratio)


def test_goals_are_judged_by_the_worst_shape() -> None:
    rows = [
        medium(APPLY, CONFIGURATION, 5.0, 1.2),
        medium(APPLY, CONFIGURATION, 6.0, 1.5, STAR),
        medium(APPLY, EQUAL, 40.0, 8.0),
        medium(APPLY, TASKS, 50.0, 10.0),
    ]
    found = {one.goal.what: one for one in judge(Results({"cores": "2"}, rows)) if one.goal.work.startswith("apply of")}
    assert (found["times the limit"].value, found["times the limit"].verdict) == (1.5, "not met")
    assert found["times faster than the script with equal calls"].verdict == "met"  # 8 times
    assert found["times faster than one task per object"].verdict == "not met"  # 10 times


def test_what_was_not_measured_is_no_goal_met() -> None:
    assert {one.verdict for one in judge(Results({"cores": "2"}))} == {"not measured"}
    assert len(GOALS) == len({(goal.work, goal.what) for goal in GOALS})


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results({"cores": "2"}, [replace(medium(PLAN, EQUAL, 2.0, 1.5), counts={"GET /x": 2})])
    results.write(tmp_path / "results.json", {"goals": []})
    assert read_results(tmp_path / "results.json") == results


def test_calls_are_put_in_levels() -> None:
    def call(method: str, path: str, body: str | None = None) -> tuple[str, str, str | None, bool]:
        return method, path, body, False

    plan = [call("GET", "/projects/P/metadata"), call("GET", "/projects/P/recipes/r")]
    assert levels(plan) == [[[plan[0]], [plan[1]]]]
    made = [
        call("GET", "/projects/P/metadata"),
        call("POST", "/projects/", "{}"),
        call("POST", "/projects/P/recipes/", '{"recipePrototype": {"name": "r"}}'),
        call("POST", "/projects/P/datasets/managed", '{"name": "d"}'),
        call("PUT", "/projects/P/datasets/d", "{}"),
        call("PUT", "/projects/P/recipes/r", "{}"),
        call("GET", "/projects/P/recipes/r"),
        call("POST", "/admin/audit/custom/x", "{}"),
    ]
    assert levels(made) == [
        [[made[0]]],
        [[made[1]]],
        [[made[3], made[4]]],
        [[made[2], made[5]]],
        [[made[6]], [made[7]]],
    ]
    assert subject(call("GET", "/projects/P/git/status")) == ("project", "")


def test_the_script_sees_differences_and_mends_them() -> None:
    held = {"a": 1, "b": {"c": [1, 2], "d": 3}}
    assert not differs({"b": {"c": [1, 2]}}, held)
    assert differs({"b": {"c": [1]}}, held)
    lay_over({"b": {"c": [3]}}, held)
    assert held == {"a": 1, "b": {"c": [3], "d": 3}}


def test_who_has_used_up_its_seconds_sits_out() -> None:
    slow, quick = (Entrant(name, lambda wall=wall: run_of(wall)) for name, wall in (("slow", 9.0), ("quick", 1.0)))  # type: ignore[misc]
    race([slow, quick], Budget(5, 3.0), lambda text: None)
    assert (len(slow.runs), len(quick.runs)) == (1, 3)


def test_a_plan_is_read_from_what_is_printed() -> None:
    assert summary("  Plan: 3 to create, 1 to update, 0 to replace, 2 to delete.") == (3, 3)
    assert summary("No changes. 4 objects are as declared.") == (0, 0)
    with pytest.raises(Broken):
        summary("")


def test_every_clocked_function_of_the_engine_is_there() -> None:
    assert {phase for phase, _holder, _name in places()} == {*PHASES}


def test_pages_are_written_between_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    put(page, "new")
    assert page.read_text() == f"before\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="has no"):
        put(page, "new")
