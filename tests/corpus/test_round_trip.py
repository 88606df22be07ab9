# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real projects: declared from a node they plan to nothing, and applied to an empty node they are the same."""

from __future__ import annotations

import json
import re
import typing as t
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Neighbours
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from support.declare import Documents, declare, read_documents, write
from support.engine import run_module
from support.sandbox import CORPUS, ROOT, SandboxProcess, import_project

PROJECTS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []
KEY = "CORPUS"
MOST_RAW = 0.05

# What a newer server adds to an object that an older one saved without it; it says nothing about what was declared.
ADDED_BY_NEWER_SERVERS = [
    r"dataset\.type_system_version",
    r"dataset\.params",
    r"dataset\.format_params\..*",
    r"dataset\.checks\[\]\..*",
    r"dataset\.metrics(\..*)?",
    r"recipe\.container",
    r"recipe\.payload(\..*)?",
    r"recipe\.params(\..*)?",
    r"scenario\.(triggers|steps|reporters)\[\](\..*)?",
    r"project\.exposed_objects\[\]\.quickSharingEnabled",
    r"project\.(bundle_contents|remapping|settings)(\..*)?",
]

Differences = list[tuple[str, t.Any, t.Any]]
Address = tuple[str, str]


@dataclass
class RoundTrip:
    """What happened to one project: what was declared, what was planned, and how the copy differs."""

    types: dict[Address, str]
    declared: dict[Address, t.Any]
    planned: str
    created: int
    planned_again: str
    copied: dict[Address, t.Any]
    unexplained: dict[Address, Differences]


