# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model evaluation stores."""

from __future__ import annotations

from support.samples import Sample
from support.taggable import EVALUATED, TAGGABLE

SAMPLES = [
    Sample(
        base={"name": "Evaluations"},
        fields={
            "flavor": ["TABULAR", "LLM", "AGENT"],
            "display": [{"style": "LINE", "metrics": ["AUC"]}, {"style": "BAR", "y_labels": ["model:name"]}],
            "not_in_govern": [True, False],
            **EVALUATED,
            **TAGGABLE,
        },
    )
]
