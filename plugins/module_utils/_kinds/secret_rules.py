# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets inside of documents whose fields are not known one by one."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from .._plan.compare import Rule, Secret


def secret_rules(document: t.Any, secret: Callable[[str], bool], path: str = "") -> dict[str, Rule]:
    """A rule for each secret text below the mappings of a document."""
    if not isinstance(document, Mapping):
        return {path: Secret(fills=True)} if path and isinstance(document, str) and secret(path) else {}
    rules: dict[str, Rule] = {}
    for key, inner in document.items():
        rules.update(secret_rules(inner, secret, f"{path}.{key}" if path else str(key)))
    return rules
