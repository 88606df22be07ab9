# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones and permissions: the author form of whatever a node holds declares nothing that it does not hold."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.permissions import FLAGS, RIGHTS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NEIGHBOURS = Neighbours({"dataset": frozenset({"a"}), "managed_folder": frozenset({"files"})})
KNOWN = Known({"managed_folder": {"F1": "files"}})
TYPES = st.sampled_from(["DATASET", "MANAGED_FOLDER", "SAVED_MODEL", "WEB_APP", "NEWER"])
IDS = st.sampled_from(["a", "b", "F1", ""])


def declared(kind: str, document: dict[str, t.Any], **more: t.Any) -> Resource:
    author = {**KINDS[kind].from_dss(document, KNOWN), **more}
    return KINDS[kind].resource(author, "P", NEIGHBOURS, Location(), "")


def settled(value: t.Any) -> t.Any:
    if isinstance(value, Ref):
        return "F1"
    if isinstance(value, dict):
        return {key: settled(inner) for key, inner in value.items()}
    return [settled(inner) for inner in value] if isinstance(value, list) else value


def left_to_do(resource: Resource, document: dict[str, t.Any]) -> list[str]:
    kind = KINDS[resource.kind]
    found = compare(settled(resource.declared), document, resource.rules, kind.defaults(document))
    return [change.path for change in found]


members = st.fixed_dictionaries(
    {"objectType": TYPES, "objectId": IDS}, optional={"projectKey": st.just("Q"), "newer": st.integers(0, 3)}
)
lists = st.lists(members, max_size=4, unique_by=lambda item: (item["objectType"], item["objectId"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=lists, shared=lists, exclusive=st.booleans(), object_id=st.sampled_from(["z", "default"]))
def test_a_zone_declares_what_it_is(items: t.Any, shared: t.Any, exclusive: bool, object_id: str) -> None:
    items = [] if object_id == "default" else items
    document = {"id": object_id, "name": "X", "color": "#2ab1ac", "items": items, "shared": shared, "newer": {"x": 1}}
    assert left_to_do(declared("zone", document, exclusive=exclusive), document) == []


def test_recipes_are_no_part_of_a_zone() -> None:
    document = {"id": "z", "name": "X", "items": [{"objectId": "r", "objectType": "RECIPE"}]}
    assert KINDS["zone"].from_dss(document, KNOWN) == {"name": "X"}


grants = st.fixed_dictionaries(
    {flag: st.booleans() for flag in FLAGS[:3]},
    optional={**dict.fromkeys(FLAGS[3:], st.booleans()), "newer": st.booleans()},
)
authorizations = st.builds(
    lambda item, modes: {"objectRef": item, "modes": modes},
    st.fixed_dictionaries({"objectType": TYPES, "objectId": IDS}),
    st.lists(st.sampled_from(["READ", "RUN", "DISCOVER"]), unique=True),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    users=st.dictionaries(st.sampled_from(["ada", "bob"]), grants),
    groups=st.dictionaries(st.sampled_from(["ada", "readers"]), grants),
    shown=st.lists(authorizations, max_size=3, unique_by=lambda entry: str(entry["objectRef"])),
    everything=st.booleans(),
)
def test_permissions_declare_what_they_are(users: t.Any, groups: t.Any, shown: t.Any, everything: bool) -> None:
    document = {
        "owner": "admin",
        "permissions": [
            *({"user": name, **flags} for name, flags in users.items()),
            *({"group": name, **flags} for name, flags in groups.items()),
        ],
        "additionalDashboardUsers": {"users": []},
        "dashboardAuthorizations": {"allAuthorized": everything, "authorizations": shown},
    }
    resource = declared("permissions", document)
    assert "owner" not in resource.declared
    assert left_to_do(resource, document) == []


def test_every_right_has_a_name() -> None:
    assert len(FLAGS) == len(RIGHTS) == 15
    assert RIGHTS["manage_additional_dashboard_users"] == "manageAdditionalDashboardUsers"
    built = KINDS["permissions"].resource({"users": {"ada": ["admin"]}}, "P", NEIGHBOURS, Location(), "")
    assert built.declared["permissions"] == [{"user": "ada", **dict.fromkeys(FLAGS, False), "admin": True}]


def test_a_right_of_a_newer_server_goes_by_its_own_name() -> None:
    built = KINDS["permissions"].resource({"users": {"ada": ["newerRight"]}}, "P", NEIGHBOURS, Location(), "")
    assert built.declared["permissions"][0]["newerRight"] is True
    with pytest.raises(DssError, match="there is no right newer_right"):
        KINDS["permissions"].resource({"users": {"ada": ["newer_right"]}}, "P", NEIGHBOURS, Location(), "")
