# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often loading does what: counts that must not grow with the number of files or of resources."""

from __future__ import annotations

import gc
import os
import typing as t
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration import parser, variables
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import Mapping, location_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._garbage import without_collection

Write = Callable[..., Path]
Kinds = dict[str, t.Any]
PROJECT = "project: {key: DEMO, name: Demo}\n"


def counted(monkeypatch: pytest.MonkeyPatch, owner: t.Any, name: str) -> Counter[str]:
    """Counts the calls of a function from now on, by its first argument."""
    calls: Counter[str] = Counter()
    function = getattr(owner, name)

    def call(*args: t.Any, **options: t.Any) -> t.Any:
        calls[str(args[0])] += 1
        return function(*args, **options)

    monkeypatch.setattr(owner, name, call)
    return calls


def many_files(count: int) -> dict[str, str]:
    """A project with a file for each recipe, all of which name the same file of code."""
    recipes = {
        f"recipes/r{number}.yml": f"recipes:\n  - {{name: r{number}, type: python, outputs: [o{number}], code_file: code/c.py}}\n"
        for number in range(count)
    }
    return {"project.yml": PROJECT, "code/c.py": "print(1)\n", **recipes}


def test_a_file_of_code_is_read_once_whoever_names_it(
    write: Write, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(many_files(4))
    opened = counted(monkeypatch, os, "open")
    found = load(folder, kinds=kinds)
    assert {name: number for name, number in opened.items() if str(folder) in name} == {
        str(folder / name): 1 for name in many_files(4)
    }
    texts = [entry.fields["code"] for entry in found.declarations if entry.kind == "recipe"]
    assert texts == ["print(1)\n"] * 4
    assert all(text is texts[0] for text in texts)


def test_links_are_followed_for_folders_and_not_for_files(
    write: Write, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = counted(monkeypatch, Path, "resolve")
    load(write(many_files(2)), kinds=kinds)
    few = resolved.total()
    resolved.clear()
    load(write(many_files(12)), kinds=kinds)
    assert 0 < resolved.total() == few


def test_only_what_may_hold_a_variable_is_walked(write: Write, kinds: Kinds, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = "".join(f"  - {{name: D{number}, type: Filesystem, params: {{a: {{b: c}}}}}}\n" for number in range(20))
    walked = counted(monkeypatch, variables._Walk, "_mapping")
    load(write({"project.yml": f"{PROJECT}datasets:\n{datasets}"}) / "project.yml", kinds=kinds)
    assert walked.total() == 0
    text = f"{PROJECT}datasets:\n{datasets}  - {{name: LAST, type: '${{TYPE}}', params: {{a: {{b: c}}}}}}\n"
    found = load(write({"project.yml": text}) / "project.yml", kinds=kinds, variables={"TYPE": "S3"})
    assert found.declarations[-1].fields["type"] == "S3"
    assert walked.total() == 1


def test_an_alias_or_an_override_with_a_variable_is_walked(write: Write, kinds: Kinds) -> None:
    text = (
        PROJECT + "datasets:\n  - {name: A, type: S3, params: &p {path: '${WHERE}'}}\n"
        "  - {name: B, type: S3, params: *p}\n  - {name: C, type: S3, params: {<<: *p}}\n  - {name: D, type: S3}\n"
    )
    environment = "variables: {WHERE: here}\noverrides: {datasets: {D: {params: {path: '${WHERE}'}}}}\n"
    found = load(write({"project.yml": text, "environments/dev.yml": environment}), kinds=kinds, environment="dev")
    assert [entry.fields["params"] for entry in found.declarations[1:]] == [{"path": "here"}] * 4


def test_equal_texts_of_several_files_are_one_object() -> None:
    texts = parser.Texts()
    (first,), (second,) = (
        parser.parse(b"datasets:\n- {name: rows, 'type': Filesystem}\n", file, texts=texts)["datasets"]
        for file in ("a.yml", "b.yml")
    )
    assert all(mine is other for mine, other in zip(first, second))
    assert all(mine is other for mine, other in zip(first.values(), second.values()))


def test_what_means_something_else_in_json_is_not_shared_with_yaml() -> None:
    texts = parser.Texts()
    assert parser.parse(b"a: 1e5\n", "a.yml", texts=texts) == {"a": "1e5"}
    assert parser.parse(b'{"a": 1e5}', "a.json", texts=texts) == {"a": 100000.0}
    assert parser.parse(b"a: 1e5\n", "b.yml", texts=texts) == {"a": "1e5"}


def test_places_are_marks_once_somebody_asks() -> None:
    root = parser.parse(b"a:\n  - x\n  -  {b: 1,\n      c: 2}\n", "f.yml")
    assert location_of(root, ("a", 1, "c")) == Location("f.yml", 4, 7)
    assert root["a"].marks == [(2, 5), (3, 6)]
    copy = Mapping(root["a"][1], "f.yml", root["a"][1].marks)
    del copy["b"]
    assert location_of(copy, ("c",)) == Location("f.yml", 4, 7)


def test_the_garbage_collector_is_as_it_was() -> None:
    assert gc.isenabled()
    with without_collection():
        assert not gc.isenabled()
        with without_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    with pytest.raises(KeyError), without_collection():
        raise KeyError
    assert gc.isenabled()


def test_what_somebody_has_frozen_stays_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "get_freeze_count", lambda: 7)
    thawed: list[None] = []
    monkeypatch.setattr(gc, "unfreeze", lambda: thawed.append(None))
    with without_collection():
        pass
    assert thawed == []
