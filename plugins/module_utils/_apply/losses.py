# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What no call of DSS gives back after an undo, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._kinds.base import Kind
from .._plan.compare import Document
from .._plan.model import Snapshot
from .inverse import leaves
from .traces import Trace


def lacks(trace: Trace, before: Document) -> Iterator[str]:
    """What an object that is made again has not."""
    if trace.id_is_of_dss:
        yield f"its id {trace.former_id}"
    yield from trace.loses
    params = before.get("params")
    if not trace.loses and isinstance(params, dict) and "${odbId}" in str(params.get("path")):
        yield "its files, which stay where its former id says"
    if "creationTag" in before:
        yield "its creation tag"
    if "versionTag" in before:
        yield "its version history"
    if trace.kind.history:
        yield trace.kind.history


def went_along(
    traces: Mapping[str, Trace], listed: Mapping[str, tuple[str, ...]], snapshot: Snapshot, kinds: Mapping[str, Kind]
) -> Iterator[str]:
    """What a deleted project held and no before-image tells; ``listed`` are the ids before the runs, by kind."""
    known = {(trace.kind.name, object_id) for trace in traces.values() for object_id in trace.ids}
    for kind in kinds.values():
        unknown = [key for key in listed.get(kind.name, ()) if (kind.name, key) not in known]
        gone = [key for key in unknown if kind.singleton or key not in snapshot.of(kind.name)]
        if gone and kind.scope == "project" and kind.name != "project":
            yield " ".join(["its", kind.section.replace("_", " "), ", ".join(gone)]).rstrip()


def names_former_id(documents: Mapping[str, Document], owners: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Who names an id that is no more, and the sentence; ``owners`` are addresses by former id."""
    for key, document in documents.items():
        texts = [leaf for leaf in leaves(document) if isinstance(leaf, str)]
        for former, owner in owners.items():
            if any(former in text for text in texts):
                yield key, f"it names the former id {former} of {owner}"
