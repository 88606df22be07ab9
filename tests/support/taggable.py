# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Samples of the fields that every object of a project has."""

from __future__ import annotations

import typing as t

TEXTS = ["first", "second, with é", ""]
TAGGABLE: dict[str, t.Any] = {
    "description": TEXTS,
    "short_description": TEXTS,
    "tags": [[], ["a"], ["b", "a"]],
    "custom_fields": [{"owner": "a"}, {"owner": "b", "level": 2}],
    "checklists": [[], [{"title": "t", "items": [{"text": "one"}]}]],
}
EVALUATED: dict[str, t.Any] = {
    "rebuild": ["EXPLICIT", "NORMAL"],
    "flow_options": [{"rebuild": "EXPLICIT"}, {"rebuild": "WRITE_PROTECT", "cross_project_build": "STOP"}],
    "partitioning": [
        {"dimensions": [{"name": "country", "type": "discrete"}]},
        {"dimensions": [{"name": "region", "type": "discrete"}]},
    ],
    "metrics": [
        {"probes": [{"type": "python", "name": "p", "code": "x"}]},
        {"displayed": {"metrics": ["model_perf:AUC"]}},
    ],
    "checks": [
        [{"type": "numericRange", "name": "auc", "metric": "model_perf:AUC", "minimum": 0.5}],
        [{"type": "numericRange", "name": "auc", "metric": "model_perf:AUC", "minimum": 0.6, "maximum": 0.9}],
    ],
    "quality": [
        {"run_on_build": True},
        {"run_on_build": False, "displayed": {"checks": ["auc"]}},
        {"run_on_build": False, "displayed": {"checks": ["other"]}},
    ],
}
