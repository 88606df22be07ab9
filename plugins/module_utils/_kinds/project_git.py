# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remotes and branch of a project's Git: dss-api.md 2.3, "Project Git".

A kind of its own, so that Git is asked only where it is declared. The branch is a guard: a project on another one is a problem of the plan,
because everything else of the configuration would be compared with, and written to, the wrong content. It is switched only where
nothing else is declared.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from .._errors import DssError
from .._plan.compare import Document
from .base import Neighbours, Node, Resource
from .paths import path_of
from .shape import FLAG, TEXT, Field, Schema, Shape, described
from .singleton import Singleton

_REMOTES: Schema = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*:[^/@]*@")
_BESIDE = frozenset({"project", "project_git"})


def _without_credentials(url: t.Any) -> t.Any:
    """A URL without user and password, which DSS keeps in clear text."""
    return _CREDENTIALS.sub("", url) if isinstance(url, str) else url


class ProjectGit(Singleton):
    """Remotes and branch of a project."""

    name = "project_git"
    section = "project_git"
    order = 13
    summary = "Remote repositories of a project, and the branch that it is on. Nothing is fetched, pulled or pushed."
    identifier = {
        "switch_branch": described(
            FLAG,
            "Whether an apply switches to the declared branch, which replaces all objects of the project by those of that branch. "
            "Only where nothing but the project is declared beside it; otherwise another branch stops the plan.",
        )
    }
    rights = "write project content; project admin for remotes"
    shape = Shape(
        fields=(
            Field("remote", "remotes.origin", described(TEXT, "URL of the remote V(origin), without a password.")),
            Field("remotes", "remotes", described(_REMOTES, "URLs of remotes by name; null removes one.")),
            Field("branch", "currentBranch", described(TEXT, "Branch that the project has to be on.")),
        ),
        defaults=lambda document: {"currentBranch": "master"},  # in 14 of the 16 projects of the corpus
    )

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        for name, url in (built.declared.get("remotes") or {}).items():
            if url != _without_credentials(url):
                raise DssError(
                    f"the URL of the remote {name} holds a password, which DSS would show to every user of the project: use "
                    "an SSH URL, or let DSS ask for credentials"
                )
        others = sorted(neighbours.names.keys() - _BESIDE)
        if author.get("switch_branch") and others:
            raise DssError(
                f"switch_branch replaces the objects of the project, so nothing else may be declared beside it ({', '.join(others)} "
                "here): switch with the module project_git, then apply the configuration"
            )
        return built

    def refusal(self, resource: Resource, held: Document) -> str:
        wanted, there = resource.declared.get("currentBranch"), held.get("currentBranch")
        if not wanted or wanted == there or resource.identity.get("switch_branch"):
            return ""
        return (
            f"project {resource.project} is on branch {there}, declared is {wanted}: switch in DSS or with the module project_git and "
            "switch_branch: true, then plan again"
        )

    def read(self, node: Node, project: str | None) -> Document:
        status = node.get(path_of("projects", project, "git", "status"))
        remotes = {entry["name"]: _without_credentials(entry.get("url")) for entry in status.get("remotes") or ()}
        return {"currentBranch": status.get("currentBranch"), "remotes": remotes}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        base = ("projects", resource.project, "git")
        held, wanted = before["remotes"], document["remotes"]
        for name in held.keys() - wanted.keys():
            node.delete(path_of(*base, "remotes", name))
        for name, url in wanted.items():
            if held.get(name) != url:
                node.post(path_of(*base, "remotes", name), {"url": url})
        if document["currentBranch"] != before["currentBranch"]:
            self._switch(node, base, document["currentBranch"])

    def _switch(self, node: Node, base: tuple[str | None, ...], branch: str) -> None:
        branches = node.get(path_of(*base, "branches"))
        if branch not in branches:
            raise DssError(f"the project has no branch {branch} (there are {', '.join(branches)}): create it in DSS")
        answer = node.post(path_of(*base, "actions", "switchBranch"), None, branchName=branch)
        if not answer.get("success"):
            told = answer.get("messages") or answer.get("logs") or answer.get("output")
            raise DssError(f"DSS did not switch to branch {branch}: {told}")

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """The project has no remotes any more; its branch stays."""
        for name in self.read(node, project)["remotes"]:
            node.delete(path_of("projects", project, "git", "remotes", name))
