# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field of every kind: applied it plans to nothing, changed the plan shows that field alone, and so on."""

from __future__ import annotations

import importlib
import os
import re
import tempfile
import typing as t
from collections.abc import Mapping
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Kind
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.engine import run_module
from support.samples import KEY, Sample
from support.sandbox import SandboxProcess

SAMPLES: dict[str, list[Sample]] = {
    name: importlib.import_module(f"fields.{name}").SAMPLES
    for name in KINDS
    if Path(__file__).with_name(f"{name}.py").is_file()
}
FULL = os.environ.get("DSS_TEST_FULL") == "1"
CASES = [
    pytest.param(name, sample, tried, id=f"{name}{number}-{tried}")
    for name, samples in SAMPLES.items()
    for number, sample in enumerate(samples)
    for tried in sample.fields
]


def test_every_kind_has_samples() -> None:
    assert SAMPLES.keys() == KINDS.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_each_field_of_a_kind_has_samples(name: str) -> None:
    kind = KINDS[name]
    tried = {field for sample in SAMPLES[name] for field in (*sample.fields, *sample.silent)}
    assert tried == kind.schema["properties"].keys() - kind.identifier.keys()


@pytest.mark.parametrize(("name", "sample", "tried"), CASES)
@given(data=st.data())
@settings(
    max_examples=2 if FULL else 1,
    phases=(Phase.generate,),  # each try is several runs, and there is little to shrink
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_a_field(sandbox_process: SandboxProcess, name: str, sample: Sample, tried: str, data: st.DataObject) -> None:
    kind = KINDS[name]
    first, second = data.draw(_pair(sample.fields[tried]))
    furnish(sandbox_process, kind, sample)
    with tempfile.TemporaryDirectory() as folder:  # with a state, or a changed secret would not be seen
        node = Declared(sandbox_process, Path(folder))
        node.apply(configuration(kind, sample, tried, first))
        assert node.plan(configuration(kind, sample, tried, first)) == {}, "applied is as declared"

        latter = configuration(kind, sample, tried, second)
        ((_address, changed),) = node.plan(latter).items()
        assert {_head(path) for path in changed} <= {tried, *sample.shown.get(tried, ())}, "only the field is shown"
        node.apply(latter)
        assert node.plan(latter) == {}, "changed is as declared"


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in SAMPLES for number in range(len(SAMPLES[name]))]
)
def test_what_the_info_module_finds_can_be_declared(sandbox_process: SandboxProcess, name: str, number: int) -> None:
    kind, sample = KINDS[name], SAMPLES[name][number]
    furnish(sandbox_process, kind, sample)
    run_module(sandbox_process.environ, definition=configuration(kind, sample))
    place = {"key": KEY} if kind.names_project else {"project": KEY} if kind.scope == "project" else {}
    one = {} if kind.singleton else {kind.known_by: kind.identity(sample.base)}

    found = run_module(sandbox_process.environ, f"{name}_info", **place, **one)[kind.section]
    author = found if kind.singleton else found[0]

    assert kind.singleton or kind.identity(author) in one.values()
    others = {section: authors for section, authors in sample.around.items() if section != kind.section}
    declared = {**project(kind), **others, kind.section: author if kind.singleton else [author]}
    assert addresses(run_module(sandbox_process.environ, check=True, definition=declared)) == {}


def furnish(sandbox: SandboxProcess, kind: Kind, sample: Sample) -> None:
    """A node with what the sample needs."""
    sandbox.control.reset()
    if kind.scope == "project":
        sandbox.client().create_project(KEY, "P", "admin")
    sample.prepare(sandbox)


def project(kind: Kind) -> dict[str, t.Any]:
    return {"project": {"key": KEY}} if kind.scope == "project" else {}


def configuration(kind: Kind, sample: Sample, tried: str = "", value: t.Any = None) -> dict[str, t.Any]:
    """The configuration with one object, in which a field has a value."""
    author = {**sample.base, **sample.beside.get(tried, {}), **({tried: value} if tried else {})}
    if kind.names_project:
        return {**sample.around, kind.section: {"key": KEY, **author}}
    others = sample.around.get(kind.section, [])
    return {**project(kind), **sample.around, kind.section: author if kind.singleton else [*others, author]}


class Declared:
    """A node with the state of what is declared of it."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self._sandbox, self._folder = sandbox, folder

    def apply(self, definition: Mapping[str, t.Any]) -> None:
        self._run(definition)

    def plan(self, definition: Mapping[str, t.Any]) -> dict[str, list[str]]:
        """What would change: the paths by address."""
        return addresses(self._run(definition, check=True))

    def _run(self, definition: Mapping[str, t.Any], check: bool = False) -> dict[str, t.Any]:
        definition = dict(definition)
        environ = self._sandbox.environ
        return run_module(environ, check=check, base=self._folder, definition=definition, max_deletes=1, drop_data=True)


def addresses(result: Mapping[str, t.Any]) -> dict[str, list[str]]:
    """What a plan would change: the paths by address."""
    return {action["address"]: [change["path"] for change in action["changes"]] for action in result["plan"]["actions"]}


def _head(path: str) -> str:
    return re.split(r"[.\[ ]", path, maxsplit=1)[0]


def _pair(values: t.Any) -> st.SearchStrategy[tuple[t.Any, t.Any]]:
    """Two values that differ."""
    strategy = values if isinstance(values, st.SearchStrategy) else st.sampled_from(list(values))
    return st.tuples(strategy, strategy).filter(lambda pair: pair[0] != pair[1])
