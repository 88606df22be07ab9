# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved models: one that the API makes, one for remote endpoints, one that DSS has trained and one agent."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from support.samples import KEY, Sample
from support.sandbox import SandboxProcess, import_project
from support.taggable import EVALUATED, TAGGABLE


def _trained(sandbox: SandboxProcess) -> None:
    """What the API cannot make comes with its project."""
    sandbox.client().get_project(KEY).delete()
    held = {"name": "Churn", "savedModelType": "DSS_MANAGED", "activeVersion": "1", "lastTrainJobId": "x"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "saved_models").mkdir()
        (folder / "params.json").write_text(json.dumps({"owner": "admin", "permissions": []}), encoding="utf-8")
        (folder / "saved_models" / "S1234567.json").write_text(json.dumps(held), encoding="utf-8")
        import_project(sandbox.client(), folder, KEY)


SAMPLES = [
    Sample(
        base={"name": "Churn", "type": "MLFLOW_PYFUNC"},
        fields={
            "type": ["MLFLOW_PYFUNC", "LLM_GENERIC"],
            "prediction_type": ["REGRESSION", "MULTICLASS"],
            "publish_policy": ["UNCONDITIONAL", "CONDITIONAL"],
            "conditional_outputs": [[], [{"name": "x"}]],
            **EVALUATED,
            **TAGGABLE,
        },
    ),
    Sample(
        base={"name": "Remote", "type": "PROXY_MODEL", "prediction_type": "REGRESSION"},
        fields={"proxy": [{"protocol": "sagemaker", "region": "eu-west-1"}, {"protocol": "databricks"}]},
    ),
    Sample(
        base={"name": "Churn", "type": "DSS_MANAGED"},
        fields={
            "training": [{"modeling": {"metrics": {"metric": "AUC"}}}, '{"modeling": {"seed": 7}}'],
            "input_folder": [True, False],
            "clean_temporary_versions": [True, False],
            "inline_versions": [[{"versionId": "v1", "tools": []}], [{"versionId": "v1", "tools": [{"id": "t"}]}]],
        },
        prepare=_trained,
    ),
]
