# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Insights: docs/api-calls.md."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import Document, Rule, Whole
from .base import Known, Neighbours, Node, Resource
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, TAGS, Named, identified
from .references import BY_ID, REFERENCE, Place, named, referring, used
from .shape import FLAG, OBJECT, TEXT, WHOLE, Field, Schema, Shape, described

_OBJECT = "params.objectSmartId"
# What an insight of the type metrics may be about, by DSS's word; those that no kind has a name for stay ids.
_KINDS = {
    "DATASET": Place(_OBJECT, "dataset", by_name=True),
    "MANAGED_FOLDER": Place(_OBJECT, "managed_folder"),
    "SAVED_MODEL": Place(_OBJECT, "saved_model"),
    "MODEL_EVALUATION_STORE": Place(_OBJECT, "model_evaluation_store"),
}
_SAMPLE: Schema = described(OBJECT, "What of the data is shown, as DSS stores a sample.")


class Insight(Named):
    """An insight; the payload of a static one is not managed."""

    name = "insight"
    section = "insights"
    made_with = None
    gone = "its id, its creation tag and the content of a static one"
    call = "insights"
    order = 72
    summary = (
        "An insight: a chart, a table, metrics, the report of a model ... The content of a static one is not managed."
    )
    identifier = identified("insight")
    required = ("name", "type")
    git_folder = "insights"
    names_of = ("dataset", "saved_model", "webapp", "managed_folder", "model_evaluation_store")
    replaced_by = ("type",)
    places = (
        Place("params.datasetSmartName", "dataset", by_name=True),
        Place("params.savedModelSmartId", "saved_model"),
        Place("params.webAppSmartId", "webapp"),
    )
    shape = Shape(
        fields=(
            Field("type", "type", described(TEXT, "chart, dataset_table, metrics, saved-model_report, web_app ...")),
            Field("owner", "owner", described(TEXT, "Login of its owner; whoever makes it when it is left out.")),
            Field("listed", "listed", described(FLAG, "Whether others see it in the list.")),
            Field("dataset", "params.datasetSmartName", described(TEXT, "Dataset that it is about.")),
            Field(
                "saved_model",
                "params.savedModelSmartId",
                described(REFERENCE, f"Saved model that it is about: {BY_ID}."),
            ),
            Field("webapp", "params.webAppSmartId", described(REFERENCE, f"Web app that it shows: {BY_ID}.")),
            Field("webapp_type", "params.webAppType", described(TEXT, "Type of that web app.")),
            Field("object_type", "params.objectType", described(TEXT, f"For metrics: {', '.join(_KINDS)} ...")),
            Field("object", _OBJECT, described(REFERENCE, f"For metrics, what they are of: {BY_ID}.")),
            Field("metric", "params.metricId", described(TEXT, "For metrics: id such as records:COUNT_RECORDS.")),
            Field(
                "chart",
                "params.def",
                described(OBJECT, "Definition of the chart, with DSS's own names; compared as a whole."),
            ),
            Field("engine", "params.engineType", described(TEXT, "What computes a chart: V(LINO), V(SQL) ...")),
            Field("sampling", "params.refreshableSelection", _SAMPLE),
            Field("most_bytes", "params.maxDataBytes", described(WHOLE, "Most data that a chart reads.")),
            Field("params", "params", described(OBJECT, "Further settings of the type, with DSS's own names.")),
            *TAGGABLE,
        ),
        defaults=lambda document: {"params": {"engineType": "LINO"} if document.get("type") == "chart" else {}},
        computed=COMPUTED | {"dashboardCreationId"},
    )
    rules: Mapping[str, Rule] = {**TAGS, "params.def": Whole()}

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        return referring(super().finish(built, author, neighbours), _of_metrics(built.declared), neighbours)

    def from_dss(self, document: Document, known: Known) -> Document:
        return super().from_dss(named(document, _of_metrics(document), known), known)

    def uses(self, document: Document) -> t.Iterator[tuple[str, str]]:
        yield from super().uses(document)
        yield from used(document, _of_metrics(document))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        body = {"insightPrototype": {**document, "projectKey": resource.project}}
        return str(node.post(path_of("projects", resource.project, self.call) + "/", body)["id"])

    def send(self, node: Node, place: str, document: Document) -> None:
        node.post(place, {"insight": document})


def _of_metrics(document: Mapping[str, t.Any]) -> tuple[Place, ...]:
    params = document.get("params")
    found = _KINDS.get(str(params.get("objectType"))) if isinstance(params, Mapping) else None
    return (found,) if found else ()
