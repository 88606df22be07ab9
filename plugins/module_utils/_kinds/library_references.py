# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Git references of a project library: ``P/git/lib-git-refs`` of docs/api-calls.md."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import DssError
from .awaited import awaited
from .base import Node
from .paths import path_of

_PLACE = ("remote", "checkout", "remotePath")


def write_references(
    node: Node, project: str | None, wanted: Mapping[str, t.Any], held: Mapping[str, t.Any], in_python: bool
) -> None:
    """Add, change and take away references; what is added or changed is pulled. Raises ``DssError``.

    ``in_python`` says whether a new one goes into the Python path.

    A reference whose files were changed in DSS is not pulled anew: that would discard the changes.
    """
    base = path_of("projects", project, "git", "lib-git-refs")
    for path in held.keys() - wanted.keys():
        node.delete(_place(base, path), deleteDirectory=False)
    for path, entry in wanted.items():
        if path not in held:
            body = {**_body(entry), "localTargetPath": path, "addToPythonPath": in_python}
            _pulled(node, node.post(base + "/", body), path)
        elif any(entry.get(key) != held[path].get(key) for key in _PLACE):
            if held[path].get("isDirty"):
                raise DssError(
                    f"the files of the Git reference {path} were changed in DSS, and pulling it anew would discard that: push or "
                    "reset the reference in DSS, then run again"
                )
            node.put(_place(base, path), _body(entry))
            _pulled(node, node.post(f"{base}/action/reset", {"gitRef": path}), path)
        elif entry.get("password"):
            node.put(_place(base, path), _body(entry))  # whether it is a new one nobody can tell


def _place(base: str, path: str) -> str:
    return base + path_of(*path.split("/"))


def _body(entry: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        "repository": entry.get("remote"),
        "login": entry.get("login"),
        "password": entry.get("password"),
        "pathInGitRepository": entry.get("remotePath") or "",
        "checkout": entry.get("checkout") or "",
    }


def _pulled(node: Node, answer: t.Any, path: str) -> None:
    result = awaited(node, answer, f"the pull of the Git reference {path}")
    if isinstance(result, Mapping) and result.get("success") is False:
        raise DssError(f"the Git reference {path} could not be pulled: {result.get('messages') or result.get('logs')}")
