# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Triggers, steps and reporters of scenarios: dss-api.md 2.7, dss-object-shapes.md "Scenarios"."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .._errors import DssError
from .._plan.compare import MISSING, Document
from .scenario_defaults import reporter_defaults, step_defaults, trigger_defaults
from .scenario_types import CHANNEL, MESSAGE, STEPS, TRIGGERS, VERBATIM
from .shape import FLAG, OBJECT, TEXT, TEXTS, WHOLE, Field, Schema, Shape, at, described


def _params(path: str, verbatim: tuple[str, ...]) -> Field:
    schema = {"type": "object", "properties": dict.fromkeys(verbatim, VERBATIM)}
    return Field("params", path, described(schema, "Further parameters of the type, with DSS's own names."))


_TYPES: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "object": Mapping, "array": list}
_GRACE: Schema = {"anyOf": [{"type": "integer"}, {"type": "object"}]}
_ID = Field("id", "id", described(TEXT, "Id; DSS makes one when it is left out."))
_NAME = Field("name", "name", described(TEXT, "Name."))


def _grace_to_dss(value: t.Any) -> t.Any:
    return {"delay": value} if isinstance(value, int) else value


def _grace_from_dss(value: t.Any) -> t.Any:
    return value["delay"] if isinstance(value, Mapping) and value.keys() == {"delay"} else value


@dataclass(frozen=True, eq=False)
class Parts:
    """One list of parts: the fields that each has, those of its types, and what DSS adds."""

    name: str
    what: str
    common: tuple[Field, ...]
    types: Mapping[str, tuple[Field, ...]]
    rest: Field
    defaults: Callable[[Mapping[str, t.Any]], Mapping[str, t.Any]]
    type_of: Callable[[Mapping[str, t.Any]], t.Any] = lambda document: document.get("type")
    computed: frozenset[str] = frozenset()
    lacking: Mapping[str, str] = field(default_factory=dict)  # the common field that a type has not

    def shape(self, part_type: str) -> Shape:
        """The table of fields of a part of a type; what no field names stays in its parameters."""
        return _shape(self, part_type)

    def to_dss(self, items: t.Any) -> list[Document]:
        """DSS's own form of a list of author mappings. Raises ``DssError`` for a key that the type does not have."""
        return [self._checked(item).to_dss(item) for item in items]

    def from_dss(self, items: t.Any) -> list[Document]:
        """The author's form of what DSS holds."""
        return [self._fitting(item).from_dss(item) for item in items]

    def _fitting(self, item: Mapping[str, t.Any]) -> Shape:
        """The table without what a newer DSS holds in another form, which stays among the parameters."""
        shape = self.shape(str(self.type_of(item)))
        fields = tuple(entry for entry in shape.fields if _fits(at(item, entry.path), entry.schema))
        return shape if len(fields) == len(shape.fields) else Shape(fields, self.defaults, self.computed)

    def _checked(self, item: Mapping[str, t.Any]) -> Shape:
        shape = self.shape(str(item.get("type")))
        known = {"raw", *shape.properties()}
        for key in item:
            if key not in known and item[key] is not None:
                keys = ", ".join(sorted(known - {entry.name for entry in self.common}))
                raise DssError(
                    f"{self.what} {item.get('name') or item.get('type')!r} has the key {key}, which one of type "
                    f"{item.get('type')} does not have; besides the common keys it has {keys}"
                )
        return shape

    def fields(self) -> Iterator[tuple[Field, tuple[str, ...]]]:
        """Every field with the types that have it, none for those that each has; a name may come more than once."""
        yield from ((entry, ()) for entry in (*self.common, self.rest))
        found: dict[tuple[str, str], tuple[Field, list[str]]] = {}
        for part_type, entries in self.types.items():
            for entry in entries:
                found.setdefault((entry.name, entry.path), (entry, []))[1].extend([part_type] if part_type else [])
        yield from ((entry, tuple(types)) for entry, types in found.values())

    def schema(self, description: str, short_forms: Mapping[str, Schema]) -> Schema:
        """JSON Schema of the list: the fields of all types, the short forms of other tools, and ``raw``."""
        properties: dict[str, Schema] = {}
        types: dict[str, list[str]] = {}
        for entry, having in self.fields():
            properties.setdefault(entry.name, entry.schema)
            types.setdefault(entry.name, []).extend(having)
        for name, names in types.items():
            if names:
                text = _with_types(names, properties[name]["description"])
                properties[name] = {**properties[name], "description": text}
        properties = {**short_forms, **properties, "raw": described(OBJECT, "Fields of DSS that have no name here.")}
        member = {"type": "object", "required": ["type"], "properties": properties, "additionalProperties": False}
        return {"type": "array", "items": member, "description": description}