@pytest.fixture(scope="module")
def round_trip(
    sandbox_process: SandboxProcess, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[t.Callable[[str], RoundTrip]]:
    empty = SandboxProcess()
    done: dict[str, RoundTrip] = {}

    def once(name: str) -> RoundTrip:
        if name not in done:
            sandbox_process.control.reset()
            empty.control.reset()
            done[name] = go_round(
                CORPUS / name, sandbox_process, empty, tmp_path_factory.mktemp("project") / "project.yml"
            )
        return done[name]

    yield once
    empty.stop()


def go_round(folder: Path, original: SandboxProcess, empty: SandboxProcess, path: Path) -> RoundTrip:
    import_project(original.client(), folder, KEY)
    documents = read_documents(node_of(original), KEY)
    configuration = declare(documents, KEY)
    write(configuration, path)
    planned = apply(original, path)["plan"]["text"]
    connect_like(original, empty, configuration)
    elsewhere = made_elsewhere(configuration, documents)
    brought = 0
    if elsewhere:
        bring(elsewhere, empty, path.with_name("brought"))
        there = by_address(declare(read_documents(node_of(empty), KEY), KEY))  # with what every project has
        brought = len(there.keys() & by_address(configuration).keys())
        write(with_external(configuration, elsewhere), path)
    created = apply(empty, path)["plan"]["summary"]["create"]
    again = apply(empty, path)["plan"]["text"]
    declared = by_address(configuration)
    copied = by_address(declare(read_documents(node_of(empty), KEY), KEY))
    unexplained = {
        (kind, name): found
        for (kind, name), author in declared.items()
        if (found := unexplained_differences(author, copied.get((kind, name)), kind))
    }
    return RoundTrip(types_of(documents, declared), declared, planned, created + brought, again, copied, unexplained)


def made_elsewhere(configuration: t.Mapping[str, t.Any], documents: Documents) -> dict[Address, dict[str, t.Any]]:
    """What the API cannot make: its document, by kind and id."""
    found = {}
    for kind in KINDS.values():
        section = configuration.get(kind.section)
        for author in section if isinstance(section, list) else ():
            resource = kind.resource(author, KEY, Neighbours(), Location(), "")
            if not kind.can_make(resource):
                object_id = t.cast(str, kind.find(resource, documents[kind.name]))
                found[kind.name, object_id] = documents[kind.name][object_id]
    return found


def bring(objects: t.Mapping[Address, dict[str, t.Any]], sandbox: SandboxProcess, folder: Path) -> None:
    """A project that holds these objects alone, through the node's own import."""
    for (kind, object_id), document in objects.items():
        place = folder / KINDS[kind].git_folder / f"{object_id}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document), encoding="utf-8")
    (folder / "params.json").write_text(json.dumps({"owner": "admin", "permissions": []}), encoding="utf-8")
    import_project(sandbox.client(), folder, KEY)


def with_external(
    configuration: t.Mapping[str, t.Any], elsewhere: t.Mapping[Address, dict[str, t.Any]]
) -> dict[str, t.Any]:
    """The configuration in which these objects are only looked for."""
    labels = {(kind, KINDS[kind].label(object_id, document)) for (kind, object_id), document in elsewhere.items()}
    result = dict(configuration)
    for kind in KINDS.values():
        section = configuration.get(kind.section)
        if isinstance(section, list):
            result[kind.section] = [
                {"name": author["name"], "external": True} if (kind.name, kind.identity(author)) in labels else author
                for author in section
            ]
    return result


def types_of(documents: t.Mapping[str, t.Any], declared: t.Iterable[Address]) -> dict[Address, str]:
    held = {
        (kind, KINDS[kind].label(key, document)): str(document.get("type", ""))
        for kind, objects in documents.items()
        for key, document in objects.items()
    }
    return {address: held.get(address, "") for address in declared}


def unexplained_differences(original: t.Any, copy: t.Any, kind: str) -> Differences:
    return [
        entry
        for entry in differences(original, copy, kind)
        if entry[1] is not None or not any(re.fullmatch(known, entry[0]) for known in ADDED_BY_NEWER_SERVERS)
    ]


def node_of(sandbox: SandboxProcess) -> DssNode:
    return DssNode(NodeOptions(sandbox.url, sandbox.api_key))


def apply(sandbox: SandboxProcess, path: Path) -> dict[str, t.Any]:
    return run_module({**sandbox.environ, "HOME": "/nonexistent"}, path=str(path), max_deletes=0)


def leaves(value: t.Any) -> int:
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else 1


def raw_leaves(value: t.Any) -> int:
    if isinstance(value, dict):
        return sum(leaves(inner) if key == "raw" else raw_leaves(inner) for key, inner in value.items())
    return sum(map(raw_leaves, value)) if isinstance(value, list) else 0


def differences(original: t.Any, copy: t.Any, path: str, name: str = "") -> Differences:
    if isinstance(original, dict) and isinstance(copy, dict):
        found: Differences = []
        for key in {**original, **copy}:
            found += differences(original.get(key), copy.get(key), f"{path}.{key}", key)
        return found
    if isinstance(original, list) and isinstance(copy, list) and name == "tags":
        original, copy = sorted(original), sorted(copy)
    if isinstance(original, list) and isinstance(copy, list) and len(original) == len(copy):
        return [entry for one, other in zip(original, copy) for entry in differences(one, other, f"{path}[]")]
    return [] if original == copy else [(path, original, copy)]


def by_address(configuration: t.Mapping[str, t.Any]) -> dict[tuple[str, str], t.Any]:
    found = {}
    for kind in KINDS.values():
        section = configuration.get(kind.section, [])
        for author in [section] if isinstance(section, dict) else section:
            found[kind.name, kind.identity(author)] = author
    return found


def connect_like(original: SandboxProcess, copy: SandboxProcess, configuration: t.Mapping[str, t.Any]) -> None:
    """An empty node has none of the connections and code environments that a project needs."""
    text = json.dumps(configuration)
    for name in sorted(set(re.findall(r'"connection": "([^"]+)"', text))):
        if name not in copy.client().list_connections():
            copy.client().create_connection(name, "Filesystem", params={"root": "/data"})
    envs = [{"envName": name, "envLang": "PYTHON"} for name in sorted(set(re.findall(r'"code_env": "([^"]+)"', text)))]
    copy.control.instance(code_envs=envs)


@pytest.mark.parametrize("name", PROJECTS)
def test_a_real_project_round_trips(name: str, round_trip: t.Callable[[str], RoundTrip]) -> None:
    trip = round_trip(name)
    assert "\nNo changes. " in trip.planned, "the declaration of a project is the project"
    assert trip.created == len(trip.declared)
    assert "\nNo changes. " in trip.planned_again, "the second run changes nothing"
    assert trip.copied.keys() == trip.declared.keys()
    assert trip.unexplained == {}


def test_raw_holds_next_to_nothing_and_the_table_is_current(round_trip: t.Callable[[str], RoundTrip]) -> None:
    total: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    rows: Counter[tuple[str, str, str]] = Counter()
    differing: Counter[tuple[str, str, str]] = Counter()
    for name in PROJECTS:
        trip = round_trip(name)
        for (kind, label), author in trip.declared.items():
            total[kind] += leaves(author)
            raw[kind] += raw_leaves(author)
            row = (name.partition("__")[2], kind, trip.types[kind, label])
            rows[row] += 1
            differing[row] += (kind, label) in trip.unexplained
    assert all(raw[kind] <= MOST_RAW * total[kind] for kind in total), raw
    table = render_table(rows, differing, total, raw)
    print(table)
    assert (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8") == table, (
        "write docs/corpus.md anew with what is printed"
    )


def render_table(
    rows: Counter[tuple[str, str, str]],
    differing: Counter[tuple[str, str, str]],
    total: Counter[str],
    raw: Counter[str],
) -> str:
    """docs/corpus.md: what was tried, what does not match, and how much of it needs ``raw``."""
    lines = [
        "# Real projects",
        "",
        f"{len(PROJECTS)} published DSS projects go through the sandbox node: imported, declared in YAML by `from_dss`, planned,",
        "applied to an empty node, planned again, and compared field by field with the original. `tests/corpus` does it; this",
        "page is what it prints. Fields that a newer server adds to an older object are named in the test and do not count.",
        "",
        "| kind | values | of these under `raw` |",
        "| --- | --- | --- |",
        *(
            f"| {kind} | {total[kind]} | {raw[kind]} ({100 * raw[kind] / total[kind]:.1f} %) |"
            for kind in sorted(total)
        ),
        "",
        "| project | kind | type | objects | do not match |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {project} | {kind} | {object_type} | {count} | {differing[project, kind, object_type]} |"
            for (project, kind, object_type), count in sorted(rows.items())
        ),
    ]
    return "\n".join(lines) + "\n"
