# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The instances of the file of Dataiku's own client as nodes; their keys stay in that file."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible.template import trust_as_template

from ...module_utils._configuration.document import Mapping as Document
from ...module_utils._configuration.document import plain, problem_at
from ...module_utils._configuration.parser import parse
from ...module_utils._configuration.words import nearest
from ...module_utils._errors import Problem
from .model import Found, Node, environment_fault, slug
from .schema import NODE_TYPES
from .variables import trusted

DEFAULT = "~/.dataiku/config.json"
_KEY = trust_as_template(
    "{{ (lookup('ansible.builtin.file', dss_config_file) | from_json).dss_instances[dss_config_instance].api_key }}"
)


@dataclass(frozen=True)
class Place:
    """Where an instance belongs."""

    environment: str
    node: str
    type: str


def read_dataiku_config(told: t.Any, folder: Path, at: Problem) -> Found:
    """The nodes of the instances; ``at`` is the place in the inventory that names the file."""
    wanted: Mapping[str, t.Any] = told if isinstance(told, Mapping) else {}
    named = told if isinstance(told, str) else wanted.get("path")
    path = folder / Path("".join(named or DEFAULT)).expanduser()
    try:
        content = parse(path.read_bytes(), str(path))
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}): correct the path, or leave dataiku_config out"
        return Found(problems=(Problem(message, at.path, at.location),))
    instances = content.get("dss_instances")
    if not isinstance(instances, Document):
        return Found(problems=(problem_at(content, ("dss_instances",), "must be a mapping of instances"),))
    nodes, problems = [], []
    default = path == Path(DEFAULT).expanduser()
    for name in wanted.get("instances") or ():
        if name not in instances:
            listed = nearest(name, instances) or f"; there are {', '.join(instances) or 'none'}"
            message = f"{path} has no instance '{name}'{listed}"
            problems.append(Problem(message, f"{at.path}.instances.{name}", at.location))
    for name, entry in instances.items():
        place = _place(name, wanted.get("instances"))
        if place is None:
            continue
        problem = problem_at(content, ("dss_instances", name), "")
        url = entry.get("url") if isinstance(entry, Document) else None
        fault = environment_fault(place.environment)
        if fault:
            advice = f"{fault}, or leave the instance out by listing the others below instances"
            problems.append(problem_at(content, ("dss_instances", name), advice))
        elif not isinstance(url, str) or not url:
            problems.append(problem_at(content, ("dss_instances", name, "url"), "'url' is missing"))
        else:
            variables = _variables(name, plain(entry), None if default else path)
            nodes.append(Node(place.environment, place.node, place.type, variables, found=problem))
    return Found((), tuple(nodes), tuple(problems))


def _place(name: str, wanted: Mapping[str, t.Any] | None) -> Place | None:
    """Where an instance belongs: as it is mapped, else by its name: ``prod``, ``prod-automation``; None leaves it out."""
    base, _dash, last = slug(name).rpartition("_")
    if base and last in NODE_TYPES:
        guess = Place(base, last, last)
    else:
        guess = Place(slug(name), "design", "design")
    if wanted is None:
        return guess
    told = wanted.get(name)
    if told is None:
        return None
    if isinstance(told, str):
        return Place(told, guess.node, guess.type)
    kind = told.get("type") or guess.type
    return Place(told["environment"], told.get("node") or kind, kind)


def _variables(name: str, entry: Mapping[str, t.Any], path: Path | None) -> dict[str, t.Any]:
    """The modules read only the default file; what stands in another one is looked up there when it is used."""
    if path is None:
        return {"dss_instance": trusted(name)}
    variables = {
        "dss_url": trusted(entry["url"]),
        "dss_api_key": _KEY,
        "dss_config_file": trusted(str(path)),
        "dss_config_instance": trusted(name),
    }
    return {**variables, "dss_validate_certs": False} if entry.get("no_check_certificate") else variables
