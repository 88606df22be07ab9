# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios: dss-api.md 2.7, dss-object-shapes.md "Scenarios"."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._errors import Location
from .._plan.compare import AsSet, AsText, Document, Keyed, Rule, no_defaults
from . import scenario_short_forms as short_forms
from .base import Kind, Known, Neighbours, Node, Resource, with_references
from .flow_items import KINDS_BY_ID
from .paths import path_of
from .scenario_defaults import ITEM
from .scenario_parts import REPORTER, STEP, TRIGGER
from .scenario_references import named_parts, referring_parts
from .selections import CODE_ENV
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, Field, Schema, Shape, described

_SELECTION: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}
_PART = Keyed(("id", "name"), by_position=True)
_ITEMS = (
    *(f"params.steps[].params.{name}" for name in ("builds", "checks", "computes", "clears", "invalidates")),
    "triggers[].params.watches",
)


def scenario_id(name: str) -> str:
    """The id that DSS derives from a name: dss-api.md 2.7 [export]; ``-`` and non-ASCII are unknown 10."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


class Scenario(Kind):
    """A scenario with its triggers, steps and reporters, or its script."""

    name = "scenario"
    section = "scenarios"
    made_with = ("type", "name")
    gone = "its creation tag and the history of its runs"
    history = "the history of its runs"
    order = 50
    summary = "A scenario: triggers, steps and reporters, or a script."
    identifier = {"id": described(TEXT, "Id; follows from the name when it is left out.")}
    required = ("name",)
    rights = "write project content; administer the node for run_as"
    listing_is_complete = False
    surveyed = True
    renamed_by = "field"  # DSS keeps the id
    git_folder = "scenarios"
    unsure_in_git = ("active",)  # unknown 29 of dss-api.md
    shape = Shape(
        fields=(
            Field("name", "name", described(TEXT, "Name of the scenario.")),
            Field(
                "type",
                "type",
                described(
                    {"enum": ["step_based", "custom_python"]}, "step_based (also when left out) or custom_python."
                ),
            ),
            Field(
                "active",
                "active",
                described(
                    FLAG, "Whether its triggers fire; left to DSS when it is left out (a new scenario is inactive)."
                ),
            ),
            Field(
                "run_as",
                "runAsUser",
                described(
                    TEXT,
                    "Login it runs as, set by an administrator's key; null for whoever changed it last. Left to DSS when it is left "
                    "out, and a warning when a change would make it another one.",
                ),
            ),
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it does.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            Field(
                "triggers",
                "triggers",
                TRIGGER.schema("When it runs.", short_forms.TRIGGER_KEYS),
                TRIGGER.to_dss,
                TRIGGER.from_dss,
            ),
            Field(
                "steps",
                "params.steps",
                STEP.schema("What it does, in order.", short_forms.STEP_KEYS),
                STEP.to_dss,
                STEP.from_dss,
            ),
            Field("reporters", "reporters", REPORTER.schema("Whom it tells.", {}), REPORTER.to_dss, REPORTER.from_dss),
            Field(
                "script", "script", described(TEXT, "Python text of a custom_python scenario.", **{"x-verbatim": True})
            ),
            Field(
                "code_env",
                "params.envSelection",
                described(_SELECTION, "Name of the code environment of the script, or DSS's own selection."),
                *CODE_ENV,
            ),
            Field("params", "params", described(OBJECT, "Further parameters, with DSS's own names.")),
            Field(
                "delayed_triggers",
                "delayedTriggersBehavior",
                described(OBJECT, "What happens to triggers that fire during a run."),
            ),
            Field("marked_as_test", "markedAsTest", described(FLAG, "Whether it is a test scenario.")),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
        ),
        defaults=lambda document: {
            "type": "step_based",
            "active": False,
            "markedAsTest": False,
            "delayedTriggersBehavior": {
                "delayWhileRunning": True,
                "squashDelayedTriggers": True,
                "suppressTriggersWhileRunning": True,
            },
            "params": {"envSelection": {"envMode": "INHERIT"}} if document.get("type") == "custom_python" else {},
        },
        computed=frozenset({"versionTag", "creationTag", "automationLocal", "__dku_object_version__"}),
    )
    rules: Mapping[str, Rule] = {
        "tags": AsSet(),
        "triggers": _PART,
        "params.steps": _PART,
        "reporters": _PART,
        "params.steps[].params.definitions": Keyed(("key",)),
        **dict.fromkeys(_ITEMS, Keyed(("itemId",))),
        **dict.fromkeys(
            ("script", "params.steps[].params.script", "params.steps[].params.sql", "triggers[].params.code"), AsText()
        ),
    }
    replaced_by = ("type",)
    names_of = KINDS_BY_ID

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return str(author.get("id") or scenario_id(str(author["name"])))

    def resource(
        self, author: Mapping[str, t.Any], project: str | None, neighbours: Neighbours, location: Location, path: str
    ) -> Resource:
        written, notes = short_forms.written_out(author, neighbours.outputs)
        referring, references = referring_parts(written, neighbours)
        built = super().resource(referring, project, neighbours, location, path)
        return built if built.external else with_references(built, *references, notes=notes)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        step_based = built.declared.get("type", "step_based") == "step_based"
        return replace(built, first={"params": {"steps": []}} if step_based else {})

    def from_dss(self, document: Document, known: Known) -> Document:
        author = named_parts(super().from_dss(document, known), known)
        if author.get("id") == scenario_id(str(author.get("name"))):
            del author["id"]
        return author

    def cautions(self, resource: Resource, before: Document, caller: Mapping[str, t.Any]) -> tuple[str, ...]:
        """Without a run-as user the last one who changed a scenario is the one it runs as: dss-api.md 2.7, quirk 37."""
        if resource.declared.get("runAsUser") or "runAsUser" in before:
            return ()
        former = ((before.get("versionTag") or {}).get("lastModifiedBy") or {}).get("login")
        if former and former == caller.get("authIdentifier"):
            return ()
        return (
            f"it runs as whoever changed it last, {former or 'nobody known'}, and from now on as the user of this API key: "
            "declare run_as to say as whom",
        )

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        known = {"triggers[]": TRIGGER.defaults, "params.steps[]": STEP.defaults, "reporters[]": REPORTER.defaults}
        if pattern in known:
            return known[pattern](part)
        return ITEM if pattern.removesuffix("[]") in _ITEMS else no_defaults(pattern, part)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        if resource.name in listing or resource.identity.get("id"):
            return resource.name if resource.name in listing else None
        named = [key for key, document in listing.items() if document.get("name") == resource.declared.get("name")]
        return named[0] if len(named) == 1 else None

    def complete(self, document: Document, resource: Resource) -> Document:
        # A trigger that is declared is meant to fire; the client's helpers send the same (dss-api.md 2.7).
        triggers = [{"active": True, **trigger} for trigger in document.get("triggers") or []]
        return {**document, "triggers": triggers} if triggers else document

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        return (*super().git_paths(object_id, object_type), f"{self.git_folder}/{object_id}.py")

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["id"]: item for item in node.get(path_of("projects", project, "scenarios") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        place = path_of("projects", project, "scenarios", object_id)
        document = t.cast(Document, node.get(place))
        document["id"] = object_id
        if document.get("type") == "custom_python":
            document["script"] = node.get(f"{place}/payload").get("script") or ""
        return document

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        name = resource.identity.get("id") or document["name"]
        body = {"type": document.get("type", "step_based"), "name": name, "params": {}}
        return str(node.post(path_of("projects", resource.project, "scenarios") + "/", body)["id"])

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        place = path_of("projects", resource.project, "scenarios", object_id)
        body = {key: value for key, value in document.items() if key != "script"}
        if body != {key: value for key, value in before.items() if key != "script"}:
            node.put(place, body)
        if document.get("script", "") != before.get("script", ""):
            node.put(f"{place}/payload", {"script": document["script"], "extension": "py"})

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("projects", project, "scenarios", object_id))
