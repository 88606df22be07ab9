# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names become what a job builds."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs.jobs import job_type
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs.outputs import Output, outputs_of, outputs_of_recipe
from support.scripted_node import ScriptedNode


def node(**types: str) -> t.Any:
    """A flow of one recipe that makes things of the given types."""
    made = {ref: {"type": f"COMPUTABLE_{kind}", "ref": ref, "successors": []} for ref, kind in types.items()}
    recipe = {"type": "RUNNABLE_RECIPE", "ref": "make", "successors": list(types)}
    return ScriptedNode(
        {
            "GET /projects/K/flow/graph/": {"nodes": {**made, "make": recipe}},
            "GET /projects/K/managedfolders/": [{"id": "f1", "name": "reports"}, {"id": "f2", "name": "same"}],
            "GET /projects/K/savedmodels/": [{"id": "m1", "name": "churn"}, {"id": "m2", "name": "same"}],
        }
    )


def test_a_name_is_that_of_a_dataset_else_of_a_folder_or_a_model() -> None:
    flow = node(orders="DATASET", f1="FOLDER", m1="SAVED_MODEL")
    assert outputs_of(flow, "K", ["orders"]) == (Output("DATASET", "orders", "orders"),)
    assert len(flow.calls) == 1, "a dataset costs one call"
    assert outputs_of(flow, "K", ["reports", "churn", "m1"], "2026") == (
        Output("MANAGED_FOLDER", "f1", "reports", "2026"),
        Output("SAVED_MODEL", "m1", "churn", "2026"),
        Output("SAVED_MODEL", "m1", "m1", "2026"),
    )


def test_a_type_decides_where_a_name_is_not_enough() -> None:
    flow = node(f2="FOLDER", m2="SAVED_MODEL")
    assert [output.id for output in outputs_of(flow, "K", [{"name": "same", "type": "saved_model"}])] == ["m2"]
    said = "K has 2 objects named 'same': give the id in place of it: managed_folder f2, saved_model m2"
    with pytest.raises(DssError, match=said):
        outputs_of(flow, "K", ["same"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("orders2", "K has no dataset, managed folder or saved model 'orders2'; did you mean 'orders'?"),
        ({"name": "churn", "type": "model"}, "output churn has the type 'model': it is one of dataset"),
        ({"nam": "x"}, "an output is a name, or a mapping of name, type, partition, and not"),
        (7, "an output is a name, or a mapping of name, type, partition, and not 7"),
    ],
)
def test_what_is_wrong_is_a_sentence(entry: t.Any, said: str) -> None:
    with pytest.raises(DssError) as caught:
        outputs_of(node(orders="DATASET"), "K", [entry])
    assert said in str(caught.value)


def test_a_recipe_gives_all_of_its_outputs() -> None:
    flow = node(clean="DATASET", m1="SAVED_MODEL", e1="MODEL_EVALUATION_STORE", k1="RETRIEVABLE_KNOWLEDGE")
    found = outputs_of_recipe(flow, "K", "make")
    types = ["DATASET", "SAVED_MODEL", "MODEL_EVALUATION_STORE", "KNOWLEDGE_BANK"]
    assert [output.type for output in found] == types and len(flow.calls) == 1
    assert found[0].as_dss("K") == {"type": "DATASET", "id": "clean", "projectKey": "K"}
    with pytest.raises(DssError, match="K has no recipe 'mak'; did you mean 'make'"):
        outputs_of_recipe(flow, "K", "mak")
    with pytest.raises(DssError, match=r"recipe K\.make has no outputs"):
        outputs_of_recipe(node(), "K", "make")
    with pytest.raises(DssError, match="x is of the type COMPUTABLE_WISH, which no job can build"):
        outputs_of_recipe(node(x="WISH"), "K", "make")


def test_an_answer_of_another_form_is_an_error() -> None:
    with pytest.raises(NodeError, match="the flow of K in a form that this collection does not know"):
        outputs_of(t.cast(t.Any, ScriptedNode({"GET /projects/K/flow/graph/": {}})), "K", ["orders"])


def test_types_of_jobs_have_friendly_names() -> None:
    assert job_type("forced") == job_type("NON_RECURSIVE_FORCED_BUILD") == "NON_RECURSIVE_FORCED_BUILD"
    with pytest.raises(DssError, match="there is no type of build 'all': it is one of recursive, forced"):
        job_type("all")
