# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of what nobody declares, and what the API cannot make, delete, or delete without its data."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import address
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import Unknown
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Plan, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded

PROJECT = {"P": {"metadata": {"label": "P"}, "settings": {}, "permissions": {}}}
BOARD = {"name": "Board", "pages": [{"id": "a", "tiles": [{"insight": "Revenue"}]}]}
CHART = {"name": "Revenue", "type": "chart"}


def planned(
    sections: dict[str, t.Any], held: dict[str, t.Any], recorded: t.Sequence[Recorded] = (), **options: t.Any
) -> Plan:
    configuration = load({"project": {"key": "P", "name": "P"}, **sections}, kinds=KINDS)
    wanted = Options(sections=configuration.sections, **options)
    known = {entry.address: entry for entry in recorded}
    declarations = [entry for entry in configuration.declarations if entry.kind != "project"]
    resources = desired(declarations, "P", KINDS)
    return build(resources, Snapshot({"project": PROJECT, **held}), wanted, KINDS, known)


def insight_of(plan: Plan) -> t.Any:
    (board,) = (action for action in plan.actions if action.kind == "dashboard")
    return board.declared["pages"][0]["grid"]["tiles"][0]["insightId"]


def messages(plan: Plan) -> list[str]:
    return [problem.message for problem in plan.problems]


def recorded(kind: str, object_id: str) -> Recorded:
    return Recorded(address(kind, "P", object_id), kind, object_id, object_id)


def test_what_is_declared_is_known_after_the_apply_or_by_its_id() -> None:
    plan = planned({"dashboards": [BOARD], "insights": [CHART]}, {})
    assert insight_of(plan) == Unknown("Revenue")
    order = [action.address for action in plan.changed]
    assert order.index("insight.P.Revenue") < order.index("dashboard.P.Board")
    held = {"insight": {"i1": {"id": "i1", "name": "Revenue", "type": "chart"}}}
    assert insight_of(planned({"dashboards": [BOARD], "insights": [CHART]}, held)) == "i1"


def test_what_is_not_declared_is_looked_up_on_the_node() -> None:
    held = {"insight": {"i1": {"id": "i1", "name": "Revenue"}, "i2": {"id": "i2", "name": "Cost"}}}
    plan = planned({"dashboards": [BOARD]}, held)
    assert messages(plan) == []
    assert insight_of(plan) == "i1"
    external = planned({"dashboards": [BOARD], "insights": [{"name": "Revenue", "external": True}]}, held)
    assert (messages(external), insight_of(external)) == ([], "i1")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({}, "there is no insight 'Revenue' on the node, and none is declared"),
        (
            {"i1": {"name": "Revenue"}, "i2": {"name": "Revenue"}},
            "2 objects of kind insight are named 'Revenue' (i1, i2)",
        ),
    ],
)
def test_a_name_that_means_nothing_or_two_things_stops_the_plan(held: dict, expected: str) -> None:
    (message,) = messages(planned({"dashboards": [BOARD]}, {"insight": held}))
    assert message.startswith(f"dashboard.P.Board: {expected}")


def test_an_id_needs_no_object() -> None:
    board = {**BOARD, "pages": [{"id": "a", "tiles": [{"insight": {"id": "gone"}}]}]}
    plan = planned({"dashboards": [board]}, {})
    assert (messages(plan), insight_of(plan)) == ([], "gone")


@pytest.mark.parametrize(
    ("model", "refused"), [({"type": "DSS_MANAGED"}, True), ({}, True), ({"type": "MLFLOW_PYFUNC"}, False)]
)
def test_a_model_that_dss_trains_has_to_be_there(model: dict, refused: bool) -> None:
    found = messages(planned({"saved_models": [{"name": "m", **model}]}, {}))
    assert any("cannot make a saved model" in message for message in found) is refused


def test_what_the_api_cannot_delete_is_not_deleted() -> None:
    held = {"webapp": {"w": {"id": "w", "name": "w", "type": "DASH"}}}
    gone = planned({}, held, [recorded("webapp", "w")])
    assert gone.changed == ()
    assert gone.forgets == {"webapp.P.w": "no longer declared; what DSS holds stays"}
    assert planned({"webapps": []}, held, prune=True).changed == ()
    absent = planned({"webapps": [{"name": "w", "type": "DASH"}]}, held, absent=True, max_deletes=1)
    (message,) = messages(absent)
    assert message == "webapp.P.w is not deleted: the API of DSS cannot delete a webapp: delete it in DSS"


@pytest.mark.parametrize("drop_data", [True, False])
def test_data_that_goes_along_has_to_be_given_up(drop_data: bool) -> None:
    held = {"knowledge_bank": {"k": {"id": "k", "name": "k"}}}
    plan = planned({}, held, [recorded("knowledge_bank", "k")], drop_data=drop_data, max_deletes=1)
    assert [action.address for action in plan.changed if action.destroys] == ["knowledge_bank.P.k"]
    assert any("would be deleted with its content" in message for message in messages(plan)) is not drop_data
