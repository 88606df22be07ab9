# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules connection_remapping and connection_remapping_info: the table of other names, judged before it is written."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from contextlib import nullcontext

from ._bundle.judge import judge
from ._bundle.rows import WARNING, Row, errors, table
from ._bundle.settings import Document, Kept, Place, changes, edited, kept, write
from ._bundle.sides import Uses
from ._bundle.uses import judged, side_of, uses_of
from ._errors import DssError
from ._node.client import DssNode
from ._remapping import Remapping
from ._session import other_session, session
from ._task import Caller, RunError

_PLACES = ("project", "deployment", "infrastructure")
_SECTIONS = ("connections", "code_envs", "containers")


def manage_remapping(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """Make a remapping that of its place. Raises ``DssError``; ``RunError`` with the table where the target lacks something."""
    wanted = Remapping.from_value({name: params[name] for name in _SECTIONS}, "connection_remapping")
    behaviour = {name: value for name, value in (params["code_envs_behavior"] or {}).items() if value is not None}
    place = _place(params)
    with session(params, caller, secrets) as node:
        document, warnings = _read(place, node, caller)
        after_document = edited(place, document, wanted, behaviour, params["exclusive"])
        before, after = kept(place.container(document)), kept(place.container(after_document))
        rows = _rows(params, caller, secrets, node, place, document, after) if params["judge"] else []
        lines = changes(before, after)
        told = {"remapping": after.remapping.to_value(), "rows": [row.to_value() for row in rows], "table": table(rows)}
        text = "".join(f"{line}\n" for line in (f"remapping of {place}", *(f"  {line}" for line in lines)))
        warnings += [
            f"{row.source} -> {row.target}: {finding.text}"
            for row in rows
            for finding in row.findings
            if finding.severity == WARNING
        ]
        result = {
            **told,
            "changed": after_document != document,
            "diff": {"prepared": text + table(rows) if lines else ""},
            "warnings": warnings,
        }
        _stop_or_warn(params, rows, result)
        if result["changed"] and not caller.check_mode:
            write(node, place, wanted, behaviour, params["exclusive"])
        return result


def remapping_info(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """A remapping as it is, with its table. Raises ``DssError``."""
    place = _place(params)
    with session(params, caller, secrets) as node:
        document = place.read(node)
        if document is None:
            raise DssError(f"{place} is not on the node")
        now = kept(place.container(document))
        rows = _rows(params, caller, secrets, node, place, document, now) if params["judge"] else []
        return {
            "changed": False,
            "remapping": now.remapping.to_value(),
            "code_envs_behavior": dict(now.behaviour),
            "rows": [row.to_value() for row in rows],
            "table": table(rows),
        }


def _place(params: Mapping[str, t.Any]) -> Place:
    kind = next(kind for kind in _PLACES if params[kind])
    return Place(t.cast(t.Any, kind), params[kind])


def _read(place: Place, node: DssNode, caller: Caller) -> tuple[Document, list[str]]:
    """The document; in check mode a project that is yet to come counts as one without a remapping."""
    document = place.read(node)
    if document is not None:
        return document, []
    if place.kind == "project" and caller.check_mode:
        return {}, [f"{place} is not on the node yet: it has to come with its first bundle before it can be remapped"]
    what = (
        "import its first bundle, or correct project"
        if place.kind == "project"
        else f"make it, or correct {place.kind}"
    )
    raise DssError(f"{place} is not on the node: {what}")


def _rows(
    params: Mapping[str, t.Any],
    caller: Caller,
    secrets: set[str],
    node: DssNode,
    place: Place,
    document: Document,
    after: Kept,
) -> list[Row]:
    """The table. Of a deployer the target is another node, without which there is nothing to judge by."""
    if place.kind != "project" and not params["target"]:
        return []
    here = nullcontext(node) if place.kind == "project" else other_session("target", params["target"], caller, secrets)
    there = other_session("source", params["source"], caller, secrets) if params["source"] else nullcontext()
    with here as target, there as source:
        return _judged(source, target, place, document, after)


def _judged(source: DssNode | None, target: DssNode, place: Place, document: Document, after: Kept) -> list[Row]:
    remapping, mode = after.remapping, after.import_mode
    if place.kind == "infrastructure":  # it is for any project, and none of them is looked at
        uses = Uses("")
        return judge(uses, None, side_of(target, "", remapping, uses), remapping, mode)
    names = {
        "project": place.name,
        "deployment": document.get("deployedProjectKey") or document.get("publishedProjectKey"),
    }
    project = str(names[place.kind] or "")
    if source is not None:
        designed = str(document.get("publishedProjectKey") or project)
        return judged(source, target, designed, remapping, mode, project)
    there = Place("project", project).read(target)
    uses = uses_of(target, project) if there is not None else Uses(project)
    return judge(uses, None, side_of(target, project, remapping, uses), remapping, mode)


def _stop_or_warn(params: Mapping[str, t.Any], rows: list[Row], result: dict[str, t.Any]) -> None:
    found = errors(rows)
    if not found:
        return
    if params["on_finding"] == "warn":
        result["warnings"] += found
        return
    message = f"the target lacks what the remapping needs, nothing was written:\n{table(rows)}"
    raise RunError(message, {**result, "changed": False, "findings": found})
