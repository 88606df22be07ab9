# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes first: found by all that depends_on may say, with one walk over the resources."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Ref, Resource, resolved
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan import build as building
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.needs import Needs


class Counted(dict[str, Resource]):
    """Resources that count how often somebody walks over all of them."""

    walks = 0

    def __iter__(self) -> t.Iterator[str]:
        self.walks += 1
        return super().__iter__()


def dataset(name: str, *depends_on: str) -> Resource:
    return Resource("dataset", "P", name, {"type": "Inline", "tags": [1, 2.0, None]}, depends_on=depends_on)


def resources(*entries: Resource) -> Counted:
    return Counted({entry.address: entry for entry in entries})


@pytest.mark.parametrize("entry", ["dataset.P.a.b", "P.a.b", "a.b", "b"])
def test_depends_on_names_an_address_or_its_end(entry: str) -> None:
    desired = resources(dataset("a.b"), dataset("ab"), dataset("c", entry))
    assert Needs(desired, KINDS).of("dataset.P.c", desired["dataset.P.c"]) == ("dataset.P.a.b",)


def test_nothing_needs_itself_or_what_is_not_declared() -> None:
    desired = resources(dataset("a", "a", "zzz"))
    assert Needs(desired, KINDS).of("dataset.P.a", desired["dataset.P.a"]) == ()


def test_all_needs_take_one_walk() -> None:
    desired = resources(*(dataset(f"d{number}", f"d{number - 1}") for number in range(50)))
    needs = Needs(desired, KINDS)
    assert [needs.of(*entry) for entry in desired.items()][1:] == [(f"dataset.P.d{number}",) for number in range(49)]
    assert desired.walks == 1


def test_what_is_as_declared_is_not_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    desired = resources(*(dataset(f"d{number}") for number in range(10)))
    held = {entry.name: {**entry.declared, "name": entry.name} for entry in desired.values()}
    held["d3"]["type"] = "HDFS"
    examined = []
    carefully = building.compare_carefully
    monkeypatch.setattr(
        building, "compare_carefully", lambda *given: examined.append(given[1]["name"]) or carefully(*given)
    )
    plan = building.build(desired, Snapshot({"dataset": held}), Options(), KINDS)
    assert ([action.address for action in plan.changed], examined) == (["dataset.P.d3"], ["d3"])


def test_what_holds_no_reference_is_not_copied() -> None:
    declared = {"a": [{"b": Ref("dataset", "x")}, {"c": 1}], "d": {"e": [1, "y"]}, "f": True}
    found = resolved(declared, lambda ref: ref.name)
    assert found == {"a": [{"b": "x"}, {"c": 1}], "d": {"e": [1, "y"]}, "f": True}
    assert found["d"] is declared["d"] and found["a"][1] is declared["a"][1]
    assert resolved(found, lambda ref: None) is found
    assert declared["a"][0]["b"] == Ref("dataset", "x")
