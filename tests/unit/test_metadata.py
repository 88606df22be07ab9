# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down in two places says the same in both."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._options import BACKEND, CHANGES, NODE, module_spec

ROOT = Path(__file__).parents[2]
MODULES = {path.stem for path in ROOT.glob("plugins/modules/*.py")}


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text())


@pytest.mark.parametrize(("group", "shared"), [("dss", NODE), ("dss_state", BACKEND)])
def test_action_group_holds_the_modules_that_share_its_options(group: str, shared: dict) -> None:
    sharing = {name for name in MODULES if shared.keys() <= module_spec(name)["argument_spec"].keys()}
    assert {*read("meta/runtime.yml")["action_groups"][group]} == sharing
    for name in MODULES:
        documented = documentation_of(name)["attributes"]["action_group"]["membership"]
        assert (f"dataiku_iac.dss.{group}" in documented) is (name in sharing), name


@pytest.mark.parametrize("name", sorted(MODULES))
def test_documented_options_are_those_of_the_module(name: str) -> None:
    """Names, types, choices, defaults; sanity compares more, and only where its tools are installed."""
    told = documentation_of(name)["options"]
    for option, rule in module_spec(name)["argument_spec"].items():
        assert {key: told[option].get(key) for key in ("type", "choices", "default", "elements")} == {
            key: rule.get(key) for key in ("type", "choices", "default", "elements")
        }, option
        assert bool(told[option].get("required")) is bool(rule.get("required")), option
    assert told.keys() == module_spec(name)["argument_spec"].keys()


def test_each_module_has_its_action_stub() -> None:
    assert {path.stem for path in ROOT.glob("plugins/action/*.py")} == MODULES


def documentation_of(module: str) -> dict:
    """Options and attributes that a module documents, with those of its fragments; its own count first."""
    package = "ansible_collections.dataiku_iac.dss.plugins"
    own = yaml.safe_load(import_module(f"{package}.modules.{module}").DOCUMENTATION)
    parts = []
    for fragment in own["extends_documentation_fragment"]:
        name, _dot, part = fragment.removeprefix("dataiku_iac.dss.").partition(".")
        fragments = import_module(f"{package}.doc_fragments.{name}").ModuleDocFragment
        parts.append(yaml.safe_load(getattr(fragments, part.upper() or "DOCUMENTATION")))
    merged: dict = {"options": {}, "attributes": {}}
    for told in [*parts, own]:
        for section, entries in merged.items():
            for name, entry in (told.get(section) or {}).items():
                entries[name] = {**entries.get(name, {}), **entry}
    return merged


# Each role is one call of its module: variables of the role by option, where they are not ROLE_OPTION.
ROLES = {
    "deploy": ("configuration", {"path": "deploy_config"}),
    "import": ("project_import", {}),
    "rollback": ("rollback", {}),
}
# Variables that are no option, as the role acts on them itself after the call: what it hands over to pipelines.
OF_THE_ROLE = {
    "deploy": {"deploy_summary_file", "deploy_comment_file", "deploy_publish", "deploy_fail_on_changes"},
    "import": set[str](),
    "rollback": set[str](),
}


@pytest.mark.parametrize("role", ROLES)
def test_role_gives_each_option_to_its_module(role: str) -> None:
    module, names = ROLES[role]
    documented = documentation_of(module)["options"]
    tasks = yaml.safe_load((ROOT / f"roles/{role}/tasks/main.yml").read_text())
    (task,) = (entry[f"dataiku_iac.dss.{module}"] for entry in tasks if f"dataiku_iac.dss.{module}" in entry)
    assert task.keys() == documented.keys()

    variables = read(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    for name, option in documented.items():
        variable = names.get(name, f"{role}_{name}")
        told = variables.pop(variable)
        assert (told["type"], told.get("choices")) == (option["type"], option.get("choices")), name
        assert told.get("required") == option.get("required"), name
        assert f"{{{{ {variable}" in task[name]
    assert variables.keys() == OF_THE_ROLE[role]
    used = "".join(path.read_text() for path in (ROOT / f"roles/{role}/tasks").glob("*.yml"))
    assert {name for name in OF_THE_ROLE[role] if name not in used} == set()


def test_build_leaves_out_what_git_ignores() -> None:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    ignored = {line.rstrip("/") for line in lines if line and not line.startswith("#")}
    assert ignored <= {*read("galaxy.yml")["build_ignore"]}


def test_the_role_drift_gives_the_lookup_what_it_takes() -> None:
    spec = yaml.safe_load((ROOT / "roles/drift/meta/argument_specs.yml").read_text())["argument_specs"]["main"][
        "options"
    ]
    source = (ROOT / "plugins/lookup/report.py").read_text()
    options = yaml.safe_load(source.partition('DOCUMENTATION = r"""')[2].partition('"""')[0])["options"]
    own = {"projects", "configurations", "directory", "formats", "fail", "summary_file", "publish"}
    assert {name.removeprefix("drift_") for name in spec} - own <= options.keys() | NODE.keys()
    tasks = (ROOT / "roles/drift/tasks/main.yml").read_text()
    assert {name for name in spec if name not in tasks} == set()


@pytest.mark.parametrize("name", KINDS)
def test_no_field_of_a_kind_is_called_like_an_option_that_its_module_has_anyway(name: str) -> None:
    assert not KINDS[name].schema["properties"].keys() & {*NODE, *CHANGES}
