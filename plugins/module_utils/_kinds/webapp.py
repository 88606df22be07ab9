# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Web apps: docs/api-calls.md, dss-object-shapes.md "Web apps"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import AsText, Document, Rule
from .base import Node, Resource
from .parts import mapping
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, TAGS, Named, identified
from .selections import CODE_ENV, CONTAINER
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, WHOLE, Field, Schema, Shape, described

NATIVE_TYPES = ("STANDARD", "BOKEH", "DASH", "STREAMLIT", "SHINY")
_SELECTION: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}
_CODE = {"html": "HTML", "css": "CSS", "js": "JavaScript", "python": "Python", "ui": "R of the page", "server": "R"}
_FILES = ("body.html", "style.css", "app.js", "backend.py", "ui.R", "server.R")

_SCALING = Shape(
    fields=(
        Field("replicas", "initialReplicas", described(WHOLE, "How many there are at first.")),
        Field("automatic", "hpa", described(FLAG, "Whether there are more under load.")),
        Field("cpu_target", "hpaTargetCPUPercent", described(WHOLE, "Load of the processor to aim at, in percent.")),
        Field("fewest", "hpaMinPods", described(WHOLE, "Fewest of them.")),
        Field("most", "hpaMaxPods", described(WHOLE, "Most of them.")),
        Field("metrics", "hpaMetrics", described(OBJECTS, "Further measures of load, with DSS's own names.")),
        Field("annotations", "hpaAnnotations", described(OBJECTS, "Annotations, with DSS's own names.")),
        Field("progress_deadline", "progressDeadlineSeconds", described(WHOLE, "Seconds until a start has failed.")),
    )
)


def _code(name: str) -> Field:
    text = described(TEXT, f"Code: {_CODE[name]}.", **{"x-verbatim": True})
    return Field(name, f"params.{name}", text)


def _defaults(document: Mapping[str, t.Any]) -> dict[str, t.Any]:
    params: dict[str, t.Any] = {
        "autoStartBackend": False,
        "envSelection": {"envMode": "INHERIT"},
        "nbProcesses": 1,
        "infra": {
            "containerSelection": {"containerMode": "INHERIT"},
            "overrideGlobalK8sExposition": False,
            "exposition": {"type": "local_process"},
            "scaling": {
                "initialReplicas": 1,
                "hpa": False,
                "hpaTargetCPUPercent": 0,
                "hpaMinPods": 0,
                "hpaMaxPods": 0,
                "progressDeadlineSeconds": 600,
            },
        },
        "forceAuthentication": False,
        "backendAPIAccessEnabled": False,
    }
    if document.get("type") == "STANDARD":
        params.update(enableJavascriptModules=False, hideJSSecurityPanel=False)
    if document.get("type") == "DASH":
        params.update(serveLocally=True)
    return {"hasLegacyBackendURL": False, "isVirtual": False, "params": params}


class Webapp(Named):
    """A web app with its code. The key that DSS gives it is never shown."""

    name = "webapp"
    section = "webapps"
    made_with = ("name", "type")
    call = "webapps"
    order = 70
    summary = "A web app with its code. Its API key belongs to DSS and is never shown."
    identifier = identified("web app")
    required = ("name", "type")
    deletable = False
    git_folder = "web_apps"
    hidden = ("apiKey",)
    shape = Shape(
        fields=(
            Field("type", "type", described(TEXT, f"{', '.join(NATIVE_TYPES)}, or the type of a plugin.")),
            *map(_code, _CODE),
            Field("backend", "params.backendEnabled", described(FLAG, "Whether a STANDARD one runs its Python.")),
            Field("auto_start", "params.autoStartBackend", described(FLAG, "Whether it starts with DSS.")),
            Field(
                "code_env",
                "params.envSelection",
                described(_SELECTION, "Name of the code environment of the code, or DSS's own selection."),
                *CODE_ENV,
            ),
            Field(
                "container",
                "params.infra.containerSelection",
                described(_SELECTION, "Name of the container configuration that runs it, or DSS's own selection."),
                *CONTAINER,
            ),
            Field("processes", "params.nbProcesses", described(WHOLE, "How many processes answer.")),
            Field("run_as", "params.runAs", described(TEXT, "Login that the code runs as.")),
            Field("authentication", "params.forceAuthentication", described(FLAG, "Whether visitors have to log in.")),
            Field("api_access", "params.backendAPIAccessEnabled", described(FLAG, "Whether API keys reach it.")),
            Field("libraries", "params.libraries", described(TEXTS, "JavaScript libraries, such as jquery, in order.")),
            Field(
                "javascript_modules",
                "params.enableJavascriptModules",
                described(FLAG, "Whether the JavaScript is a module."),
            ),
            Field(
                "hide_security_panel",
                "params.hideJSSecurityPanel",
                described(FLAG, "Whether the panel on what the JavaScript may read is hidden."),
            ),
            Field("serve_locally", "params.serveLocally", described(FLAG, "Whether Dash serves its own files.")),
            mapping("scaling", "params.infra.scaling", _SCALING, "How many run at once in containers."),
            Field("infrastructure", "params.infra", described(OBJECT, "How it is exposed, with DSS's own names.")),
            Field("params", "params", described(OBJECT, "Further parameters, with DSS's own names.")),
            Field("config", "config", described(OBJECT, "Settings of a plugin's web app, with the plugin's names.")),
            *TAGGABLE,
        ),
        defaults=_defaults,
        computed=COMPUTED,
    )
    rules: Mapping[str, Rule] = {**TAGS, **{f"params.{name}": AsText() for name in _CODE}}

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        beside = (f"{self.git_folder}/{object_id}/{name}" for name in _FILES)
        return (*super().git_paths(object_id, object_type), *beside)

    def ids_in_git(self, name: str) -> tuple[str, ...]:
        owner, _slash, file = name.partition("/")
        return (owner,) if file in _FILES else super().ids_in_git(name)

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        # The type of a plugin is refused here and accepted by the write that follows: dss-api.md 2.11.
        kind = document["type"] if document["type"] in NATIVE_TYPES else NATIVE_TYPES[0]
        body = {"name": resource.name, "type": kind}
        return str(node.post(path_of("projects", resource.project, self.call) + "/", body)["webAppId"])
