# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down in two places says the same in both."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MODULES = {path.stem for path in ROOT.glob("plugins/modules/*.py")}


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text())


def test_action_group_holds_all_modules() -> None:
    assert {*read("meta/runtime.yml")["action_groups"]["dss"]} == MODULES


def test_each_module_has_its_action_stub() -> None:
    assert {path.stem for path in ROOT.glob("plugins/action/*.py")} == MODULES


def options_of(module: str) -> dict:
    """The options that a module documents, with those of its fragments."""
    package = "ansible_collections.dataiku_iac.dss.plugins"
    documentation = yaml.safe_load(import_module(f"{package}.modules.{module}").DOCUMENTATION)
    options = dict(documentation["options"])
    for fragment in documentation["extends_documentation_fragment"]:
        name, _dot, part = fragment.removeprefix("dataiku_iac.dss.").partition(".")
        fragments = import_module(f"{package}.doc_fragments.{name}").ModuleDocFragment
        options.update(yaml.safe_load(getattr(fragments, part.upper() or "DOCUMENTATION")).get("options", {}))
    return options


def test_deploy_role_gives_each_option_to_the_module() -> None:
    documented = options_of("configuration")
    task = yaml.safe_load((ROOT / "roles/deploy/tasks/main.yml").read_text())[0]["dataiku_iac.dss.configuration"]
    assert task.keys() == documented.keys()

    variables = read("roles/deploy/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    for name, option in documented.items():
        variable = variables.pop("deploy_" + ("config" if name == "path" else name))
        assert (variable["type"], variable.get("choices")) == (option["type"], option.get("choices"))
    assert not variables


def test_build_leaves_out_what_git_ignores() -> None:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    ignored = {line.rstrip("/") for line in lines if line and not line.startswith("#")}
    assert ignored <= {*read("galaxy.yml")["build_ignore"]}
