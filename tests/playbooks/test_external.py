# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is made elsewhere: it has to be there, and nothing ever changes or deletes it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from support.engine import run_module
from support.sandbox import SandboxProcess

MANAGED = {"name": "orders", "type": "Filesystem", "connection": "filesystem_managed", "managed": True}
EXTERNAL = {"name": "orders", "external": True}


def configuration(*datasets: t.Mapping[str, t.Any], **sections: t.Any) -> dict[str, t.Any]:
    return {"project": {"key": "P", "name": "P"}, "datasets": list(datasets), **sections}


def apply(sandbox: SandboxProcess, base: Path, definition: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    return run_module(sandbox.environ, base=base, definition=definition, **more)


def test_only_what_identifies_it_is_required() -> None:
    (entry,) = (entry for entry in load(configuration(EXTERNAL), kinds=KINDS).declarations if entry.kind == "dataset")
    assert entry.fields == EXTERNAL
    with pytest.raises(ConfigurationError, match="Dataset type is required"):
        load(configuration({"name": "orders", "external": False}), kinds=KINDS)
    with pytest.raises(ConfigurationError, match="Dataset name is required"):
        load(configuration({"external": True}), kinds=KINDS)


def test_what_is_not_there_stops_the_plan(sandbox: SandboxProcess, tmp_path: Path) -> None:
    with pytest.raises(DssError, match=r"dataset\.P\.orders is not on the node, and external says") as caught:
        apply(sandbox, tmp_path, configuration(EXTERNAL))
    assert "datasets[0]" in str(caught.value)


def test_it_can_be_used_and_is_left_alone(sandbox: SandboxProcess, tmp_path: Path) -> None:
    apply(sandbox, tmp_path / "other", configuration(MANAGED))
    clean = {**MANAGED, "name": "clean"}
    sync = {"name": "to_clean", "type": "sync", "inputs": ["orders"], "outputs": ["clean"]}
    told = configuration({**EXTERNAL, "tags": ["ours"]}, clean, recipes=[sync])

    assert apply(sandbox, tmp_path, told)["plan"]["summary"]["create"] == 2
    assert not apply(sandbox, tmp_path, told)["changed"]
    assert not apply(sandbox, tmp_path, told, refresh="full")["changed"]
    without = apply(sandbox, tmp_path, configuration(clean), prune=False)
    assert [action["address"] for action in without["plan"]["actions"]] == ["recipe.P.to_clean"]
    assert {item["name"] for item in sandbox.client().get_project("P").list_datasets()} == {"orders", "clean"}
    assert sandbox.client().get_project("P").get_dataset("orders").get_settings().get_raw()["tags"] == []


def test_what_was_managed_is_released(sandbox: SandboxProcess, tmp_path: Path) -> None:
    apply(sandbox, tmp_path, configuration(MANAGED))
    released = apply(sandbox, tmp_path, configuration(EXTERNAL))
    assert not released["changed"]
    assert "declared external" in released["plan"]["text"]
    assert not apply(sandbox, tmp_path, configuration())["changed"]
    assert sandbox.client().get_project("P").get_dataset("orders").exists()
