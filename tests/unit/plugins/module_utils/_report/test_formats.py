# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports as text, Markdown and JUnit."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema
import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import Commit
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.formats import formatted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.state import state_report
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.holder import Holder
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import DONE, Entry, Journal, Result
from support.report_examples import ALL, HOSTILE, ORDERS, RECIPE, Rule, drifted, held, hostile, report, state
from support.sandbox import ROOT

HOLDER = Holder(
    "bob", "ci-7", 12, "apply", "2026-11-21T08:00:00Z", "AWX job 7", "n", "", "", 60, "2026-11-21T08:01:00Z"
)
JOURNAL = Journal(
    run="r8",
    operation="apply",
    lineage="5f0c",
    serial=7,
    at="2026-11-21T08:00:00Z",
    by="bob",
    entries=tuple(Entry(entry.address, entry.kind, "SALES", entry.name, "update", None) for entry in (ORDERS, RECIPE)),
    results={ORDERS.address: Result(DONE)},
)


def of_state() -> dict:
    return state_report("prod", "SALES", "place", state(*ALL), HOLDER, JOURNAL, KINDS)


@pytest.mark.parametrize("content", [report(ALL, drifted(), journal=JOURNAL), report((), {}), hostile(), of_state()])
def test_a_report_fits_its_published_schema_and_is_json(content: dict) -> None:
    schema = json.loads((ROOT / "docs/schemas/report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(content)))


def test_drift_reads_like_a_plan() -> None:
    commit = Commit("3f2a", "bob", "2026-11-21T07:00:00+00:00", "By hand")
    objects = held()
    objects["dataset"]["orders"]["shortDesc"] = "All orders"
    objects["recipe"]["clean_orders"]["code"] = "a = 1\nb = 3\n"
    del objects["dataset"]["clean"]
    content = report(ALL, objects, Rule("recipe.*", ("code",)), who={ORDERS.address: (commit,)})
    assert (
        formatted(content, "text")
        == """\
Drift of SALES in prod
node: https://dss.example.com
read: 2026-11-21T08:00:00Z, full
state: .dataiku/state/prod/SALES.state.json, serial 7

  ~ dataset.SALES.orders (drifted)
      ~ short_description: "Orders" -> "All orders"
      who: bob, 2026-11-21T07:00:00+00:00, commit 3f2a: By hand
      accept:
        datasets:
        - name: orders
          type: PostgreSQL
          short_description: All orders
  - dataset.SALES.clean (missing)
  o recipe.SALES.clean_orders (ignored)
      ~ code:
          @@ -1,2 +1,2 @@
           a = 1
          -b = 2
          +b = 3
      ignored: they tune it by hand

What to do with drifted resources:
  - overwrite: deploy the configuration again; on_drift has to be overwrite
  - accept: put what stands under accept into the configuration
  - ignore: add the resource to ignore_drift, with a reason and a date until when

What to do with missing resources:
  - make it again: deploy the configuration again
  - give it up: take it out of the configuration; the next deployment forgets it

Drift of SALES in prod: 1 drifted, 1 missing, 0 unmanaged, 1 ignored, 2 healthy.
"""
    )


def test_no_drift_is_one_line_below_the_facts() -> None:
    lines = str(formatted(report(ALL, held()), "text")).splitlines()
    assert lines[5:] == ["Drift of SALES in prod: 0 drifted, 0 missing, 0 unmanaged, 0 ignored, 5 healthy."]


def test_a_run_that_did_not_end_is_a_finding() -> None:
    text = str(formatted(report(ALL, held(), journal=JOURNAL), "text"))
    expected = (
        "apply of bob at 2026-11-21T08:00:00Z did not end: 1 of 2 actions are in doubt; the next deployment resumes it"
    )
    assert f"Finding: {expected}" in text.splitlines()


def test_the_state_for_people() -> None:
    lines = str(formatted(of_state(), "text")).splitlines()
    assert "lock: apply of bob on ci-7 since 2026-11-21T08:00:00Z, job AWX job 7" in lines
    assert "version 7: apply of alice at 2026-11-20T10:00:00.000Z" in lines
    assert "Finding: apply of bob at 2026-11-21T08:00:00Z did not end; in doubt: recipe.SALES.clean_orders" in lines
    assert lines[-1] == "State of SALES in prod: 0 failed, 0 unknown, 5 healthy."


def test_a_name_breaks_out_of_no_table_and_no_fence() -> None:
    objects = held()
    objects["recipe"]["clean_orders"]["code"] = "````\n<b>@team</b>\n"
    text = str(formatted(report(ALL, objects), "markdown"))
    assert text.count("\n`````yaml\n") == text.count("\n`````\n") == 1
    hostile_rows = [line for line in str(formatted(hostile(), "markdown")).splitlines() if line.startswith("|")]
    assert len(hostile_rows) == 4
    assert all(len(line.replace("\\|", "").split("|")) == 6 for line in hostile_rows)


def test_junit_fails_what_differs_and_skips_what_is_ignored() -> None:
    text = str(formatted(report(ALL, drifted(), Rule("variables.*")), "junit"))
    (suite,) = ElementTree.fromstring(text)
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "6",
        "failures": "4",
        "skipped": "1",
        "errors": "0",
    }
    cases = {str(case.get("name")): case for case in suite.iter("testcase")}
    assert str(cases["dataset.SALES.orders"].find("failure").get("message")).startswith("drifted: short_description")
    assert cases["dataset.SALES.clean"].find("failure").get("type") == "missing"
    assert cases["variables.SALES"].find("skipped") is not None
    assert [child.tag for child in cases["dataset.SALES.scratch"]] == ["system-out"]


def test_junit_holds_no_character_that_xml_refuses() -> None:
    text = str(formatted(hostile(), "junit"))
    names = [case.get("name") for case in ElementTree.fromstring(text.encode("utf-8")).iter("testcase")]
    assert (
        "dataset.SALES." + HOSTILE.replace("\x1b", "\\x1b").replace("\x00", "\\x00").replace("\ud800", "\\ud800")
        in names
    )


@pytest.mark.parametrize("form", ["text", "markdown", "html", "junit"])
def test_every_form_can_be_written_as_utf8(form: str) -> None:
    written = str(formatted(hostile(), form)).encode("utf-8")
    assert b"\x1b" not in written and b"\x00" not in written


@pytest.mark.parametrize("content", [{}, {"report": "drift"}, {"report": "drift", "resources": 5}, {"report": "x"}])
def test_something_else_is_no_report(content: dict) -> None:
    assert formatted(content, "dict") == content
    with pytest.raises(DssError, match="report is not what this lookup returns"):
        formatted(content, "html")
