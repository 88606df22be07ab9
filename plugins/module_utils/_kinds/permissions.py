# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users and groups may do in a project: dss-api.md 2.3, ``P/permissions``."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._errors import DssError
from .._plan.compare import AsSet, Document, Keyed, Rule, Spelled, merge
from .base import Kind, Known, Neighbours, Node, Resource, with_references
from .flow_items import BUILT, KINDS_BY_ID, SHOWN, from_pair, item_schema, named, referring, rest_of, to_pair
from .paths import path_of
from .shape import FLAG, TEXTS, Field, Schema, Shape, described

# All that DSS stores, in its order [export:39][tfp DSS 15][docs].
FLAGS = (
    "admin",
    "editPermissions",
    "readProjectContent",
    "writeProjectContent",
    "exportDatasetsData",
    "readDashboards",
    "writeDashboards",
    "moderateDashboards",
    "publishToDataCollections",
    "shareToWorkspaces",
    "runScenarios",
    "manageDashboardAuthorizations",
    "manageExposedElements",
    "manageAdditionalDashboardUsers",
    "executeApp",
)
_SHOWABLE = (*BUILT, *SHOWN)
_GRANTS = "permissions"
_SHOWN = "dashboardAuthorizations.authorizations"


def _right(flag: str) -> str:
    return re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", flag)


RIGHTS: Mapping[str, str] = {_right(flag): flag for flag in FLAGS}
_RIGHTS: Schema = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
# No real project seen has any, so their form is unverified: mappings are sent and compared as they are.
_USERS: Schema = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}}
_AUTHORIZATIONS: Schema = {
    "type": "array",
    "items": item_schema(_SHOWABLE, {"modes": described(TEXTS, "READ, RUN, DISCOVER; READ when left out.")}),
}


def _flags(rights: Iterable[t.Any]) -> Document:
    """Every flag, since DSS may keep one that is not sent (quirk 13). Raises ``DssError`` for a right that there is not."""
    flags = dict.fromkeys(FLAGS, False)
    for right in rights:
        flag = RIGHTS.get(right, right)
        if flag not in flags and "_" in str(right):
            raise DssError(f"there is no right {right}; there are {', '.join(RIGHTS)}, and DSS's own names of others")
        flags[flag] = True
    return flags


def _any_order(users: t.Any) -> t.Any:
    return sorted(map(str, users)) if isinstance(users, list) else users


def _granted(entry: Mapping[str, t.Any]) -> list[str]:
    names = {flag: right for right, flag in RIGHTS.items()}
    return [names.get(key, key) for key, value in entry.items() if value is True]


def _authorizations_to_dss(items: Iterable[t.Any]) -> list[Document]:
    result = []
    for item in items:
        kind, object_id = to_pair(item, _SHOWABLE)
        modes = item.get("modes", ["READ"])
        result.append(
            {"objectRef": {"objectId": object_id, "objectType": kind}, "modes": modes, **(item.get("raw") or {})}
        )
    return result


def _authorizations_from_dss(items: Iterable[Mapping[str, t.Any]]) -> list[Document]:
    result = []
    for item in items:
        place = item.get("objectRef") or {}
        modes = sorted(map(str, item.get("modes") or ()))  # their order means nothing
        more = {} if modes == ["READ"] else {"modes": modes}
        pair = from_pair(place.get("objectType"), place.get("objectId"), _SHOWABLE)
        result.append({**pair, **more, **rest_of(item, "objectRef", "modes")})
    return result


