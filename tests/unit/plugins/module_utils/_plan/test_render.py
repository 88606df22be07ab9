# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan looks like."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location, Problem
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan import render
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import MISSING, Change, Unknown
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Plan

PLAN = Plan(
    (
        Action(
            "dataset.P.a",
            "dataset",
            "P",
            "create",
            (Change("type", MISSING, "S3"), Change("folder", MISSING, Unknown("id"))),
            Location("p.yml", 3, 5),
        ),
        Action(
            "recipe.P.r",
            "recipe",
            "P",
            "update",
            (Change("code", "a = 1\nb = 2\n", "a = 1\nb = 3\n"), Change("tags", ["x"], MISSING)),
        ),
        Action("dataset.P.b", "dataset", "P", "delete", reason="not in the configuration", loses="its data"),
        Action("project.P", "project", "P", "unchanged"),
    ),
    (Problem("normalised", "datasets[0]", Location("p.yml", 3, 5), "warning"),),
)


def test_a_plan_reads_like_the_peers() -> None:
    assert (
        render.text(PLAN)
        == """\
  + dataset.P.a  # p.yml:3:5
      + type: "S3"
      + folder: (known after apply)
  ~ recipe.P.r
      ~ code:
          @@ -1,2 +1,2 @@
           a = 1
          -b = 2
          +b = 3
      - tags: ["x"]
  - dataset.P.b (not in the configuration) (loses its data)

Warning: p.yml:3:5 datasets[0]: normalised
Plan: 1 to create, 1 to update, 0 to replace, 1 to delete.
"""
    )


def test_an_empty_plan_counts_what_is_as_declared() -> None:
    assert render.summary(Plan((PLAN.actions[3],))) == "No changes. 1 object is as declared."
    assert render.summary(Plan(())) == "No changes. 0 objects are as declared."


def test_the_plan_as_data_is_json_and_holds_changed_actions_only() -> None:
    data = json.loads(json.dumps(render.as_data(PLAN)))
    assert data["summary"] == {"create": 1, "update": 1, "replace": 0, "delete": 1, "unchanged": 1}
    assert [entry["address"] for entry in data["actions"]] == ["dataset.P.a", "recipe.P.r", "dataset.P.b"]
    folder = {"path": "folder", "before": None, "after": "(known after apply)", "cause": None}
    assert data["actions"][0]["changes"][1] == folder
    assert data["actions"][0]["source"] == "p.yml:3:5"


def test_the_plan_as_data_fits_its_published_schema() -> None:
    schema = json.loads((Path(__file__).parents[5] / "docs/schemas/plan.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(render.as_data(PLAN))


def test_the_plan_for_a_pull_request_is_a_table() -> None:
    assert (
        render.markdown(PLAN)
        == """\
**Plan: 1 to create, 1 to update, 0 to replace, 1 to delete.**

| | resource | why | source |
| --- | --- | --- | --- |
| create | dataset.P.a |  | p.yml:3:5 |
| update | recipe.P.r | code, tags |  |
| delete | dataset.P.b | not in the configuration; loses its data |  |

- p.yml:3:5 datasets\\[0\\]: normalised
"""
    )


def test_a_name_cannot_break_out_of_the_table() -> None:
    hostile = Plan((Action("dataset.P.a|<b>[x](y) @team", "dataset", "P", "create"),))
    assert "| dataset.P.a\\|\\<b\\>\\[x\\](y) \\@team |" in render.markdown(hostile)


def test_a_long_value_is_cut_in_the_middle() -> None:
    line = render.shown(["x" * 500])
    assert len(line) < 220
    assert line.endswith("(504 characters)")
