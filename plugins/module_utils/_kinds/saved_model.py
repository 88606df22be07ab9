# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved models: docs/api-calls.md, dss-object-shapes.md "Saved models"."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping

from .._errors import DssError
from .._plan.compare import Document, Keyed, Rule
from . import evaluated
from .base import Node, Resource
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, identified
from .shape import FLAG, OBJECT, OBJECTS, TEXT, Field, Schema, Shape, described

MADE_BY_API = ("MLFLOW_PYFUNC", "LLM_GENERIC", "PROXY_MODEL")
_AT_CREATION = ("savedModelType", "predictionType", "proxyModelConfiguration")
_TRAINING: Schema = {"anyOf": [{"type": "object"}, {"type": "string"}], "x-verbatim": True}
_OF_TRAINING = frozenset({"activeVersion", "contentType", "lastTrainIndex", "lastTrainJobId", "lastExportedFrom"})


def _training_to_dss(value: t.Any) -> t.Any:
    """Settings that a file holds as JSON. Raises ``DssError`` where they are none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise DssError(f"training is not JSON: {error}") from None


def _versions_from_dss(value: t.Any) -> t.Any:
    """Versions of an agent, without the tags that DSS keeps."""
    return [{key: inner for key, inner in version.items() if key not in COMPUTED} for version in value]


class SavedModel(evaluated.Evaluated):
    """A saved model. Its versions come from trainings: which one is active is never compared."""

    name = "saved_model"
    section = "saved_models"
    made_with = ("name", *_AT_CREATION)
    gone = "its id and its versions"
    call = "savedmodels"
    order = 50
    summary = "A saved model; of the types that DSS trains only the settings. Its versions, and which one is active, are not managed."
    identifier = identified("saved model")
    git_folder = "saved_models"
    data = "its versions"
    replaced_by = ("savedModelType",)
    shape = Shape(
        fields=(
            Field(
                "type",
                "savedModelType",
                described(TEXT, f"{', '.join(MADE_BY_API)} can be made; of DSS_MANAGED and agents only settings."),
            ),
            Field(
                "prediction_type", "predictionType", described(TEXT, "BINARY_CLASSIFICATION, MULTICLASS, REGRESSION.")
            ),
            Field(
                "proxy",
                "proxyModelConfiguration",
                described(OBJECT, "For PROXY_MODEL: C(protocol), C(connection), C(region) ..."),
            ),
            Field("publish_policy", "publishPolicy", described(TEXT, "When a new version becomes the active one.")),
            Field(
                "conditional_outputs",
                "conditionalOutputs",
                described({"type": "array"}, "Outputs that depend on a condition, with DSS's own names."),
            ),
            Field(
                "training",
                "miniTask",
                described(_TRAINING, "Settings of the training, with DSS's own names; a mapping, or a text in JSON."),
                _training_to_dss,
            ),
            Field(
                "inline_versions",
                "inlineVersions",
                described(OBJECTS, "Versions of an agent, with DSS's own names, known by their C(versionId)."),
                from_dss=_versions_from_dss,
            ),
            Field(
                "input_folder", "needsInputDataFolder", described(FLAG, "Whether training data is kept in a folder.")
            ),
            Field(
                "clean_temporary_versions",
                "cleanTemporaryVersionsPostJob",
                described(FLAG, "Whether what a partitioned training leaves is removed."),
            ),
            *evaluated.FIELDS,
            *TAGGABLE,
        ),
        defaults=lambda document: {
            **evaluated.DEFAULTS,
            "publishPolicy": "UNCONDITIONAL",
            "needsInputDataFolder": False,
            "cleanTemporaryVersionsPostJob": False,
        },
        computed=COMPUTED | _OF_TRAINING,
    )
    rules: Mapping[str, Rule] = {**evaluated.Evaluated.rules, "inlineVersions": Keyed(("versionId",))}

    def can_make(self, resource: Resource) -> bool:
        return resource.declared.get("savedModelType") in MADE_BY_API

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        body = {"name": resource.name, **{key: document[key] for key in _AT_CREATION if key in document}}
        return str(node.post(path_of("projects", resource.project, self.call) + "/", body)["id"])
