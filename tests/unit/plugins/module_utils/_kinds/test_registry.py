# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registries: in order, complete, and imported only where they are asked."""

from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._deployer.kinds import DEPLOYER
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import module_of
from support.sandbox import ROOT

MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py") if path.stem != "__init__")


def test_the_kinds_stand_in_their_order_under_their_names() -> None:
    assert [kind.order for kind in KINDS.values()] == sorted(kind.order for kind in KINDS.values())
    for registry in (KINDS, DEPLOYER):
        assert [kind.name for kind in registry.values()] == [*registry]


def test_one_that_is_not_there_is_not_found() -> None:
    assert "nothing" not in KINDS and KINDS.get("nothing") is None
    with pytest.raises(KeyError):
        KINDS["nothing"]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_its_function(name: str) -> None:
    assert callable(module_of(name))


def test_a_module_for_one_object_imports_no_more_than_it_needs() -> None:
    package = "ansible_collections.dataiku_iac.dss.plugins.module_utils"
    program = f"import sys, {package}._run as run; run.module_of('dataset'); print(*sys.modules)"
    roots = [path for path in sys.path if path] + [str(path) for path in _roots(package)]
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": ":".join(roots)}, capture_output=True, text=True, check=True
    )
    loaded = {name.removeprefix(f"{package}.") for name in done.stdout.split() if name.startswith(f"{package}.")}
    assert {"_single", "_kinds.dataset"} <= loaded
    unneeded = {
        "_deploy",
        "_import",
        "_bundles",
        "_promote",
        "_kinds.scenario",
        "_kinds.webapp",
        "_deployer.deployment",
    }
    assert not loaded & unneeded


def _roots(package: str) -> list[str]:
    """The folders that hold ``ansible_collections``."""
    module = sys.modules[package.partition(".")[0]]
    return [path.rpartition("/")[0] for path in module.__path__]
