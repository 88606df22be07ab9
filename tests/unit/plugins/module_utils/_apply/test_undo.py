# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of each object when runs are undone; without a node."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.traces import traces
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.undo import (
    Undo,
    resources_of,
    sections_of,
    undo,
    verified,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Ref
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import Document
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import (
    DONE,
    FAILED,
    SKIPPED,
    Entry,
    Journal,
    Result,
    continued,
)

BORN, BORN_LATER = {"lastModifiedOn": 1}, {"lastModifiedOn": 2}
LISTED: dict[str, tuple[str, ...]] = dict.fromkeys(KINDS, ()) | {"project": ("P",)}


def dataset(name: str = "d", **more: t.Any) -> Document:
    return {"name": name, "projectKey": "P", "type": "Filesystem", "managed": True, "creationTag": BORN, **more}


def folder(object_id: str, name: str = "docs", **more: t.Any) -> Document:
    return {"id": object_id, "name": name, "projectKey": "P", "type": "Filesystem", "creationTag": BORN, **more}


def recipe(name: str, reads: str, writes: str = "w", **more: t.Any) -> Document:
    sides = {side: {"main": {"items": [{"ref": ref}]}} for side, ref in (("inputs", reads), ("outputs", writes))}
    return {"name": name, "projectKey": "P", "type": "python", "code": "pass", "creationTag": BORN, **sides, **more}


def entry(kind: str, name: str, action: str, before: Document | None = None, **more: t.Any) -> Entry:
    address = f"{kind}.{name}" if kind == "connection" else f"{kind}.P.{name}"
    project = None if kind == "connection" else "P"
    object_id = more.pop("object_id", name if before is not None else None)
    return Entry(address, kind, project, name, action, object_id, before=before, **more)


def journal(*entries: Entry, done: bool = True, **more: t.Any) -> Journal:
    results = {item.address: Result(DONE, item.object_id or item.name) for item in entries} if done else {}
    known: dict[str, t.Any] = {"entries": entries, "listed": LISTED, "results": results, **more}
    return Journal(run="r", operation="apply", lineage="l", serial=1, at="", by="", **known)


def held(**objects: t.Any) -> Snapshot:
    return Snapshot({**{kind: {} for kind in KINDS}, "project": {"P": {}}, **objects})


def actions(found: Undo) -> dict[str, str]:
    return {action.address: action.action for action in found.plan.actions}


def of(found: Undo, address: str) -> Action:
    return next(action for action in found.plan.actions if action.address == address)


def test_a_creation_is_deleted_and_what_it_needed_after_it() -> None:
    run = journal(entry("dataset", "d", "create"), entry("recipe", "r", "create", needs=("dataset.P.d",)))
    found = undo([run], held(dataset={"d": dataset()}, recipe={"r": recipe("r", "x")}), KINDS)
    assert actions(found) == {"recipe.P.r": "delete", "dataset.P.d": "delete"}
    assert of(found, "dataset.P.d").needs == ("recipe.P.r",)
    assert [action.address for action in found.plan.actions] == ["recipe.P.r", "dataset.P.d"]


def test_what_uses_a_creation_goes_first_even_if_the_journal_does_not_say_so() -> None:
    run = journal(entry("dataset", "d", "create"), entry("recipe", "r", "create"))
    found = undo([run], held(dataset={"d": dataset()}, recipe={"r": recipe("r", "x", "d")}), KINDS)
    assert of(found, "dataset.P.d").needs == ("recipe.P.r",)


def test_a_creation_that_never_arrived_is_nothing_to_undo() -> None:
    found = undo([journal(entry("dataset", "d", "create"), done=False)], held(), KINDS)
    assert (actions(found), found.not_restored) == ({"dataset.P.d": "unchanged"}, ())


def test_what_was_there_before_is_not_a_doubtful_creation() -> None:
    run = journal(entry("dataset", "d", "create"), done=False, listed={**LISTED, "dataset": ("d",)})
    assert not undo([run], held(dataset={"d": dataset()}), KINDS).plan.changed


@pytest.mark.parametrize("action", ["create", "update"])
def test_what_was_skipped_is_not_ours(action: str) -> None:
    before = None if action == "create" else dataset()
    one = entry("dataset", "d", action, before, declared={"tags": ["x"]})
    run = journal(one, results={"dataset.P.d": Result(SKIPPED)})
    assert undo([run], held(dataset={"d": dataset(tags=["y"])}), KINDS).plan.actions == ()


def test_a_failed_creation_that_is_there_goes() -> None:
    run = journal(entry("dataset", "d", "create"), results={"dataset.P.d": Result(FAILED)})
    assert actions(undo([run], held(dataset={"d": dataset()}), KINDS)) == {"dataset.P.d": "delete"}


def test_a_doubtful_folder_is_ours_only_where_the_folders_before_are_known() -> None:
    known = journal(entry("managed_folder", "docs", "create"), done=False)
    unknown = journal(entry("managed_folder", "docs", "create"), done=False, listed={})
    snapshot = held(managed_folder={"F1": folder("F1")})
    assert of(undo([known], snapshot, KINDS), "managed_folder.P.docs").object_id == "F1"
    found = undo([unknown], snapshot, KINDS)
    assert not found.plan.changed
    assert found.not_restored == ("managed_folder.P.docs: F1 may be the one that was made and was not touched",)


def test_a_folder_in_a_project_that_was_made_too_is_ours() -> None:
    run = journal(entry("managed_folder", "docs", "create"), done=False, listed={"project": ()})
    assert actions(undo([run], held(managed_folder={"F1": folder("F1")}), KINDS)) == {"managed_folder.P.docs": "delete"}


def test_an_update_gets_back_only_what_the_run_changed() -> None:
    before = dataset(tags=["a"], shortDesc="s", flowOptions={"rebuildBehavior": "NORMAL", "x": 1})
    declared = {"tags": ["b"], "shortDesc": "s", "description": "new", "flowOptions": {"rebuildBehavior": "OTHER"}}
    actual = {**before, **declared, "shortDesc": "theirs", "flowOptions": {"rebuildBehavior": "OTHER", "x": 2}}
    found = undo(
        [journal(entry("dataset", "d", "update", before, declared=declared))], held(dataset={"d": actual}), KINDS
    )
    assert of(found, "dataset.P.d").declared == {
        "tags": ["a"],
        "description": None,
        "flowOptions": {"rebuildBehavior": "NORMAL"},
    }
    assert found.plan.warnings == () and found.not_restored == ()


def test_an_update_that_others_changed_again_is_undone_with_a_warning() -> None:
    run = journal(entry("dataset", "d", "update", dataset(tags=["a"]), declared={"tags": ["b"]}))
    found = undo([run], held(dataset={"d": dataset(tags=["c"])}), KINDS)
    assert of(found, "dataset.P.d").declared == {"tags": ["a"]}
    assert [str(warning) for warning in found.plan.warnings] == [
        "dataset.P.d: somebody changed tags since; the former value is put back all the same"
    ]


def test_an_update_of_something_that_others_deleted_is_named() -> None:
    run = journal(entry("dataset", "d", "update", dataset(tags=["a"]), declared={"tags": ["b"]}))
    found = undo([run], held(), KINDS)
    assert not found.plan.changed
    assert found.not_restored == ("dataset.P.d: somebody deleted it since, and it was not made again",)


def test_the_earliest_image_counts_and_the_paths_of_all_runs() -> None:
    first = journal(entry("dataset", "d", "update", dataset(tags=["a"], shortDesc="s"), declared={"tags": ["b"]}))
    middle = dataset(tags=["b"], shortDesc="theirs")
    second = journal(entry("dataset", "d", "update", middle, declared={"tags": ["b"], "shortDesc": "t"}))
    actual = dataset(tags=["b"], shortDesc="t")
    found = undo([first, second], held(dataset={"d": actual}), KINDS)
    assert of(found, "dataset.P.d").declared == {"tags": ["a"], "shortDesc": "s"}


def test_a_deletion_that_was_not_done_leaves_what_others_changed() -> None:
    run = journal(entry("dataset", "d", "delete", dataset(tags=["a"])), done=False)
    found = undo([run], held(dataset={"d": dataset(tags=["theirs"])}), KINDS)
    assert (found.plan.changed, found.not_restored) == ((), ())


def test_a_deleted_object_that_others_made_again_becomes_what_it_was_with_a_warning() -> None:
    run = journal(entry("dataset", "d", "delete", dataset(tags=["a"])))
    theirs = dataset(tags=["theirs"], creationTag=BORN_LATER, shortDesc="x")
    found = undo([run], held(dataset={"d": theirs}), KINDS)
    assert of(found, "dataset.P.d").action == "update"
    assert [str(warning) for warning in found.plan.warnings] == [
        "dataset.P.d: there is one again, which is not as it was; it is made what it was"
    ]


def test_another_object_in_the_place_of_a_deleted_one_is_not_destroyed() -> None:
    run = journal(entry("dataset", "d", "delete", dataset()))
    theirs = dataset(type="PostgreSQL", creationTag=BORN_LATER)
    found = undo([run], held(dataset={"d": theirs}), KINDS)
    assert not found.plan.changed
    assert found.not_restored == ("dataset.P.d: somebody made another one of this name since, and it was not touched",)


def test_a_replaced_object_is_replaced_again_with_the_recipes_that_read_it() -> None:
    run = journal(entry("dataset", "d", "replace", dataset(), declared={"type": "PostgreSQL"}, loses="its data"))
    now = dataset(type="PostgreSQL", creationTag=BORN_LATER)
    found = undo([run], held(dataset={"d": now}, recipe={"theirs": recipe("theirs", "d")}), KINDS)
    assert actions(found) == {"dataset.P.d": "replace", "recipe.P.theirs": "replace"}
    assert of(found, "dataset.P.d").carries == ("theirs",) and of(found, "recipe.P.theirs").carried
    assert found.not_restored == ("dataset.P.d: its data, its creation tag, the history of its metrics and checks",)


def test_a_folder_that_is_made_again_is_a_reference_in_everything_that_named_it() -> None:
    gone = entry("managed_folder", "docs", "delete", folder("OLD"), object_id="OLD")
    gone_too = entry("recipe", "r", "delete", recipe("r", "OLD"))
    patched = entry(
        "recipe", "p", "update", recipe("p", "OLD"), declared={"inputs": {"main": {"items": [{"ref": "d"}]}}}
    )
    found = undo([journal(gone, gone_too, patched)], held(recipe={"p": recipe("p", "d")}), KINDS)
    for name in ("r", "p"):
        action = of(found, f"recipe.P.{name}")
        assert action.declared["inputs"]["main"]["items"] == [{"ref": Ref("managed_folder", "docs")}]
        assert action.needs == ("managed_folder.P.docs",)
    assert "id" not in of(found, "managed_folder.P.docs").declared


def test_a_folder_of_which_there_were_two_keeps_its_address() -> None:
    gone = Entry("managed_folder.P.docs[OLD]", "managed_folder", "P", "OLD", "delete", "OLD", before=folder("OLD"))
    reader = entry("recipe", "r", "delete", recipe("r", "OLD"))
    run = journal(gone, reader, listed={**LISTED, "managed_folder": ("OLD", "OTHER")})
    found = undo([run], held(managed_folder={"OTHER": folder("OTHER")}), KINDS)
    made = of(found, "managed_folder.P.docs[OLD]")
    assert (made.action, made.resource and made.resource.name) == ("create", "docs")
    assert of(found, "recipe.P.r").declared["inputs"]["main"]["items"] == [{"ref": Ref("managed_folder", "docs[OLD]")}]


def test_a_folder_that_is_already_back_is_named_by_its_new_id() -> None:
    gone = entry("managed_folder", "docs", "delete", folder("OLD"), object_id="OLD")
    reader = entry("recipe", "r", "delete", recipe("r", "OLD"))
    back = held(
        managed_folder={"NEW": folder("NEW", creationTag=BORN_LATER)},
        recipe={"r": recipe("r", "NEW", creationTag=BORN_LATER)},
    )
    run = journal(gone, reader, listed={**LISTED, "managed_folder": ("OLD",)})
    assert not undo([run], back, KINDS).plan.changed


def test_where_its_files_stay_is_said_of_a_folder_whose_path_holds_its_id() -> None:
    before = folder("OLD", params={"path": "${projectKey}/${odbId}"})
    found = undo([journal(entry("managed_folder", "docs", "delete", before, object_id="OLD"))], held(), KINDS)
    assert found.not_restored == (
        "managed_folder.P.docs: its id OLD, its files, which stay where its former id says, its creation tag",
    )


@pytest.mark.parametrize(
    ("kind", "before", "read"),
    [
        ("recipe", {"type": "python"}, False),
        ("recipe", {"type": "python", "code": ""}, True),
        ("recipe", {"type": "join"}, False),
        ("recipe", {"type": "join", "payload": {}}, True),
        ("recipe", {"type": "sync"}, True),
        ("scenario", {"name": "x"}, False),
        ("scenario", {"name": "x", "params": {}}, True),
    ],
)
def test_what_was_only_listed_is_named_and_not_made_again(kind: str, before: Document, read: bool) -> None:
    found = undo([journal(entry(kind, "x", "delete", before))], held(), KINDS)
    assert bool(found.plan.changed) is read
    told = f"{kind}.P.x: DSS deleted it with something else, and its content had not been read"
    assert (told in found.not_restored) is not read


def test_what_others_use_stays_and_all_that_it_uses_in_turn() -> None:
    run = journal(
        *(entry(kind, name, "create") for kind, name in (("connection", "c"), ("dataset", "d"), ("dataset", "e")))
    )
    snapshot = held(
        connection={"c": {"type": "Filesystem"}},
        dataset={"d": dataset(params={"connection": "c"}), "e": dataset("e")},
        recipe={"theirs": recipe("theirs", "d")},
    )
    found = undo([run], snapshot, KINDS)
    assert actions(found) == {"dataset.P.e": "delete"}
    assert found.not_restored == (
        "connection.c: it stays, because dataset.P.d uses it",
        "dataset.P.d: it stays, because recipe.P.theirs uses it",
    )


def test_a_recipe_that_is_put_back_does_not_hold_what_it_no_longer_reads() -> None:
    reads = {"inputs": {"main": {"items": [{"ref": "d"}]}}}
    run = journal(
        entry("dataset", "d", "create"),
        entry("recipe", "r", "update", recipe("r", "former"), declared=reads, needs=("dataset.P.d",)),
    )
    found = undo([run], held(dataset={"d": dataset()}, recipe={"r": recipe("r", "d")}), KINDS)
    assert actions(found) == {"recipe.P.r": "update", "dataset.P.d": "delete"}
    assert set(of(found, "dataset.P.d").needs) == {"recipe.P.r"}


def test_a_recipe_that_was_carried_along_keeps_what_others_changed_since() -> None:
    run = journal(entry("recipe", "r", "replace", recipe("r", "d", tags=["a"]), carried=True, declared={"tags": ["b"]}))
    now = recipe("r", "d", tags=["b"], shortDesc="theirs", creationTag=BORN_LATER)
    found = undo([run], held(recipe={"r": now}), KINDS)
    assert of(found, "recipe.P.r").declared == {"tags": ["a"]}
    assert found.not_restored == ("recipe.P.r: its creation tag",)


def test_a_recipe_that_was_to_be_carried_along_and_is_lost_is_made_again() -> None:
    run = journal(
        entry("recipe", "r", "replace", recipe("r", "d"), carried=True), results={"recipe.P.r": Result(SKIPPED)}
    )
    assert actions(undo([run], held(), KINDS)) == {"recipe.P.r": "create"}


def test_a_run_that_was_resumed_counts_as_one() -> None:
    """The replacement was killed after its deletion; the run that resumed it found nothing and made the dataset."""
    first = journal(entry("dataset", "d", "replace", dataset(), declared={"type": "PostgreSQL"}), done=False)
    second = journal(entry("dataset", "d", "create", declared={"type": "PostgreSQL"}))
    now = dataset(type="PostgreSQL", creationTag=BORN_LATER)
    found = undo([continued(first, second)], held(dataset={"d": now}), KINDS)
    assert actions(found) == {"dataset.P.d": "replace"}


def test_what_was_made_and_deleted_again_is_nothing_to_undo() -> None:
    runs = [journal(entry("dataset", "d", "create")), journal(entry("dataset", "d", "delete", dataset()))]
    found = undo(runs, held(), KINDS)
    assert (found.plan.changed, found.not_restored) == ((), ())


def test_a_secret_is_named_and_left_out() -> None:
    before = {"name": "c", "type": "EC2", "params": {"secretKey": Fingerprint.of("s", "00" * 16), "region": "r"}}
    found = undo([journal(entry("connection", "c", "delete", before))], held(), KINDS)
    assert of(found, "connection.c").declared == {"name": "c", "type": "EC2", "params": {"region": "r"}}
    assert found.not_restored == ("connection.c: its secret secret_key",)


def test_what_is_read_for_an_undo() -> None:
    run = journal(
        entry("scenario", "S", "update", {"name": "s"}, declared={"name": "s"}),
        entry("managed_folder", "docs", "delete", folder("F"), object_id="F"),
    )
    found = resources_of([run], KINDS)
    assert {key: (value.name, value.identity) for key, value in found.items()} == {
        "scenario.P.S": ("S", {"id": "S"}),
        "managed_folder.P.docs": ("docs", {}),
    }
    assert sections_of([run], KINDS) >= {"recipes", "datasets", "project"}
    assert sections_of([journal(entry("connection", "c", "create"))], KINDS) == frozenset()


def test_the_closing_read_finds_what_is_not_as_it_was() -> None:
    run = journal(
        entry("managed_folder", "docs", "delete", folder("OLD"), object_id="OLD"),
        entry("recipe", "r", "delete", recipe("r", "OLD")),
        entry("dataset", "d", "create"),
    )
    found = undo([run], held(), KINDS)
    assert sorted(verified(found, held(), KINDS)) == [
        "managed_folder.P.docs: it is not there",
        "recipe.P.r: it is not there",
    ]
    back = {"managed_folder": {"NEW": folder("NEW")}, "recipe": {"r": recipe("r", "NEW")}}
    assert verified(found, held(**back), KINDS) == ()
    wrong = {**back, "recipe": {"r": recipe("r", "OLD")}, "dataset": {"d": dataset()}}
    assert sorted(verified(found, held(**wrong), KINDS)) == ["dataset.P.d: it is there (d)", "recipe.P.r: inputs"]


def test_a_thousand_objects_are_compared_twice_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step looks at all objects for each of them: the comparisons grow with the number of objects."""
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply import undo as module

    counted = 0
    differences = module.differences

    def counting(*arguments: t.Any) -> t.Any:
        nonlocal counted
        counted += 1
        return differences(*arguments)

    monkeypatch.setattr(module, "differences", counting)
    run = journal(
        *(entry("dataset", f"d{n}", "update", dataset(f"d{n}"), declared={"tags": ["b"]}) for n in range(1000))
    )
    snapshot = held(dataset={f"d{n}": dataset(f"d{n}", tags=["b"]) for n in range(1000)})
    assert len(undo([run], snapshot, KINDS).plan.changed) == 1000
    assert counted == 2000


def test_ids_are_told_oldest_first() -> None:
    first = journal(entry("managed_folder", "docs", "replace", folder("A"), object_id="A"), results={})
    second = journal(
        entry("managed_folder", "docs", "update", folder("B"), object_id="B"),
        results={"managed_folder.P.docs": Result(DONE, "B")},
    )
    assert traces([first, second], KINDS)["managed_folder.P.docs"].ids == ("A", "B")
