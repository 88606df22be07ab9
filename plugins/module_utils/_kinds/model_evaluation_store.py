# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model evaluation stores: docs/api-calls.md, dss-object-shapes.md "Model evaluation stores"."""

from __future__ import annotations

from .._plan.compare import Document
from . import evaluated
from .base import Node, Resource
from .parts import mapping
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, identified
from .shape import FLAG, TEXT, TEXTS, Field, Shape, described

FLAVORS = ("TABULAR", "LLM", "AGENT")

_DISPLAY = Shape(
    fields=(
        Field("metrics", "displayedMetrics", described(TEXTS, "Metrics that are shown.")),
        Field("available_metrics", "allAvailableMetrics", described(TEXTS, "Metrics to choose from.")),
        Field("pinned_metrics", "pinnedMetrics", described(TEXTS, "Metrics that stay in sight.")),
        Field("prediction_type", "predictionType", described(TEXT, "BINARY_CLASSIFICATION, REGRESSION ...")),
        Field("style", "graphStyle", described(TEXT, "V(BAR) or V(LINE).")),
        Field("x_label", "xLabel", described(TEXT, "Label on the axis.")),
        Field("y_labels", "yLabels", described(TEXTS, "Labels of the lines.")),
        Field("bar_labels", "barLabels", described(TEXTS, "Labels of the bars.")),
        Field("further_labels", "alsoDisplayedLabels", described(TEXTS, "Labels that are shown too.")),
        Field("sort_by", "sortColumn", described(TEXT, "What the list is sorted by.")),
        Field("sort_descending", "sortDescending", described(FLAG, "Whether it is sorted downwards.")),
        Field("confidence_intervals", "showConfidenceIntervals", described(FLAG, "Whether they are shown.")),
        Field("hidden_runs", "disabledMERunIds", described(TEXTS, "Ids of evaluations that are not shown.")),
    )
)


class ModelEvaluationStore(evaluated.Evaluated):
    """A model evaluation store; its evaluations are not managed."""

    name = "model_evaluation_store"
    section = "model_evaluation_stores"
    made_with = ("name", "mesFlavor")
    gone = "its id and its evaluations"
    call = "evaluationstores"
    order = 51
    summary = "A model evaluation store; its evaluations are not managed."
    identifier = identified("store")
    git_folder = "model_evaluation_stores"
    data = "its evaluations"
    replaced_by = ("mesFlavor",)
    shape = Shape(
        fields=(
            Field("flavor", "mesFlavor", described({"enum": [*FLAVORS]}, "What is evaluated; TABULAR when left out.")),
            mapping("display", "displayParams", _DISPLAY, "How the evaluations are shown."),
            Field("not_in_govern", "governSyncOptOut", described(FLAG, "Whether Govern is not told of it.")),
            *evaluated.FIELDS,
            *TAGGABLE,
        ),
        defaults=lambda document: {**evaluated.DEFAULTS, "mesFlavor": FLAVORS[0], "governSyncOptOut": False},
        computed=COMPUTED,
    )

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        # Without a flavor those of agents are left out: docs/api-calls.md.
        place = path_of("projects", project, self.call) + "/"
        items = [*node.get(place), *node.get(place, flavor="AGENT")]
        return {item["id"]: item for item in items}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        body = {"projectKey": resource.project, "name": resource.name}
        flavor = document.get("mesFlavor", FLAVORS[0])
        return str(node.post(path_of("projects", resource.project, self.call) + "/", body, flavor=flavor)["id"])
