# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Friendly settings of visual recipes, one author field for each type, and the payload that they stand for."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ..._errors import DssError
from ..._plan.compare import Defaults, Document, Rules, compare
from ..shape import Schema
from .aggregates import AGGREGATIONS
from .blocks import Flow, Form
from .conditions import FILTER
from .grouped import GROUPING, PIVOT
from .prepare import DEFINITIONS as STEPS
from .prepare import PREPARE
from .rows import DISTINCT, SAMPLING, SORT, SYNC, TOPN, WINDOW
from .short_params import with_short_params
from .tables import JOIN, SPLIT, STACK

__all__ = ["AGGREGATIONS", "DEFINITIONS", "FIELDS", "FORMS", "Flow", "read", "with_short_params", "written"]

FORMS: dict[str, Form] = {
    "shaker": PREPARE,
    "join": JOIN,
    "grouping": Form("grouping", GROUPING, "Settings of a grouping."),
    "window": Form("window", WINDOW, "Settings of a window recipe."),
    "vstack": STACK,
    "split": SPLIT,
    "sync": Form("sync", SYNC, "Settings of a sync."),
    "sort": Form("sort", SORT, "Settings of a sort."),
    "topn": Form("topn", TOPN, "Settings of a top N recipe."),
    "distinct": Form("distinct", DISTINCT, "Settings of a distinct recipe."),
    "pivot": Form("pivot", PIVOT, "Settings of a pivot."),
    "sampling": Form("sampling", SAMPLING, "Settings of a sampling."),
}
DEFINITIONS: dict[str, Schema] = {"filter": FILTER, **STEPS}
FIELDS: dict[str, Schema] = {form.name: form.schema for form in FORMS.values()}
_TYPES = {form.name: kind for kind, form in FORMS.items()}


def written(kind: str, author: Mapping[str, t.Any], flow: Flow) -> Document:
    """The part of a recipe's document that its friendly settings stand for.

    Raises ``DssError`` for settings of another type or form, and for names that the recipe does not have.
    """
    for name, owner in _TYPES.items():
        if author.get(name) is not None and owner != kind:
            raise DssError(f"{name} holds settings of a {owner} recipe, and this one is {kind}: take it out")
    form = FORMS.get(kind)
    settings = author.get(form.name) if form else None
    if form is None or settings is None:
        return {}
    try:
        return form.write(settings, flow)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DssError(f"{form.name} has not the form of such settings: see docs/configuration.md") from None


def read(
    kind: str, document: Document, flow: Flow, rules: Rules, defaults: Defaults
) -> tuple[str, t.Any, Document] | None:
    """The author field, the friendly settings, and what of payload and parameters they do not say.

    None where they could not give back exactly what the recipe holds: then it stays as DSS has it.
    """
    form = FORMS.get(kind)
    if form is None:
        return None
    try:
        author, rest = form.read(document, flow)
        again = form.write(author, flow)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, DssError):
        return None  # a form that no project of the corpus holds
    held = _without(document, rest)
    if not author or compare(again, held, rules, defaults) or compare(held, again, rules, defaults):
        return None
    return form.name, author, rest


def _without(document: Document, rest: Mapping[str, t.Any]) -> Document:
    """A document without what stands in another one at the same places."""
    return {
        key: _without(value, rest[key]) if isinstance(value, dict) and isinstance(rest.get(key), dict) else value
        for key, value in document.items()
        if key not in rest or isinstance(rest[key], dict)
    }
