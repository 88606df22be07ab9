# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan and its outcome to what is recorded."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import Change
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Plan
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint, holds_fingerprint
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded, Rewritten
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.records import (
    Cover,
    Done,
    Stamp,
    differ,
    entries_of,
    recorded_after,
)

KEY = "dataset.P.d"
STAMP = Stamp("2026-03-01T00:00:00.000Z", "anna", "P")
FORMER = Recorded(KEY, "dataset", "d", "d", {"shortDesc": "old"}, owner="P", deployed_at="earlier", deployed_by="bert")


def cover(*secrets: str, in_clear: bool = False) -> Cover:
    return Cover(KINDS, frozenset(secrets), {"project": "00", "instance": "ff"}, in_clear)


def action(what: str, declared: dict[str, t.Any] | None = None, **more: t.Any) -> Action:
    document = {"shortDesc": "new"} if declared is None else declared
    resource = None if what == "delete" else Resource("dataset", "P", "d", document)
    record = None if what == "delete" else document
    return Action(KEY, "dataset", "P", what, resource=resource, declared=document, record=record, **more)


def after(what: Action, done: Done, former: Recorded | None = FORMER, **plan: t.Any) -> dict[str, Recorded]:
    known = {former.address: former} if former else {}
    return recorded_after(Plan((what,), **plan), done, known, cover("hunter22"), STAMP)


def test_what_was_applied_is_recorded_with_who_and_when() -> None:
    (entry,) = after(action("create"), Done({KEY: "id1"}, frozenset({KEY})), None).values()
    assert (entry.object_id, entry.declared, entry.status) == ("id1", {"shortDesc": "new"}, "healthy")
    assert (entry.deployed_at, entry.deployed_by, entry.owner) == (STAMP.at, STAMP.by, STAMP.owner)


def test_what_is_unchanged_keeps_who_and_when_and_how_it_was_rewritten() -> None:
    rewritten = (Rewritten("shortDesc", "old", "OLD"),)
    former = replace(FORMER, rewritten=rewritten)
    (entry,) = after(action("unchanged", {"shortDesc": "old"}), Done({KEY: "d"}), former).values()
    assert entry == former and not differ({KEY: former}, {KEY: entry})


def test_what_was_never_begun_stays_as_it_was_recorded() -> None:
    assert after(action("update", object_id="d"), Done({KEY: "d"})) == {KEY: FORMER}
    assert after(action("create"), Done({}), None) == {}
    assert after(action("delete", object_id="d"), Done({KEY: "d"})) == {KEY: FORMER}


def test_what_failed_keeps_its_record_and_says_so() -> None:
    (entry,) = after(action("update", object_id="d"), Done({KEY: "d"}, failed=frozenset({KEY}))).values()
    assert (entry.status, entry.declared) == ("failed", {"shortDesc": "old"})


def test_what_was_made_and_failed_is_ours_and_what_was_not_made_is_not() -> None:
    (entry,) = after(action("create"), Done({KEY: "id1"}, failed=frozenset({KEY})), None).values()
    assert (entry.status, entry.object_id, entry.declared) == ("failed", "id1", {})
    assert after(action("create"), Done({}, failed=frozenset({KEY})), None) == {}


def test_what_was_deleted_or_forgotten_is_gone() -> None:
    assert after(action("delete", object_id="d"), Done({KEY: "d"}, frozenset({KEY}))) == {}
    assert recorded_after(Plan((), forgets={KEY: "why"}), Done({}), {KEY: FORMER}, cover(), STAMP) == {}


def test_what_somebody_deleted_and_is_left_so_keeps_its_record() -> None:
    assert after(action("unchanged"), Done({})) == {KEY: FORMER}


def test_what_dss_rewrote_is_recorded_in_both_forms_and_covered() -> None:
    rewrites = {KEY: (Change("shortDesc", "NEW", "new"), Change("params.password", "hunter22", "x"))}
    (entry,) = after(action("update", object_id="d"), Done({KEY: "d"}, frozenset({KEY}), rewritten=rewrites)).values()
    assert entry.rewritten[0] == Rewritten("shortDesc", "new", "NEW")
    assert holds_fingerprint(entry.rewritten[1].declared) and holds_fingerprint(entry.rewritten[1].held)


def test_secrets_are_covered_and_stay_covered() -> None:
    declared = {"shortDesc": "uses hunter22", "params": {"password": "x"}}
    done = Done({KEY: "d"}, frozenset({KEY}))
    (entry,) = after(action("update", declared, object_id="d"), done).values()
    assert isinstance(entry.declared["shortDesc"], Fingerprint) and entry.declared == declared
    later = recorded_after(Plan((action("unchanged", declared),)), Done({KEY: "d"}), {KEY: entry}, cover(), STAMP)
    assert isinstance(later[KEY].declared["shortDesc"], Fingerprint)  # nobody says any more that it is a secret


def test_references_are_recorded_as_the_ids_that_were_made() -> None:
    declared = {"params": {"folderSmartId": Ref("managed_folder", "f")}}
    done = Done({KEY: "d", "managed_folder.P.f": "id1"}, frozenset({KEY}))
    (entry,) = after(action("create", declared), done, None).values()
    assert entry.declared == {"params": {"folderSmartId": "id1"}}


def test_the_journal_says_what_there_was_and_covers_it_unless_it_is_encrypted() -> None:
    image = {"params": {"password": "e:AES", "host": "db"}, "shortDesc": "uses hunter22"}
    plan = Plan((action("update", object_id="d", before=image), action("unchanged")))
    (entry,) = entries_of(plan, cover("hunter22"))
    assert entry.before == image and holds_fingerprint(entry.before) and entry.declared == {"shortDesc": "new"}
    (entry,) = entries_of(plan, cover("hunter22", in_clear=True))
    assert entry.before == image and not holds_fingerprint(entry.before)
    (entry,) = entries_of(Plan((action("create", {"params": {"folderSmartId": Ref("managed_folder", "f")}}),)), cover())
    assert entry.before is None and entry.declared == {"params": {"folderSmartId": {"$ref": ["managed_folder", "f"]}}}