class Permissions(Kind):
    """The grants of a project, and what its dashboards may show."""

    name = "permissions"
    section = "permissions"
    singleton = True
    order = 11
    summary = (
        "What users and groups may do in the project, and what dashboards may show. Only the users and groups that are named "
        "are compared. The owner is a field of the project."
    )
    identifier = {
        "exclusive": described(
            FLAG,
            "Whether users, groups and authorizations that are not named are removed, all of them if none is named.",
        )
    }
    rights = "project admin"
    concerns_caller = True
    names_of = KINDS_BY_ID
    shape = Shape(
        fields=(
            Field(
                "groups",
                f"{_GRANTS}.group",
                described(
                    _RIGHTS,
                    f"Rights of groups, name to list. A right that is not in the list is taken away. There are {', '.join(RIGHTS)}.",
                ),
            ),
            Field("users", f"{_GRANTS}.user", described(_RIGHTS, "Rights of users, login to list, as for groups.")),
            Field(
                "additional_dashboard_users",
                "additionalDashboardUsers.users",
                described(_USERS, "Logins of users who may see dashboards only, in any order."),
            ),
            Field(
                "dashboard_authorizations",
                _SHOWN,
                described(_AUTHORIZATIONS, "Objects that dashboards may show, with what may be done."),
                _authorizations_to_dss,
                _authorizations_from_dss,
            ),
            Field(
                "all_authorized",
                "dashboardAuthorizations.allAuthorized",
                described(FLAG, "Whether dashboards may show everything."),
            ),
        ),
        defaults=lambda document: {"dashboardAuthorizations": {"allAuthorized": False}},
        computed=frozenset({"owner"}),
    )
    rules: Mapping[str, Rule] = {
        _GRANTS: Keyed(("group", "user"), ordered=False),
        _SHOWN: Keyed(("objectRef.objectType+objectRef.objectId",), ordered=False),
        f"{_SHOWN}[].modes": AsSet(),
        "additionalDashboardUsers.users": Spelled(_any_order),
    }

    def resource(self, author: Mapping[str, t.Any], project: t.Any, neighbours: Neighbours, *place: t.Any) -> Resource:
        referred, references = dict(author), []
        if author.get("dashboard_authorizations"):
            pairs = [referring(item, _SHOWABLE, neighbours) for item in author["dashboard_authorizations"]]
            referred["dashboard_authorizations"] = [item for item, _found in pairs]
            references = [entry for _item, found in pairs for entry in found]
        return with_references(super().resource(referred, project, neighbours, *place), *references)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        declared = _with_list(built.declared)
        if not author:  # as recorded: whether the lists are complete is recorded too
            return replace(built, declared=declared)
        if author.get("exclusive"):
            shown = {"authorizations": [], **(declared.get("dashboardAuthorizations") or {})}
            return replace(built, declared={_GRANTS: [], **declared, "dashboardAuthorizations": shown})
        partial = {path: replace(t.cast(Keyed, self.rules[path]), partial=True) for path in (_GRANTS, _SHOWN)}
        return replace(built, declared=declared, rules={**built.rules, **partial})

    def from_dss(self, document: Document, known: Known) -> Document:
        grants = document.get(_GRANTS) or []
        sides = {
            side: {entry[side]: _granted(entry) for entry in grants if entry.get(side)} for side in ("group", "user")
        }
        author = super().from_dss({**document, _GRANTS: {side: held for side, held in sides.items() if held}}, known)
        shown = [named(item, _SHOWABLE, known) for item in author.pop("dashboard_authorizations", ())]
        return {**author, "dashboard_authorizations": shown} if shown else author

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return dict.fromkeys(FLAGS, False) if pattern == f"{_GRANTS}[]" else {}

    def author_path(self, path: str) -> str:
        """``permissions[NAME].right``; whether that is a group or a user does not follow from it."""
        place, dot, flag = path.rpartition(".")
        grants = place.startswith(f"{_GRANTS}[") and flag in FLAGS
        return f"{place}{dot}{_right(flag)}" if grants else super().author_path(path)

    def cautions(self, resource: Resource, before: Document, caller: Mapping[str, t.Any]) -> tuple[str, ...]:
        """Whoever owns a key does not take the project from themselves unawares."""
        login, groups = caller.get("authIdentifier"), caller.get("groups") or ()
        after = merge(resource.declared, before, resource.rules)
        if (
            before.get("owner") == login
            or not _administers(before, login, groups)
            or _administers(after, login, groups)
        ):
            return ()
        return (f"the user of this API key, {login}, would no longer administer the project",)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        return next(iter(listing), None)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": node.get(path_of("projects", project, "permissions"))}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return self.read_all(node, project)[""]

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return ""  # a project always has permissions: the write that follows sets them

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put(path_of("projects", resource.project, "permissions"), {**document, "owner": before.get("owner")})

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        place = path_of("projects", project, "permissions")
        node.put(place, {**node.get(place), _GRANTS: []})


def _with_list(declared: Document) -> Document:
    """The grants by name of the author as DSS's list; a list is DSS's own already."""
    grants = declared.get(_GRANTS)
    if not isinstance(grants, Mapping):
        return declared
    entries = [
        {side: name, **_flags(rights or ())}
        for side in ("group", "user")
        for name, rights in (grants.get(side) or {}).items()
    ]
    return {**declared, _GRANTS: entries}


def _administers(document: Mapping[str, t.Any], login: t.Any, groups: Iterable[t.Any]) -> bool:
    return any(
        entry.get("admin") is True and (entry.get("user") == login or entry.get("group") in groups)
        for entry in document.get(_GRANTS) or ()
    )
