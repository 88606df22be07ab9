# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that starts sandbox nodes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from support.playbook import play
from support.sandbox import connect

NODES = [{"name": "dev", "type": "design"}, {"type": "deployer"}, {"type": "fleet"}]


def test_several_nodes_are_told_by_name(tmp_path: Path) -> None:
    variables = {
        "ansible_connection": "local",
        "sandbox_home": str(tmp_path / "home"),
        "sandbox_install": False,
        "sandbox_python": sys.executable,
        "sandbox_api_key": "k",
        "sandbox_nodes": NODES,
    }
    start = {"ansible.builtin.include_role": {"name": "dataiku_iac.dss.sandbox"}}
    show = {"ansible.builtin.debug": {"msg": {"reach": "{{ sandbox_reach }}", "first": "{{ sandbox_url }}"}}}
    played = play(tmp_path, [start, show], variables=variables)
    try:
        assert played.code == 0, played.output
        reach = played.result["msg"]["reach"]
        assert {name: (node["type"], node["api_key"]) for name, node in reach.items()} == {
            "dev": ("design", "k"),
            "deployer": ("deployer", "k"),
            "fleet": ("fleet", "fleet:k"),
        }
        assert reach["dev"]["url"] == played.result["msg"]["first"]
        assert connect(reach["deployer"]["url"], "k").get_instance_info().node_id == "deployer"
    finally:
        os.kill(int((tmp_path / "home" / "pid").read_text("utf-8")), signal.SIGTERM)
