# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The largest project of the corpus: a real one, with all kinds of recipes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml
from support.engine import run_module
from support.sandbox import CORPUS, import_project

from ..bench import Bench
from ..case import Case, Subject, fill_by_apply
from ..contestants import CHANGE, CONFIGURATION, EQUAL, LIMIT, PLAN, POOL, RECORDED, SCRIPT, Files
from ..files import write_documents
from ..node import Node
from ..results import Row

KEY = "CORPUS"
_RACES = {PLAN: (CONFIGURATION, RECORDED, SCRIPT, POOL, EQUAL, LIMIT), CHANGE: (CONFIGURATION, EQUAL, LIMIT)}


def largest(corpus: Path = CORPUS) -> Path | None:
    """The folder of the project with the most datasets, recipes and scenarios; None without a corpus."""
    folders = [path for path in corpus.iterdir() if path.is_dir()] if corpus.is_dir() else []
    return max(folders, key=_objects, default=None)


def _objects(folder: Path) -> int:
    sections = ("datasets", "recipes", "scenarios")
    return sum(1 for section in sections for path in folder.rglob(f"{section}/*.json"))


def corpus(bench: Bench) -> Iterator[Row]:
    """Imported to the node and into files; skipped where the corpus is not there."""
    folder = largest()
    if folder is None:
        bench.say(f"corpus: skipped, there is no corpus at {CORPUS}")
        return
    for latency in bench.sizes.latencies:
        node = Node(latency)
        try:
            place = bench.folder / f"corpus-{latency}"
            case = _case(bench, node, folder, place)
            for work, contestants in _RACES.items():
                yield from case.rows(work, contestants)
        finally:
            node.stop()


def _connections(project: Path) -> dict[str, str]:
    """The type of each connection that a dataset is on; those of the file system are on every node."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(project.glob("datasets/*.json")))
    found = {item["params"]["connection"]: item["type"] for item in documents if "connection" in item["params"]}
    return {name: kind for name, kind in found.items() if not name.startswith("filesystem_")}


def _without_requirements(path: Path) -> None:
    """The node has neither the users nor the code environments that the project requires."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content.pop("requirements", None)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _case(bench: Bench, node: Node, folder: Path, place: Path) -> Case:
    files, revised = Files(place / "declared"), Files(place / "changed")
    state = place / "state"
    project = next(path.parent for path in sorted(folder.rglob("params.json"), key=lambda path: len(path.parts)))
    for name, kind in _connections(project).items():
        node.client().create_connection(name, kind, {})
    import_project(node.client(), project, KEY)
    run_module(
        {**os.environ, **node.environ},
        "project_import",
        base=place,
        project=KEY,
        path=str(files.configuration),
        state_backend={"type": "local", "path": str(state)},
    )
    _without_requirements(files.configuration / "project.yml")
    shutil.copytree(files.configuration, revised.configuration)
    changed = min((revised.configuration / "datasets").glob("*.yml"))
    content = yaml.safe_load(changed.read_text(encoding="utf-8"))
    content["datasets"][0]["description"] = "Revised"
    changed.write_text(yaml.safe_dump(content), encoding="utf-8")
    for each in (files, revised):
        write_documents(each.documents, each.configuration, {"description"})
    node.control.keep()
    case = Case(bench.plays, node, Subject(_objects(folder), "corpus", files, revised), "corpus", place)
    case.seed(_restore_and_record)
    return case


def _restore_and_record(node: Node, files: Files, state: Path, calls: Path) -> None:
    """An apply that changes nothing records when everything was read."""
    node.control.restore()
    fill_by_apply(node, files, state, calls)
