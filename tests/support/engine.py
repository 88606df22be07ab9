# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module of the collection in this process: milliseconds in place of the second that Ansible takes."""

from __future__ import annotations

import tempfile
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dataiku_iac.dss.plugins.module_utils._options import module_spec
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import Caller, run


def run_module(
    environ: Mapping[str, str],
    module: str = "configuration",
    check: bool = False,
    show: t.Callable[[t.Any], None] = lambda plan: None,
    variable: t.Callable[[str], t.Any] | None = None,
    base: Path | None = None,
    **params: t.Any,
) -> dict[str, t.Any]:
    """Validate the options as Ansible does, then plan and apply.

    The state is kept below ``base``; without it each run starts without a state.
    """
    if base is None:
        with tempfile.TemporaryDirectory() as folder:
            return run_module(environ, module, check, show, variable, Path(folder), **params)
    if module == "configuration":
        params = {"state_backend": {"type": "local", "path": str(base / "state")}, "settle_timeout": 0.0, **params}
    spec = module_spec(module)
    rules = {name: rule for name, rule in spec.items() if name != "argument_spec"}
    checked = ArgumentSpecValidator(spec["argument_spec"], **rules).validate(params)
    assert not checked.error_messages, checked.error_messages
    caller = Caller(environ=environ, check_mode=check, show=show, variable=variable, base=base)
    return run(module, checked.validated_parameters, caller)
