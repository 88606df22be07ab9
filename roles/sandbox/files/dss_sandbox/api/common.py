# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several resources share: looking up, refusing, saving an object of a project."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..call import Call, Reply
from ..documents import Document, dumps, tidy
from ..errors import CODED, ILLEGAL_ARGUMENT, NOT_FOUND, SECURITY, DssError, bad_request
from ..project import Entry

_NAME = re.compile(r"[^./\\\s\x00-\x1f][^./\\\x00-\x1f]*")


def not_found(call: Call, message: str) -> DssError:
    """The status of a missing object is unknown 1; the texts are those of dss-api.md 1.3."""
    return DssError(call.switch("missing_object_status"), NOT_FOUND, message)


def already_there(call: Call, message: str) -> DssError:
    """Status and text are unknown 2."""
    return DssError(call.switch("existing_object_status"), ILLEGAL_ARGUMENT, message)


def may_create(call: Call) -> None:
    if not (call.key.admin or call.key.may_create_projects):
        # The text is documented, the status is not (dss-api.md 1.3 [docs]).
        raise DssError(403, SECURITY, "You may not create new projects")


def check_name(name: Any, what: str) -> str:
    """Dots are not allowed in names (dss-api.md 2.4 [docs]); the rest is unverified."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_request(f"Invalid {what} name: {name!r}")
    return name


def entry(call: Call, kind: str, object_id: str, message: str) -> Entry:
    found = call.project.objects[kind].get(object_id)
    if found is None:
        raise not_found(call, message)
    return found


def check_connection(call: Call, document: Document) -> None:
    """What an object may be stored on; that a missing connection is accepted is a switch."""
    name = document["params"].get("connection")
    definition = call.node.connections.definitions.get(name)
    if name is None:
        return
    if definition is None:
        if call.switch("missing_connection") == "error":
            raise DssError(400, ILLEGAL_ARGUMENT, f"Connection '{name}' does not exist")
    elif not call.key.may_use(definition):
        # Needed to create or modify a dataset on it (dss-api.md 4 [docs]); unverified text.
        raise DssError(403, SECURITY, f"You may not use connection '{name}'")


def born(call: Call, document: Document) -> Document:
    """What some instances add to a new object on their own (dss-api.md 3.1 #7, #8); off unless switched on."""
    if call.switch("creator_tag"):
        document["tags"] = sorted({*document.get("tags", ()), f"creator_{call.author}"})
    if call.switch("plugin_custom_field"):
        document["customFields"] = {"gdpr_contains_personal_data": "UNSURE", **document.get("customFields", {})}
    return document


def list_served(call: Call, kind: str) -> Reply:
    project = call.project
    held = project.objects[kind].items()
    return Reply("[" + ",".join([entry.served or project.served(kind, name) for name, entry in held]) + "]")


def check_identity(call: Call, body: Mapping[str, Any], identity: Mapping[str, str]) -> None:
    """Whether a PUT checks name, id and projectKey is unknown 4."""
    mode = call.switch("put_identity")
    if mode == "ignore":
        return
    for key, expected in identity.items():
        if key not in body:
            if mode == "require":
                raise bad_request(f"{key} is missing")
        elif body[key] != expected:
            raise bad_request(f"{key} is {body[key]!r} in the body but {expected!r} in the path")


def sent_tag(call: Call, body: Mapping[str, Any], old: Entry) -> Document | None:
    """Whether a stale versionTag is refused is unknown 3, whether a sent one is kept unknown 4."""
    sent = body.get("versionTag")
    if not isinstance(sent, dict):
        return None
    if call.switch("stale_version_tag") == "reject" and sent.get("versionNumber") != old.tag.get("versionNumber"):
        raise DssError(409, CODED, "The object has been modified since it was read")
    return sent if call.switch("put_version_tag") == "sent" else None


def editable(document: Document) -> Document:
    """A deep copy: stored documents are never changed in place."""
    copied: Document = json.loads(dumps(document))
    return copied


def metadata(document: Document, label: str | None = None) -> Document:
    """The metadata view of an object (dss-api.md 2.3, 2.4, 2.6)."""
    shown: Document = {
        "tags": document.get("tags", []),
        "checklists": document.get("checklists", {"checklists": []}),
        "custom": document.get("customMeta", {"kv": {}}),
        "customFields": document.get("customFields", {}),
    }
    for key in ("description", "shortDesc"):
        if key in document:
            shown[key] = document[key]
    if label is not None:
        shown["label"] = label
    return shown


def with_metadata(document: Document, body: Document) -> Document:
    """Full replace of the fields that the metadata call owns; others stay."""
    changed = {key: value for key, value in document.items() if key not in ("description", "shortDesc")}
    for key in ("description", "shortDesc"):
        if key in body:
            changed[key] = body[key]
    changed["tags"] = body.get("tags", [])
    changed["checklists"] = body.get("checklists", {"checklists": []})
    changed["customFields"] = body.get("customFields", {})
    custom = body.get("custom", {})
    if not isinstance(custom, dict):
        raise bad_request("Expected an object as custom")  # unverified text
    changed["customMeta"] = custom if "kv" in custom else {"kv": custom}
    tidy(changed)
    return changed
