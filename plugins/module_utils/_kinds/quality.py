# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks and data quality rules: dss-api.md 2.5, dss-object-shapes.md "metricsChecks.checks[]"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import DssError
from .._plan.compare import Document, Keyed, Rule
from .dataset_types import misspelt
from .metrics import CODE_ENV_SCHEMA, ON_BUILD
from .parts import each, mapping, part_to_dss, schema_of
from .selections import CODE_ENV
from .shape import FLAG, OBJECT, TEXT, TEXTS, Field, Schema, Shape, described

RULE_TYPES = (
    "RecordCountInRangeRule",
    "FileSizeInRangeRule",
    "ColumnMinInRangeRule",
    "ColumnMaxInRangeRule",
    "ColumnAvgInRangeRule",
    "ColumnSumInRangeRule",
    "ColumnStdDevInRangeRule",
    "ColumnMedianInRangeRule",
    "ColumnCountInRangeRule",
    "ColumnEmptyRule",
    "ColumnNotEmptyRule",
    "ColumnUniqueValuesRule",
    "ValuesInSetRule",
    "ValuesInRangeRule",
    "TopValuesInSetRule",
    "ModeValueInSetRule",
    "ColumnMeaningValidityRule",
    "DatasetSchemaContainsRule",
    "CompareMetricsRule",
)
CHECK_TYPES = ("numericRange", "valueSet", "python")  # the older ones, still used on folders
_SEEN = frozenset({*RULE_TYPES, *CHECK_TYPES})

_BOUNDS = ("minimum", "maximum", "softMinimum", "softMaximum")
_LABELS = {"numericRange": "Value in range", "valueSet": "Value in set"}


def _is_older(kind: t.Any) -> bool:
    """Whether it is a check, also one of a plugin, and no data quality rule."""
    return not str(kind).endswith("Rule")


