# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of a run that resumes another one."""

from __future__ import annotations

from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Entry, Journal, continued


def journal(**entry: object) -> Journal:
    known = {"address": "recipe.P.r", "kind": "recipe", "project": "P", "name": "r", "action": "replace"}
    fields: dict[str, object] = {**known, "object_id": "r", **entry}
    return Journal("run", "apply", "lineage", 1, "", "", entries=(Entry(**fields),))  # type: ignore[arg-type]


def test_a_recipe_that_is_to_be_brought_back_stays_so_when_that_was_interrupted_too() -> None:
    lost = journal(carried=True, before={"code": "1"})
    brought_back = journal(action="create", object_id=None)
    (entry,) = continued(lost, brought_back).entries
    assert (entry.action, entry.carried, entry.before, entry.object_id) == ("create", True, {"code": "1"}, "r")
