# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real projects: imported they plan to nothing, from files they are the same, applied to an empty node they are the same."""

from __future__ import annotations

import io
import typing as t
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.layout import files_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.run import declared as as_declared
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.sources import from_files
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.recipe_payloads import FORMS
from support.engine import run_module
from support.imported import author_forms, files_in, files_of_these
from support.sandbox import CORPUS, ROOT, SandboxProcess, import_project

PROJECTS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []
KEY = "CORPUS"
MOST_RAW = 0.05

Differences = list[tuple[str, t.Any, t.Any]]
Address = tuple[str, str]


@dataclass
class RoundTrip:
    """What happened to one project: what was declared, what was planned, and how the copy differs.

    ``from_git`` and ``from_zip`` are the files that an import without a node writes, ``written`` those of the one with it.
    """

    types: dict[Address, str]
    declared: dict[Address, t.Any]
    written: dict[str, bytes]
    from_git: dict[str, bytes]
    from_zip: dict[str, bytes]
    created: int
    planned_again: str
    copied: dict[Address, t.Any]
    copy_written: dict[str, bytes]
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
            done[name] = go_round(CORPUS / name, sandbox_process, empty, tmp_path_factory.mktemp("project"))
        return done[name]

    yield once
    empty.stop()


def go_round(folder: Path, original: SandboxProcess, empty: SandboxProcess, place: Path) -> RoundTrip:
    import_project(original.client(), folder, KEY)
    done = bring(original, place / "original")  # it fails unless its plan is empty
    written, declared = files_in(place / "original"), author_forms(place / "original", KEY)
    connect_like(empty, done["requirements"])
    elsewhere = {address for address, author in declared.items() if author.get("external")}
    if elsewhere:
        import_project(empty.client(), files_of_these(folder, elsewhere, place / "elsewhere"), KEY)
    secrets = {entry["variable"]: "REDACTED" for entry in done["secrets"]}
    created = apply(empty, place / "original", secrets)["plan"]["summary"]["create"]
    again = apply(empty, place / "original", secrets)["plan"]["text"]
    bring(empty, place / "copy")
    copied = author_forms(place / "copy", KEY)
    unexplained = {
        (kind, name): found
        for (kind, name), author in declared.items()
        if (found := differences(author, copied.get((kind, name)), kind))
    }
    archive = place / "export.zip"
    archive.write_bytes(exported(original))
    inherent = sum(KINDS[kind].singleton or author.get("default") is True for (kind, _name), author in declared.items())
    return RoundTrip(
        types_of(folder, declared),
        declared,
        written,
        offline(folder),
        offline(archive),
        created + len(elsewhere) + (inherent if elsewhere else 0),  # what comes with a project is there already
        again,
        copied,
        files_in(place / "copy"),
        unexplained,
    )


def bring(sandbox: SandboxProcess, path: Path) -> dict[str, t.Any]:
    environ = {**sandbox.environ, "HOME": "/nonexistent"}
    return run_module(environ, "project_import", base=path.parent, path=str(path), project=KEY, adopt=False)


def offline(source: Path) -> dict[str, bytes]:
    """What is written for a project of which there are only files."""
    found = as_declared(from_files(source, KEY))
    return files_of(found.rendered.items, found.requirements, found.secrets.listed, "split")


def exported(sandbox: SandboxProcess) -> bytes:
    with sandbox.client().get_project(KEY).get_export_stream() as stream:
        data = t.cast(bytes, stream.read())
    assert "project_config/params.json" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    return data


def types_of(folder: Path, declared: t.Iterable[Address]) -> dict[Address, str]:
    """The types that DSS gives the objects."""
    held = {
        (kind, KINDS[kind].label(key, document)): str(document.get("type", ""))
        for kind, objects in from_files(folder, KEY).documents.items()
        for key, document in objects.items()
    }
    return {address: held.get(address, "") for address in declared}


def apply(sandbox: SandboxProcess, path: Path, secrets: dict[str, str]) -> dict[str, t.Any]:
    environ = {**sandbox.environ, "HOME": "/nonexistent"}
    return run_module(environ, path=str(path), max_deletes=0, variables=secrets)


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