def rule_defaults(rule: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a check or a rule."""
    defaults: dict[str, t.Any] = {"computeOnBuildMode": "PARTITION", "autoRun": True, "enabled": True}
    defaults.update({f"{bound}Enabled": False for bound in _BOUNDS})
    kind = rule.get("type")
    if _is_older(kind):
        defaults["displayName"] = kind  # that it is called like its type without a name is unverified
    if kind in CHECK_TYPES:
        defaults.update(autoComputeMetric=False, meta={"name": _LABELS.get(str(kind), "")})
    return defaults


def _bound(name: str, path: str, meaning: str) -> Field:
    value = {
        "type": "object",
        "properties": {
            "value": described({"type": "number"}, "The bound."),
            "enabled": described(FLAG, "Whether it counts."),
        },
        "additionalProperties": False,
    }
    return Field(name, path, described({"anyOf": [{"type": "number"}, value]}, meaning))


_RULE = Shape(
    fields=(
        Field("type", "type", described(TEXT, f"{', '.join(RULE_TYPES)}; older: {', '.join(CHECK_TYPES)}.")),
        Field("name", "displayName", described(TEXT, "Name, by which the rule is known.")),
        Field("id", "id", described(TEXT, "Id, needed only where a rule is to be renamed; DSS makes one.")),
        Field("enabled", "enabled", described(FLAG, "Whether it is computed at all.")),
        Field("auto_run", "autoRun", described(FLAG, "Whether it runs after each build.")),
        Field("on_build", "computeOnBuildMode", ON_BUILD),
        Field("columns", "columns", described(TEXTS, "The columns.")),
        _bound(
            "minimum",
            "minimum",
            "Below it is an error. Null, or a mapping with C(enabled), says that it does not count.",
        ),
        _bound("maximum", "maximum", "Above it is an error."),
        _bound("soft_minimum", "softMinimum", "Below it is a warning."),
        _bound("soft_maximum", "softMaximum", "Above it is a warning."),
        Field(
            "threshold",
            "thresholdType",
            described(TEXT, "What the bound counts: MIN_COUNT, MIN_PERCENTAGE_EMPTY, ENTIRE_COLUMN_NOT_EMPTY ..."),
        ),
        Field("values", "valueSet", described(TEXTS, "The values that are allowed.")),
        Field(
            "metric",
            "metricId",
            described(TEXT, "Id of the metric that is looked at, for example records:COUNT_RECORDS."),
        ),
        Field("compute_metric", "autoComputeMetric", described(FLAG, "Whether the metric is computed first.")),
        Field("code", "code", described(TEXT, "For python: the text.", **{"x-verbatim": True})),
        Field(
            "code_env",
            "envSelection",
            described(CODE_ENV_SCHEMA, "For python: name of a code environment, or DSS's own selection."),
            *CODE_ENV,
        ),
        Field("config", "config", described(OBJECT, "For a plugin: its settings.")),
        Field("label", "meta.label", described(TEXT, "Name of an older check that has no other.")),
        Field("type_label", "meta.name", described(TEXT, "Name of the type that is shown for an older check.")),
    ),
    defaults=rule_defaults,
)
# A check of a set of values keeps them under another name than the rules do.
_OF_VALUE_SET = Shape(
    fields=tuple(
        Field(entry.name, "values", entry.schema) if entry.name == "values" else entry for entry in _RULE.fields
    ),
    defaults=rule_defaults,
)

_LISTED: Schema = {"type": "array", "items": schema_of(_RULE)}
_SCHEMA: Schema = {
    "anyOf": [
        _LISTED,
        {
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": described(_LISTED, "The checks and rules."),
                "exclusive": described(FLAG, "Whether those that are not declared go."),
            },
            "additionalProperties": False,
        },
    ]
}


def checks(path: str, description: str) -> Field:
    """The field of the checks and rules of a kind, which DSS keeps at ``path``."""
    return Field(
        "checks",
        path,
        described(_SCHEMA, description),
        lambda value: [_rule_to_dss(member) for member in _listed(value)],
        lambda value: each(value, _rule_from_dss),
        inner=_RULE,
    )


def compared(path: str, author: Mapping[str, t.Any]) -> dict[str, Rule]:
    """How the checks and rules at ``path`` are compared: what a colleague added stays, unless the list is exclusive."""
    return {path: Keyed(("id", "displayName"), partial=not is_exclusive(author), by_position=True)}


def is_exclusive(author: Mapping[str, t.Any]) -> bool:
    """Whether the checks and rules are all that there may be."""
    value = author.get("checks")
    return isinstance(value, Mapping) and value.get("exclusive") is True


def notes(author: Mapping[str, t.Any]) -> tuple[str, ...]:
    """What looks like a mistake in the checks and rules."""
    kinds = [member.get("type") for member in _listed(author.get("checks") or [])]
    return tuple(f"checks: {note}" for kind in kinds if kind is not None for note in misspelt(kind, _SEEN))


def _listed(value: t.Any) -> list[Mapping[str, t.Any]]:
    return list(value.get("items") or []) if isinstance(value, Mapping) else value


def _rule_to_dss(author: Mapping[str, t.Any]) -> Document:
    """DSS's rule. Raises ``DssError`` where the older and the newer name of something are both there."""
    if "name" in author and "displayName" in author:
        raise DssError(f"checks: {author['name']} has a name and a displayName, which are the same: take one out")
    document: Document = part_to_dss(_OF_VALUE_SET if author.get("type") == "valueSet" else _RULE, author)
    for bound in _BOUNDS:
        if bound in document:
            document.update(_bound_to_dss(bound, document.pop(bound), document))
    return document


def _bound_to_dss(bound: str, value: t.Any, document: Document) -> Document:
    switch = f"{bound}Enabled"
    if isinstance(value, Mapping):
        return {bound: value.get("value"), switch: value.get("enabled", True)}
    if value is None:
        return {switch: False}
    return {bound: value, switch: document.get(switch, True)}


def _shortest(number: t.Any) -> t.Any:
    """DSS makes every bound a double (dss-api.md 2.5), so 5 comes back as 5.0."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _rule_from_dss(rule: t.Any) -> t.Any:
    if not isinstance(rule, Mapping):
        return rule
    document = dict(rule)
    for bound in _BOUNDS:
        if bound in document:
            value, enabled = _shortest(document.pop(bound)), document.pop(f"{bound}Enabled", False)
            if enabled:
                document[bound] = value
            elif value:  # what somebody has switched off and may switch on again
                document[bound] = {"value": value, "enabled": False}
    shape = _OF_VALUE_SET if rule.get("type") == "valueSet" else _RULE
    author = shape.from_dss(document)
    if author.get("name") or _is_older(rule.get("type")):  # an older check without a name is known by its place
        author.pop("id", None)
    return author


# How checks are run and shown ---------------------------------------------------------------------------------------

_DISPLAYED = Shape(
    fields=(
        Field("checks", "checks", described(TEXTS, "Names or ids of checks.")),
        Field("partition", "partition", described(TEXT, "Partition, C(NP) or C(ALL).")),
    )
)
_QUALITY = Shape(
    fields=(
        Field("monitor", "monitor", described(FLAG, "For datasets: whether the status counts in that of the project.")),
        Field("run_on_build", "runOnBuild", described(FLAG, "On older servers: whether checks run after each build.")),
        mapping("displayed", "displayedState", _DISPLAYED, "What is shown."),
    )
)


def quality(path: str) -> Field:
    """The field of how checks and rules are run and shown; the list itself has a field of its own."""
    return mapping("quality", path, _QUALITY, "How checks and rules are run and shown.")
