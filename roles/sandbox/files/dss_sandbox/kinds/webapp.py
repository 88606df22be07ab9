# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web apps: params by type, and the code that lies beside their JSON file (docs/api-calls.md, Web apps)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..documents import Document

NATIVE_TYPES = ("STANDARD", "BOKEH", "DASH", "STREAMLIT", "SHINY")

_PYTHON = {"python": "backend.py"}
# The file of each text in params; the names but `python` are unverified.
_STANDARD = {"html": "body.html", "css": "style.css", "js": "app.js", **_PYTHON}
_FILES: dict[str, dict[str, str]] = {
    "STANDARD": _STANDARD,
    "BOKEH": _PYTHON,
    "DASH": _PYTHON,
    "STREAMLIT": _PYTHON,
    "SHINY": {"ui": "ui.R", "server": "server.R"},
}


def without_code(document: Document) -> tuple[Document, dict[str, str]]:
    """The document as its JSON file holds it, and the texts by file name."""
    params = dict(document.get("params") or {})
    texts: dict[str, Any] = {name: params.pop(key, None) for key, name in _files(document).items()}
    return {**document, "params": params}, {name: text for name, text in texts.items() if isinstance(text, str)}


def with_code(document: Document, read: Callable[[str], str | None]) -> Document:
    """The document as the API shows it; a file of a former type is not read."""
    found = {key: read(name) for key, name in _files(document).items()}
    code = {key: text for key, text in found.items() if text is not None}
    return {**document, "params": {**(document.get("params") or {}), **code}} if code else document


def _files(document: Document) -> dict[str, str]:
    return _FILES.get(str(document.get("type")), {})
