# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file ``.dataiku/config.yml``: the node of each environment and the place of the states."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

from .._errors import Problem
from .compiled import Compiled, Schema, optional_null, settled
from .document import Mapping, problem_at
from .files import Tree, read_hidden
from .policies import ToolSettings
from .schema_messages import Finding

_TEXT = {"type": "string", "minLength": 1}
_BUCKETS = ("s3", "hybrid")

TOOL: Schema = optional_null({
    "type": "object",
    "description": "The nodes and the place of the states.",
    "properties": {
        "dataiku": {
            "type": "object",
            "description": "The node of each environment, by its name.",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "host": {**_TEXT, "description": "URL of the node."},
                    "api_key_file": {
                        **_TEXT,
                        "description": "File with the API key; a relative path begins in the configuration's root.",
                    },
                },
                "additionalProperties": False,
            },
        },
        "state_backend": {
            "type": "object",
            "description": "Where the states are kept.",
            "properties": {
                "type": {"enum": ["local", *_BUCKETS], "description": "V(hybrid) counts as V(s3)."},
                "local": {
                    "type": "object",
                    "description": "For V(local).",
                    "properties": {"path": {**_TEXT, "description": "Folder of the states."}},
                    "additionalProperties": False,
                },
                "remote": {
                    "type": "object",
                    "description": "For V(s3) and V(hybrid).",
                    "properties": {
                        "type": {"enum": ["s3"], "description": "Kind of object store."},
                        "bucket": {**_TEXT, "description": "Name of the bucket."},
                        "prefix": {"type": "string", "description": "Folder in the bucket."},
                        "region": {**_TEXT, "description": "Region of the bucket."},
                    },
                    "required": ["bucket"],
                    "additionalProperties": False,
                },
                "cache": {
                    "type": "object",
                    "description": "Not applied: there is no cache.",
                    "properties": {
                        "enabled": {"type": "boolean", "description": "Not applied."},
                        "max_age_seconds": {"type": "number", "description": "Not applied."},
                    },
                    "additionalProperties": False,
                },
            },
            "required": ["type"],
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
})  # fmt: skip
_TOOL = Compiled(TOOL)


def read_tool(
    tree: Tree | None, environment: str, dataiku_host: str | None, strict: bool
) -> tuple[ToolSettings | None, list[Problem]]:
    """What the file says of an environment; None where neither it nor the environment file says anything.

    A host in this file wins over ``dataiku_host`` of the environment file, because the API key beside it belongs to it.
    """
    told = ToolSettings(host=dataiku_host) if dataiku_host else None
    content, problems = read_hidden(tree, "config.yml")
    if tree is None or content is None:
        return told, problems
    content, problems = settled(content, [*_TOOL.findings(content, ()), *_faults(content)], strict)
    if any(problem.severity == "error" for problem in problems):
        return told, problems
    node = (content.get("dataiku") or {}).get(environment) or {}
    host = node.get("host")
    if host and dataiku_host and host.rstrip("/") != dataiku_host.rstrip("/"):
        message = f"environments/{environment} names another host in dataiku_host; the one here counts"
        problems.append(problem_at(content, ("dataiku", environment, "host"), message, "warning"))
    backend = content.get("state_backend")
    if not node and not backend:
        return told, problems
    key = node.get("api_key_file")
    return ToolSettings(
        host=host or dataiku_host,
        api_key_file=Path(os.path.abspath(tree.root), os.path.expanduser(key)) if key else None,
        state_backend=_option(backend) if backend else None,
    ), problems


def host_fault(host: object) -> str:
    """What is wrong with the URL of a node, or ""; the URL is not quoted, since it may hold a password."""
    fits = host is None or (isinstance(host, str) and host.startswith(("https://", "http://")))
    return "" if fits else "must be a URL that begins with https:// or http://"


def _faults(content: Mapping) -> list[Finding]:
    """What the schema cannot say."""
    findings = []
    nodes = content.get("dataiku")
    for name, node in nodes.items() if isinstance(nodes, Mapping) else ():
        told = node if isinstance(node, Mapping) else {}
        host, key = told.get("host"), told.get("api_key_file")
        if isinstance(host, str) and host and host_fault(host):
            findings.append(Finding(("dataiku", name, "host"), host_fault(host)))
        if isinstance(key, str) and not key.isprintable():
            findings.append(Finding(("dataiku", name, "api_key_file"), "is not the name of a file"))
    backend = content.get("state_backend")
    return [*findings, *_backend_faults(backend)] if isinstance(backend, Mapping) else findings


def _backend_faults(backend: Mapping) -> list[Finding]:
    place = ("state_backend",)
    in_bucket = backend.get("type") in _BUCKETS
    remote = backend.get("remote")
    findings = []
    if in_bucket and remote is None:
        findings.append(Finding((*place, "remote"), "'remote' is missing: it names the bucket"))
    bucket = remote.get("bucket") if isinstance(remote, Mapping) else None
    if isinstance(bucket, str) and "/" in bucket:
        findings.append(
            Finding((*place, "remote", "bucket"), "must be the name of a bucket alone, without s3:// and /")
        )
    unused = [key for key in (("local", "cache") if in_bucket else ("remote", "cache")) if backend.get(key) is not None]
    if unused:
        home = "the bucket" if in_bucket else "the folder"
        message = f"{' and '.join(unused)} not applied, because states are read from and written to {home} itself"
        findings.append(Finding(place, message, warning=True))
    return findings


def _option(backend: Mapping) -> dict[str, t.Any]:
    """The option ``state_backend`` of our modules."""
    if backend["type"] == "local":
        return {"type": "local", "path": str((backend.get("local") or {}).get("path") or ".dataiku/state")}
    remote = backend["remote"]
    folder = str(remote.get("prefix") or "").strip("/")
    option = {"type": "object_store", "url": f"s3://{remote['bucket']}" + (f"/{folder}" if folder else "")}
    return {**option, "region": str(remote["region"])} if remote.get("region") else option
