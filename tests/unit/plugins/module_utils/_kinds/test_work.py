# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often the kinds do what on the way from declarations to resources: in proportion to what is declared."""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired


@dataclass
class Declared:
    kind: str
    fields: dict[str, t.Any]
    location: Location = Location()
    path: str = ""


@dataclass
class Asked:
    """How often something was asked."""

    times: int = 0


class Counting(dict[str, t.Any]):
    """A mapping that counts how often it is asked for a key."""

    asked: t.ClassVar[Asked] = Asked()

    def get(self, key: str, default: t.Any = None) -> t.Any:
        self.asked.times += 1
        return super().get(key, default)


@dataclass
class Authors:
    """Authors of articles that count how often somebody goes through them."""

    entries: list[dict[str, t.Any]]
    walks: list[None] = field(default_factory=list)

    def __iter__(self) -> t.Iterator[dict[str, t.Any]]:
        self.walks.append(None)
        return iter(self.entries)


def resources_of(*declared: Declared) -> dict[str, Resource]:
    return desired(declared, "P", KINDS)


def reads_of_items(count: int) -> int:
    """How often the items of a recipe with so many folders are asked."""
    before = Counting.asked.times
    folders = [Declared("managed_folder", {"name": f"f{number}", "type": "Filesystem"}) for number in range(count)]
    items = [Counting(folder=f"f{number}") for number in range(count)]
    recipe = Declared("recipe", {"name": "r", "type": "python", "inputs": items, "outputs": ["d"]})
    found = resources_of(*folders, recipe)["recipe.P.r"]
    assert [entry["ref"] for entry in found.declared["inputs"]["main"]["items"]] == [
        Ref("managed_folder", f"f{number}") for number in range(count)
    ]
    return Counting.asked.times - before


def test_a_recipe_asks_each_of_its_items_equally_often() -> None:
    assert reads_of_items(40) == 4 * reads_of_items(10)


def test_the_members_of_a_zone_are_not_compared_with_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[object] = []
    monkeypatch.setattr(Ref, "__eq__", lambda self, other: compared.append(self))
    names = [f"f{number}" for number in range(30)]
    neighbours = Neighbours({"managed_folder": frozenset(names)})
    items = [*({"folder": name} for name in names), {"folder": "f0"}]
    zone = KINDS["zone"].resource({"name": "z", "items": items}, "P", neighbours, Location(), "")
    assert len(zone.declared["items"]) == 30
    assert compared == []


def test_zones_go_through_the_recipes_once_for_all_of_them() -> None:
    walks: list[None] = []

    class Outputs(dict[str, t.Any]):
        def items(self) -> t.Any:
            walks.append(None)
            return super().items()

    outputs = Outputs({f"r{number}": (("DATASET", f"d{number}"),) for number in range(9)})
    names = {"dataset": frozenset(f"d{number}" for number in range(9)), "recipe": frozenset(outputs)}
    neighbours = Neighbours(names, outputs)
    for number in range(9):
        zone = KINDS["zone"].resource({"name": "z", "items": [f"d{number}"]}, "P", neighbours, Location(), "")
        assert zone.references == (("dataset", f"d{number}"), ("recipe", f"r{number}"))
    assert len(walks) == 1


def test_articles_are_gone_through_once_for_all_of_them() -> None:
    authors = Authors([{"name": f"a{number + 1}", "after": f"a{number}"} for number in range(9)])
    neighbours = Neighbours(authors={"wiki_article": t.cast("tuple[dict[str, t.Any], ...]", authors)})
    for number in range(9):
        article = KINDS["wiki_article"].resource({"name": f"a{number}"}, "P", neighbours, Location(), "")
        assert article.identity["followers"] == tuple(f"a{behind}" for behind in range(number + 1, 10))
    assert len(authors.walks) == 1


@pytest.mark.parametrize(
    "declared",
    [
        lambda name: Declared("dataset", {"name": name, "type": "S3", "connection": "s3", "checks": [], "tags": ["a"]}),
        lambda name: Declared(
            "recipe", {"name": name, "type": "python", "inputs": ["a"], "outputs": ["b"], "code": ""}
        ),
    ],
    ids=["dataset", "recipe"],
)
def test_a_resource_is_built_twice_at_most_and_shares_its_rules(
    declared: Callable[[str], Declared], monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    build = Resource.__init__

    def counted(self: Resource, *args: t.Any, **values: t.Any) -> None:
        build(self, *args, **values)
        built.append(self.name)

    monkeypatch.setattr(Resource, "__init__", counted)
    first, second = list(resources_of(declared("x"), declared("y")).values())
    assert sorted(built) == ["x", "x", "y", "y"]
    assert first.rules is second.rules


def test_known_types_are_not_searched_for_misspellings(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda word, *args: searched.append(word) or [])
    check = {"type": "ColumnNotEmptyRule", "name": "c", "columns": ["a"]}
    resources_of(
        Declared("dataset", {"name": "d", "type": "Filesystem", "checks": [check]}),
        Declared("recipe", {"name": "r", "type": "python", "outputs": ["d"]}),
        Declared("dataset", {"name": "e", "type": "Filesystm"}),
    )
    assert searched == ["Filesystm"]
