# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Insights of several types."""

from __future__ import annotations

from support.samples import Sample
from support.taggable import TAGGABLE

_MODEL = {"type": "MLFLOW_PYFUNC"}
_AROUND = {
    "datasets": [{"name": name, "type": "Inline"} for name in ("orders", "returns")],
    "managed_folders": [{"name": "files"}],
    "saved_models": [{"name": name, **_MODEL} for name in ("Churn", "Value")],
    "model_evaluation_stores": [{"name": "store"}],
    "webapps": [{"name": name, "type": "DASH"} for name in ("Shop", "Board")],
}

SAMPLES = [
    Sample(
        base={"name": "Revenue", "type": "chart"},
        fields={
            "type": ["chart", "dataset_table", "filters"],
            "owner": ["ada", "bob"],
            "listed": [True, False],
            "dataset": ["orders", "returns"],
            "chart": [{"type": "pie"}, {"type": "lines", "genericMeasures": [{"function": "COUNT"}]}],
            "engine": ["LINO", "SQL"],
            "sampling": [{"selection": {"maxRecords": 10}}, {"selection": {"maxRecords": 20}}],
            "most_bytes": [1000, 2000],
            "params": [{"further": 1}, {"further": 2}],
            **TAGGABLE,
        },
        around=_AROUND,
    ),
    Sample(
        base={"name": "Report", "type": "saved-model_report"},
        fields={"saved_model": ["Churn", "Value", {"id": "gone"}]},
        around=_AROUND,
    ),
    Sample(
        base={"name": "App", "type": "web_app"},
        fields={"webapp": ["Shop", "Board", {"id": "gone"}], "webapp_type": ["DASH", "STANDARD"]},
        around=_AROUND,
    ),
    Sample(
        base={"name": "Metric", "type": "metrics"},
        fields={
            "object_type": ["DATASET", "SCENARIO"],
            "object": ["orders", "returns"],
            "metric": ["records:COUNT_RECORDS", "basic:SIZE"],
        },
        beside={"object": {"object_type": "DATASET"}},
        around=_AROUND,
    ),
    Sample(
        base={"name": "Metric of a model", "type": "metrics", "object_type": "SAVED_MODEL"},
        fields={"object": ["Churn", "Value", {"id": "gone"}]},
        around=_AROUND,
    ),
    Sample(
        base={"name": "Metric of a folder", "type": "metrics", "object_type": "MANAGED_FOLDER"},
        fields={"object": ["files", {"id": "gone"}]},
        around=_AROUND,
    ),
]
