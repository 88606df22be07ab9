# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Web apps: native types with their code, and one of a plugin."""

from __future__ import annotations

from support.samples import Sample
from support.sandbox import SandboxProcess
from support.taggable import TAGGABLE, TEXTS

_CODE = ["a = 1\n", "${projectKey} {{ not ours }}\nb = 2", ""]


def _code_envs(sandbox: SandboxProcess) -> None:
    sandbox.control.instance(code_envs=[{"envName": name, "envLang": "PYTHON"} for name in ("one", "two")])


SAMPLES = [
    Sample(
        base={"name": "Shop", "type": "STANDARD"},
        fields={
            "type": ["STANDARD", "DASH", "webapp_plugin_x"],
            **dict.fromkeys(("html", "css", "js", "python"), _CODE),
            "backend": [True, False],
            "auto_start": [True, False],
            "code_env": ["one", "two", {"envMode": "USE_BUILTIN_MODE"}],
            "container": ["big", "small", {"containerMode": "NONE"}],
            "processes": [1, 2, 4],
            "run_as": ["ada", "bob"],
            "authentication": [True, False],
            "api_access": [True, False],
            "libraries": [[], ["jquery"], ["d3", "jquery"]],
            "javascript_modules": [True, False],
            "hide_security_panel": [True, False],
            "scaling": [{"replicas": 2}, {"automatic": True, "fewest": 1, "most": 3, "cpu_target": 80}],
            "infrastructure": [{"overrideGlobalK8sExposition": True}, {"exposition": {"type": "port_forward"}}],
            "params": [{"further": 1}, {"further": 2}],
            **TAGGABLE,
        },
        prepare=_code_envs,
    ),
    Sample(base={"name": "Board", "type": "DASH"}, fields={"serve_locally": [True, False], "python": _CODE}),
    Sample(base={"name": "R", "type": "SHINY"}, fields={"ui": _CODE, "server": TEXTS}),
    Sample(
        base={"name": "Answers", "type": "webapp_plugin_x"},
        fields={"config": [{"language": "en"}, {"language": "fr", "llm": "x"}]},
    ),
]
