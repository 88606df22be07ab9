# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields that are lists of mappings with a table of fields of their own, and secrets inside of documents."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from .._plan.compare import Rule, Secret
from .shape import OBJECT, Field, Shape, described

_RAW = described(OBJECT, "Fields of DSS that have no name here.")


def listed(name: str, path: str, shape: Shape, description: str, required: Sequence[str] = ("name",)) -> Field:
    """A list whose members have the fields of ``shape``, and ``raw``."""
    member = {
        "type": "object",
        "properties": {**shape.properties(), "raw": _RAW},
        "required": list(required),
        "additionalProperties": False,
    }
    return Field(
        name,
        path,
        described({"type": "array", "items": member}, description),
        to_dss=lambda items: [shape.to_dss(item) for item in items],
        from_dss=lambda items: [shape.from_dss(item) for item in items],
    )


def secret_rules(document: t.Any, secret: Callable[[str], bool], path: str = "") -> dict[str, Rule]:
    """A rule for each secret text below the mappings of a document."""
    if not isinstance(document, Mapping):
        return {path: Secret(fills=True)} if path and isinstance(document, str) and secret(path) else {}
    rules: dict[str, Rule] = {}
    for key, inner in document.items():
        rules.update(secret_rules(inner, secret, f"{path}.{key}" if path else str(key)))
    return rules
