# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each object lives in a project's Git repository (dss-object-shapes.md, Directory layout)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import contents
from .documents import Document, dumps, loads
from .kinds import recipe, webapp

ARTICLES = "wiki/articles"
ASSET_KINDS = (
    "web_apps",
    "dashboards",
    "insights",
    "lambda_services",
    "saved_models",
    "model_evaluation_stores",
    "knowledge-banks",
)
OBJECT_KINDS = ("datasets", "recipes", "scenarios", "managed_folders", "zones", ARTICLES, *ASSET_KINDS)

# The kind names of version-tags.json in a zip export (dss-object-shapes.md, What changed over the years).
# Those of web apps, insights, API services and knowledge banks are unverified.
TAG_NAMES = {
    "datasets": "DATASET",
    "recipes": "RECIPE",
    "scenarios": "SCENARIO",
    "managed_folders": "MANAGED_FOLDER",
    "web_apps": "WEB_APP",
    "dashboards": "DASHBOARD",
    "insights": "INSIGHT",
    "lambda_services": "LAMBDA_SERVICE",
    "saved_models": "SAVED_MODEL",
    "model_evaluation_stores": "MODEL_EVALUATION_STORE",
    "knowledge-banks": "RETRIEVABLE_KNOWLEDGE",
    ARTICLES: "ARTICLE",  # unverified: the name is that of dashboardAuthorizations and discussions
}

PARAMS = "params.json"
VARIABLES = "variables.json"
LOCAL_VARIABLES = "localvariables.json"
TAGS = "tags.json"
VERSION_TAGS = "version-tags.json"
ACTIVE_BUNDLE = "active-bundle.json"
LIBRARY = "lib/external-libraries.json"
TAXONOMY = "wiki/taxonomy.json"


def document_path(kind: str, object_id: str) -> str:
    return f"{kind}/{object_id}.json"


def payload_path(kind: str, object_id: str, document: Document) -> str | None:
    if kind == "recipes":
        return f"recipes/{object_id}.{recipe.extension(document['type'])}"
    if kind == "scenarios":
        return f"scenarios/{object_id}.py"  # also for step-based ones, then empty
    if kind == ARTICLES:
        return f"{ARTICLES}/{object_id}.md"
    return None


def apart(kind: str, object_id: str, document: Document) -> tuple[Document, dict[str, str]]:
    """What the JSON file of an object holds, and the files of code beside it."""
    if kind != "web_apps":
        return document, {}
    stored, code = webapp.without_code(document)
    return stored, {f"{kind}/{object_id}/{name}": text for name, text in code.items()}


def together(kind: str, object_id: str, document: Document, files: Mapping[str, str]) -> Document:
    """The document with the code that its other files hold."""
    if kind != "web_apps":
        return document
    return webapp.with_code(document, lambda name: files.get(f"{kind}/{object_id}/{name}"))


def content(document: Document) -> str:
    """Kept compact; only a diff shows it as DSS writes it."""
    return dumps(document)


def pretty(text: str) -> str:
    """Two spaces, no newline at the end, HTML characters escaped (dss-object-shapes.md, Directory layout)."""
    try:
        shown = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
    for character in "=<>&'":
        shown = shown.replace(character, f"\\u{ord(character):04x}")
    return shown


def as_written(path: str, text: str) -> bytes:
    """A file as DSS writes it: its own documents pretty, what users wrote as it is."""
    own = path.endswith((".json", ".ipynb")) and (not path.startswith("lib/") or path == LIBRARY)
    return contents.data_of(pretty(text) if own else text)


def object_of(path: str) -> tuple[str, str] | None:
    """The kind and id that a path belongs to, payload files excluded."""
    kind, _slash, name = path.rpartition("/")
    if name.endswith(".json") and kind in OBJECT_KINDS:
        return kind, name[: -len(".json")]
    return None


def parse(path: str, text: str) -> Any:
    try:
        return loads(text)
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
