# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes: items, params by type, payload by type (dss-api.md 2.6)."""

from __future__ import annotations

import json
from typing import Any

from ..defaults import known, load
from ..documents import Document, dumps, fill, pick, tidy
from ..errors import DssError, bad_request
from ..switches import Switches

_D = load("recipe")
_KNOWN = known("recipe")
_PAYLOAD_ONLY = frozenset(_D["payload_only"])
_NO_CONTAINER = frozenset(_D["no_container"])
_EMPTY_PAYLOAD = frozenset(_D["empty_payload"])
_SCRIPTS = frozenset(_D["script_types"])
_OPEN_PREFIXES = tuple(_D["open_prefixes"])
_TYPES = frozenset(_D["params"]) | _PAYLOAD_ONLY | frozenset(_D["other_types"])
_ALIASES = {"prepare": "shaker", "embed_dataset": "nlp_llm_rag_embedding"}


def extension(recipe_type: str) -> str:
    """The payload file takes its extension from the type (dss-object-shapes.md, Directory layout)."""
    found: str = _D["extension"].get(recipe_type, recipe_type)
    return found


def is_script(recipe_type: str) -> bool:
    return recipe_type in _SCRIPTS


def check_type(recipe_type: Any) -> str:
    if not isinstance(recipe_type, str) or not recipe_type:
        raise bad_request("Recipe type is missing")  # unverified text
    name: str = _ALIASES.get(recipe_type, recipe_type)
    if name not in _TYPES and not name.startswith(_OPEN_PREFIXES):
        # unverified: a real server also has types that no source names
        raise DssError(400, "com.dataiku.dip.exceptions.UnavailableTypeException", f"Unknown recipe type: {name}")
    return name


def normalise(body: Document, old: Document | None, switches: Switches) -> Document:
    document = pick(body, _KNOWN)
    recipe_type = document["type"] = check_type(document.get("type") or (old or {}).get("type"))
    fill(document, _D["common"])
    for side, defaults in (("inputs", {"deps": []}), ("outputs", {"appendMode": False})):
        document[side] = {role: _items(value, defaults, switches) for role, value in document[side].items()}
    _params(document, recipe_type)
    tidy(document)
    return document


def _items(role: Any, defaults: Document, switches: Switches) -> Document:
    """Only ref and deps, or ref and appendMode, are item keys (dss-api.md 2.6 [export])."""
    items = []
    for item in role.get("items", ()) if isinstance(role, dict) else ():
        if not isinstance(item, dict) or not item.get("ref"):
            raise bad_request("A recipe input or output needs a ref")  # unverified text
        items.append({"ref": item["ref"], **{key: item.get(key, default) for key, default in defaults.items()}})
    if switches["item_order"] == "sorted":
        items.sort(key=lambda item: item["ref"])
    return {"items": items}


def _params(document: Document, recipe_type: str) -> None:
    if recipe_type in _PAYLOAD_ONLY:
        document.pop("params", None)  # these types never store params (dss-object-shapes.md, fact 2)
        return
    params = document["params"] = dict(document.get("params") or {})
    if recipe_type in _NO_CONTAINER:
        params.pop("containerSelection", None)  # not kept there (dss-api.md 2.6 [atk])
    plugin = recipe_type.startswith(_OPEN_PREFIXES)
    fill(params, _D["plugin_params"] if plugin else _D["params"].get(recipe_type, {}))
    if recipe_type == "shaker":
        document["params"] = _with_read_map(params, refs(document, "inputs"))


def _with_read_map(params: Document, inputs: list[str]) -> Document:
    """readParams.map gains one entry per input on its own (dss-api.md 2.6 [export])."""
    engine = params["engineParams"]
    read = engine["spark"]["readParams"]
    entries = {**{ref: {"repartition": 10} for ref in inputs}, **read["map"]}
    return {**params, "engineParams": {**engine, "spark": {**engine["spark"], "readParams": {**read, "map": entries}}}}


def payload(recipe_type: str, text: str | None, switches: Switches) -> str | None:
    if text is None:
        return "" if recipe_type in _EMPTY_PAYLOAD or recipe_type.startswith(_OPEN_PREFIXES) else None
    if not isinstance(text, str):
        raise bad_request("Expected a text as payload")  # unverified text
    if recipe_type in _D["payload"] and switches["visual_payload"] == "completed":
        return _completed(recipe_type, text)
    if switches["payload_text"] != "verbatim":
        text = text.replace("\r\n", "\n")
        if switches["payload_text"] == "final_newline" and not text.endswith("\n"):
            text += "\n"
    return text


def _completed(recipe_type: str, text: str) -> str:
    """A visual payload is parsed and completed (dss-api.md 3.1 #29, #30); unverified: key order and white space."""
    try:
        parsed = json.loads(text or "{}")
    except ValueError as error:
        raise bad_request(f"Invalid payload for recipe type {recipe_type}: {error}") from error  # unverified text
    if not isinstance(parsed, dict):
        raise bad_request(f"Invalid payload for recipe type {recipe_type}")
    for key, defaults in _D["payload_items"].get(recipe_type, {}).items():
        for item in parsed.get(key, ()):
            if isinstance(item, dict):
                fill(item, defaults)
    fill(parsed, _D["payload"][recipe_type])
    return dumps(parsed)


def refs(document: Document, side: str) -> list[str]:
    return [item["ref"] for role in document.get(side, {}).values() for item in role.get("items", ())]


def main_refs(document: Document, side: str) -> list[str]:
    return [item["ref"] for item in document.get(side, {}).get("main", {}).get("items", ())]


def replace_refs(document: Document, old: str, new: str) -> Document | None:
    """The document with every use of `old` replaced, or None if it does not use it."""
    if old not in refs(document, "inputs") and old not in refs(document, "outputs"):
        return None
    changed = dict(document)
    for side in ("inputs", "outputs"):
        changed[side] = {
            role: {
                **value,
                "items": [{**item, "ref": new} if item["ref"] == old else item for item in value.get("items", ())],
            }
            for role, value in document.get(side, {}).items()
        }
    return changed


def default_name(recipe_type: str, inputs: list[str], outputs: list[str]) -> str:
    """Default names seen in exports (dss-api.md 2.6)."""
    first_input, first_output = (inputs or ["data"])[0], (outputs or ["data"])[0]
    if recipe_type == "split":
        return f"split_{first_input}"
    if recipe_type == "evaluation":
        return f"evaluate_on_{first_input}"
    if recipe_type.endswith("_training"):
        return f"train_{first_input}"
    return f"compute_{first_output}"


def first_payload(recipe_type: str) -> str | None:
    """What a visual recipe starts with when its creation says nothing."""
    return "{}" if recipe_type in _D["payload"] else None
