# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API services with endpoints of every type."""

from __future__ import annotations

from support.samples import Sample
from support.taggable import TAGGABLE, TEXTS

_FUNCTION = {"id": "greet", "type": "PY_FUNCTION", "function": "greet", "code": "def greet(): pass\n"}
_LOOKUP = {"dataset": "orders", "keys": ["id"], "columns": {"amount": "amount", "day": "when"}}
_MODEL = {"id": "score", "type": "STD_PREDICTION", "model": "Churn"}

SAMPLES = [
    Sample(
        base={"id": "orders"},
        fields={
            "name": ["Orders", "All orders"],
            "endpoints": [
                [],
                [_FUNCTION],
                [{**_FUNCTION, "code": "def greet(): return 1\n", "folders": ["files"]}],
                [{**_FUNCTION, "code_env": "py", "folders": [{"id": "gone"}], "test_queries": [{"q": {}}]}],
                [_FUNCTION, {"id": "find", "type": "DATASETS_LOOKUP", "lookups": [_LOOKUP]}],
                [{"id": "find", "type": "DATASETS_LOOKUP", "lookups": [{**_LOOKUP, "columns": {"amount": "amount"}}]}],
                [{"id": "ask", "type": "SQL_QUERY", "queries": [{"query": "SELECT 1", "most_rows": 5}]}],
                [_MODEL],
                [{**_MODEL, "model": {"id": "gone"}, "use_java": True, "enrichments": [_LOOKUP]}],
                [{**_MODEL, "explanations": True, "explanation": {"method": "SHAPLEY", "most": 5}}],
            ],
            "authorisation": ["PUBLIC", "API_KEYS", "OAUTH2"],
            "public_access": [True, False],
            "oauth2": [{"issuer": "a"}, {"keys_uri": "https://x", "scope": "read", "read_timeout": 900}],
            "realm": [{"further": 1}, {"further": 2}],
            "monitoring": [[], [{"on": "prod"}]],
            **TAGGABLE,
            "description": TEXTS[:2],
        },
        around={
            "datasets": [{"name": "orders", "type": "Inline"}],
            "managed_folders": [{"name": "files"}],
            "saved_models": [{"name": "Churn", "type": "MLFLOW_PYFUNC"}],
        },
    )
]
