# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``main()`` of a module adds to the core."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.dataiku_iac.dss.plugins.module_utils._module import main_of

DEFINITION = {"project": {"key": "P", "name": "P"}, "variables": {"standard": {"api_token": "planted-secret"}}}


def test_a_module_writes_no_option_to_the_log_of_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(
        AnsibleModule, "log", lambda self, message, log_args=None: logged.append(f"{message} {log_args}")
    )
    with patch_module_args({"definition": DEFINITION, "validate_only": True}), pytest.raises(SystemExit):
        main_of("configuration")
    printed = capsys.readouterr().out
    assert json.loads(printed)["resources"] == ["project.P", "variables.P"]
    assert "planted-secret" not in printed + "".join(logged)


def test_the_warnings_of_a_failure_are_given_the_way_ansible_wants_them(capsys: pytest.CaptureFixture[str]) -> None:
    with patch_module_args({"definition": {"project": {"kee": "P"}}, "validate_only": True}), pytest.raises(SystemExit):
        main_of("configuration")
    told = json.loads(capsys.readouterr().out)
    assert told["failed"] and "unknown key 'kee'; did you mean 'key'?" in told["msg"]
    assert "deprecations" not in told