@lru_cache(maxsize=256)
def _shape(parts: Parts, part_type: str) -> Shape:
    common = (entry for entry in parts.common if entry.name != parts.lacking.get(part_type))
    fields = (*common, *parts.types.get(part_type, parts.types.get("", ())), parts.rest)
    return Shape(fields, parts.defaults, parts.computed)


def _fits(value: t.Any, schema: Schema) -> bool:
    """Whether a value of DSS is of the type that its field expects."""
    if value is MISSING:
        return True
    branches = [schema, *schema.get("anyOf", ())]
    arrays = [branch for branch in branches if branch.get("type") == "array"]
    if arrays and not isinstance(value, str):
        inner = (str, Mapping)[arrays[0]["items"].get("type") != "string"]
        return isinstance(value, list) and all(isinstance(member, inner) for member in value)
    expected = tuple(_TYPES[branch["type"]] for branch in branches if branch.get("type") in _TYPES)
    return not expected or (isinstance(value, expected) and isinstance(value, bool) <= (bool in expected))


def _with_types(types: list[str], text: str) -> str:
    return f"{text} For {', '.join(types)}." if len(types) <= 6 else text


TRIGGER = Parts(
    "triggers",
    "trigger",
    common=(
        Field(
            "type",
            "type",
            described(
                TEXT,
                "temporal, ds_modified, sql_query, custom_python, follow_scenariorun; short forms dataset, sql, manual, schedule.",
            ),
        ),
        _ID,
        _NAME,
        Field("active", "active", described(FLAG, "Whether it fires; a new trigger does.")),
        Field("delay", "delay", described(WHOLE, "Seconds between two looks.")),
        Field(
            "grace_delay",
            "graceDelaySettings",
            described(_GRACE, "Seconds to wait before it fires, or DSS's own settings of the wait; not for temporal."),
            _grace_to_dss,
            _grace_from_dss,
        ),
    ),
    types=TRIGGERS,
    rest=_params("params", ("sql", "code")),
    defaults=trigger_defaults,
    computed=frozenset({"params.lastUpdate"}),
    lacking={"temporal": "grace_delay"},  # dss-object-shapes.md, "Triggers"
)

STEP = Parts(
    "steps",
    "step",
    common=(
        Field(
            "type",
            "type",
            described(
                TEXT,
                "DSS type such as build_flowitem, custom_python or run_scenario; short forms build_dataset, run_recipe, execute_sql, python.",
            ),
        ),
        _ID,
        _NAME,
        Field("enabled", "enabled", described(FLAG, "Whether it runs.")),
        Field(
            "run_condition",
            "runConditionType",
            described(TEXT, "RUN_IF_STATUS_MATCH, RUN_ALWAYS, RUN_CONDITIONALLY or DISABLED."),
        ),
        Field(
            "run_condition_statuses",
            "runConditionStatuses",
            described(TEXTS, "Statuses of the run so far with which it runs."),
        ),
        Field(
            "run_condition_expression",
            "runConditionExpression",
            described(TEXT, "Formula of the condition.", **VERBATIM),
        ),
        Field("reset_status", "resetScenarioStatus", described(FLAG, "Whether an earlier failure is forgotten.")),
        Field("retries", "maxRetriesOnFail", described(WHOLE, "How often it is tried again.")),
        Field("retry_delay", "delayBetweenRetries", described(WHOLE, "Seconds between two tries.")),
        Field("comment", "comment", described(TEXT, "Comment.")),
        Field("always_show_comment", "alwaysShowComment", described(FLAG, "Whether the comment is always shown.")),
    ),
    types=STEPS,
    rest=_params("params", ("script", "sql", "code", "messaging")),
    defaults=step_defaults,
)


def _type_of_reporter(reporter: Mapping[str, t.Any]) -> t.Any:
    messaging = reporter.get("messaging")
    return CHANNEL[1](messaging.get("type")) if isinstance(messaging, Mapping) else None


REPORTER = Parts(
    "reporters",
    "reporter",
    common=(
        Field(
            "type",
            "messaging.type",
            described(TEXT, "mail, slack, teams, webhook, dataset, or DSS's own name of a channel."),
            *CHANNEL,
        ),
        _ID,
        _NAME,
        Field("active", "active", described(FLAG, "Whether it reports.")),
        Field("phase", "phase", described({"enum": ["START", "END"]}, "When it reports.")),
        Field("condition_enabled", "runConditionEnabled", described(FLAG, "Whether the condition counts.")),
        Field("condition", "runCondition", described(TEXT, "Formula of the condition.", **VERBATIM)),
    ),
    types={"": MESSAGE},
    rest=_params("messaging.configuration", ("message", "subject", "blocks", "body", "templateName")),
    defaults=reporter_defaults,
    type_of=_type_of_reporter,
)
PARTS = (TRIGGER, STEP, REPORTER)
