# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The info modules of the kinds: what a node holds, as the author fields that declare it."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from functools import partial

from ._errors import DssError
from ._kinds import KINDS
from ._kinds.base import Kind, Known, without_secrets
from ._node.answer import understood
from ._node.client import DssNode
from ._node.parallel import gather
from ._plan.compare import Document
from ._session import session
from ._task import Caller


def kind_info(name: str, params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """The objects of a kind, or the one that is named, without secrets; under the section of the kind.

    What is found can be declared as it is: with ``project`` it is what the module of the kind takes. Raises ``DssError``.
    """
    kind = KINDS[name]
    project = params.get("project") or params.get("key")
    with session(params, caller, secrets) as node, understood(f"project {project}" if project else "itself"):
        listed = kind.read_all(node, project)
        if not listed and kind.names_project:
            raise DssError(f"project {project} does not exist, or the key may not read it (DSS does not say which)")
        wanted = {
            object_id: document
            for object_id, document in listed.items()
            if params.get(kind.known_by) in (None, kind.label(object_id, document), document.get("name"))
        }
        known = _known(kind, node, project, {name: listed})
        calls = [partial(_whole, kind, node, project, *entry) for entry in wanted.items()]
        documents = gather(calls, node.options.workers, caller.guard.check)
    found = [_author(kind, project, document, known) for document in documents]
    return {"changed": False, kind.section: (found or [{}])[0] if kind.singleton else found}


def _whole(kind: Kind, node: DssNode, project: str | None, object_id: str, document: Document) -> Document:
    return document if kind.listing_is_complete else kind.read_one(node, project, object_id)


def _known(kind: Kind, node: DssNode, project: str | None, listings: dict[str, dict[str, Document]]) -> Known:
    """The names of what the author form names."""
    for other in KINDS.keys() & set(kind.names_of):
        listings.setdefault(other, KINDS[other].read_all(node, project))
    return Known(
        {
            other: {object_id: KINDS[other].label(object_id, document) for object_id, document in held.items()}
            for other, held in listings.items()
        }
    )


def _author(kind: Kind, project: str | None, document: Document, known: Known) -> Document:
    author: Document = without_secrets(kind.from_dss(document, known), kind.is_secret)
    return {"key": project, **author} if kind.names_project else author
