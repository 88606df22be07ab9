# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each kind either gets the name of its new address, and the plan shows that, or is refused before anything is done."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Neighbours
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Plan, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.moves import with_moves
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded

# Their names are their ids, or their paths, and no call changes them.
REFUSED = ("api_service", "code_env", "connection", "group", "notebook", "plugin", "project_folder", "user")
CALLED = ("dataset", "recipe")
TYPES = {
    "dataset": "Filesystem",
    "recipe": "sync",
    "connection": "Filesystem",
    "insight": "chart",
    "webapp": "STANDARD",
}
MORE: dict[str, dict[str, t.Any]] = {"recipe": {"inputs": [], "outputs": []}, "code_env": {"language": "PYTHON"}}
NAMED = [name for name, kind in KINDS.items() if not kind.singleton]


class Move(t.NamedTuple):
    source: str
    target: str
    location: Location = Location()


def identified(name: str) -> str:
    """The field by which a kind is known."""
    return next(key for key in ("name", "login", "id") if key in KINDS[name].required)


def planned(name: str) -> tuple[Plan, str]:
    kind = KINDS[name]
    key = identified(name)
    author = {key: "new", **({"type": TYPES[name]} if name in TYPES else {}), **MORE.get(name, {})}
    project = "P" if kind.scope == "project" else None
    resource = kind.resource(author, project, Neighbours(), Location(), "x[0]")
    by_name = name in (*REFUSED, *CALLED) and name != "project_folder"
    object_id = "old" if by_name else "Xk3d9"
    document = {"id": object_id, "name": "old", "type": TYPES.get(name), "login": "old"}
    former = Recorded(f"{name}.P.old" if project else f"{name}.old", name, "old", object_id)
    recorded, moved, problems = with_moves(
        {former.address: former}, [Move(former.address, resource.address)], {resource.address: resource}
    )
    assert problems == []
    snapshot = Snapshot({name: {object_id: document}}, listed=frozenset({name}))
    return build({resource.address: resource}, snapshot, Options(moved=moved), KINDS, recorded), resource.address


@pytest.mark.parametrize("name", [name for name in NAMED if name not in REFUSED])
def test_it_is_renamed(name: str) -> None:
    plan, address = planned(name)
    assert [problem.message for problem in plan.problems if "rename" in problem.message] == []
    (action,) = plan.changed
    assert (action.action, action.address) == ("rename", address)
    assert ("name", "old", "new") in [(change.path, change.before, change.after) for change in action.changes]
    assert action.reason.startswith(f"was {name}.")


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str) -> None:
    plan, _address = planned(name)
    assert f"DSS cannot rename a {name.replace('_', ' ')}: take the entry of" in plan.problems[0].message