def connect_like(sandbox: SandboxProcess, requirements: t.Mapping[str, list[str]]) -> None:
    """An empty node has none of what a project requires."""
    client = sandbox.client()
    for name in requirements.get("connections", ()):
        if name not in client.list_connections():
            client.create_connection(name, "Filesystem", params={"root": "/data"})
    sandbox.control.instance(
        code_envs=[{"envName": name, "envLang": "PYTHON"} for name in requirements.get("code_envs", ())],
        plugins=[{"id": name} for name in requirements.get("plugins", ())],
        users=[{"login": name} for name in {"admin", *requirements.get("users", ())}],
    )


@pytest.mark.parametrize("name", PROJECTS)
def test_a_real_project_round_trips(name: str, round_trip: t.Callable[[str], RoundTrip]) -> None:
    trip = round_trip(name)
    assert trip.from_git == trip.written, "a Git directory says the same as the node"
    assert trip.from_zip == trip.written, "an export says the same as the node"
    assert trip.created == len(trip.declared)
    assert "\nNo changes. " in trip.planned_again, "the second run changes nothing"
    assert trip.copied.keys() == trip.declared.keys()
    assert trip.unexplained == {}
    same = {
        f"{KINDS[kind].section}/{name}.yml"
        for (kind, name), author in trip.declared.items()
        if author == trip.copied[kind, name]
    }
    for path in same & trip.written.keys():
        assert trip.copy_written[path] == trip.written[path], "what is equal is written with the same bytes"


def test_raw_holds_next_to_nothing_and_the_table_is_current(round_trip: t.Callable[[str], RoundTrip]) -> None:
    total: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    rows: Counter[tuple[str, str, str]] = Counter()
    differing: Counter[tuple[str, str, str]] = Counter()
    visual: Counter[str] = Counter()
    friendly: Counter[str] = Counter()
    for name in PROJECTS:
        trip = round_trip(name)
        for (kind, label), author in trip.declared.items():
            total[kind] += leaves(author)
            raw[kind] += raw_leaves(author)
            row = (name.partition("__")[2], kind, trip.types[kind, label])
            rows[row] += 1
            differing[row] += (kind, label) in trip.unexplained
            if kind == "recipe" and trip.types[kind, label] in FORMS:
                visual[trip.types[kind, label]] += 1
                friendly[trip.types[kind, label]] += "payload" not in author or FORMS[author["type"]].name in author
    assert all(raw[kind] <= MOST_RAW * total[kind] for kind in total), raw
    assert sum(friendly.values()) >= 0.95 * sum(visual.values())
    table = render_table(rows, differing, total, raw, visual, friendly)
    print(table)
    assert (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8") == table, (
        "write docs/corpus.md anew with what is printed"
    )


def render_table(
    rows: Counter[tuple[str, str, str]],
    differing: Counter[tuple[str, str, str]],
    total: Counter[str],
    raw: Counter[str],
    visual: Counter[str],
    friendly: Counter[str],
) -> str:
    """docs/corpus.md: what was tried, what does not match, how much of it needs ``raw`` and which settings have a name."""
    lines = [
        "# Real projects",
        "",
        f"{len(PROJECTS)} published DSS projects go through the sandbox node: imported by `project_import`, planned, applied to an empty",
        "node, planned again, imported from there, and compared field by field with the original. `tests/corpus` does it; this",
        "page is what it prints.",
        "",
        "| kind | values | of these under `raw` |",
        "| --- | --- | --- |",
        *(
            f"| {kind} | {total[kind]} | {raw[kind]} ({100 * raw[kind] / total[kind]:.1f} %) |"
            for kind in sorted(total)
        ),
        "",
        "| visual recipe | recipes | settings in friendly fields |",
        "| --- | --- | --- |",
        *(f"| {name} | {visual[name]} | {friendly[name]} |" for name in sorted(visual)),
        "",
        "| project | kind | type | objects | do not match |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {project} | {kind} | {object_type} | {count} | {differing[project, kind, object_type]} |"
            for (project, kind, object_type), count in sorted(rows.items())
        ),
    ]
    return "\n".join(lines) + "\n"
