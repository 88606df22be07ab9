# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hostile project or configuration runs nothing on the controller and writes nothing to the terminal but text."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.playbook import play
from support.sandbox import SandboxProcess

ESCAPE = "\x1b]0;taken\x07\x1b[2J"
CALLS = "{{ lookup('ansible.builtin.pipe', 'touch %s') }} {%% for x in [1] %%}{{ x }}{%% endfor %%} {# %s #} ${HOME}"


@pytest.fixture
def mark(tmp_path: Path) -> t.Iterator[Path]:
    """A file that comes into being when anything of the hostile text is run."""
    path = tmp_path / "taken"
    yield path
    assert not path.exists()


@pytest.fixture
def hostile(sandbox: SandboxProcess, mark: Path) -> str:
    """A text that runs a command if it is taken for a template; a project on the node is full of it."""
    text = CALLS % (mark, mark)
    client = sandbox.client()
    project = client.create_project("HOSTILE", text, "admin", description=text)
    project.set_metadata({**project.get_metadata(), "label": text, "tags": [text], "description": text + ESCAPE})
    project.set_variables({"standard": {"name": text, text: text}, "local": {}})
    for name in ("raw", "out"):
        dataset = project.create_dataset(name, "Filesystem", params={"connection": "filesystem_managed", "path": text})
        settings = dataset.get_settings()
        settings.get_raw().update(description=text, tags=[text])
        settings.save()
    project.create_managed_folder(text + ESCAPE)
    recipe = {
        "recipePrototype": {
            "type": "python",
            "name": "code",
            "projectKey": "HOSTILE",
            "inputs": {"main": {"items": [{"ref": "raw"}]}},
            "outputs": {"main": {"items": [{"ref": "out"}]}},
        },
        "creationSettings": {"script": f"# {text}\nprint('{ESCAPE}')\n"},
    }
    client._perform_json("POST", "/projects/HOSTILE/recipes/", body=recipe)
    return text


def test_what_the_node_holds_is_never_a_template(
    tmp_path: Path, sandbox: SandboxProcess, hostile: str, mark: Path
) -> None:
    definition = {
        "project": {"key": "HOSTILE", "name": "Tame", "tags": ["tame"], "description": "tame"},
        "variables": {"standard": {"name": "tame"}},
        "managed_folders": [],
        "datasets": [
            {"name": "raw", "type": "Filesystem", "description": "tame", "tags": []},
            {"name": "out", "type": "Filesystem"},
        ],
        "recipes": [
            {"name": "code", "type": "python", "inputs": ["raw"], "outputs": ["out"], "code": "print('tame')\n"}
        ],
    }
    tasks = [
        {
            "dataiku_iac.dss.configuration": {"definition": definition, "prune": True},
            "check_mode": True,
            "register": "plan",
        },
        {
            "ansible.builtin.debug": {
                "msg": "{{ plan }} {{ plan.plan.text }} {{ plan.plan.actions | map(attribute='address') | list }}"
            }
        },
        {
            "ansible.builtin.set_fact": {
                "taken": "{{ plan.plan.actions | map(attribute='changes') | flatten | map(attribute='before') | list }}"
            }
        },
        {"ansible.builtin.debug": {"msg": "{{ taken }}"}},
        {"dataiku_iac.dss.configuration": {"definition": definition, "prune": True}},
    ]
    played = play(tmp_path, tasks, "-vvv", "--diff", environ=sandbox.environ)
    assert played.code == 0, played.output
    assert "touch" in played.output  # it was shown
    assert not mark.exists()
    assert "\x1b" not in played.output and "\x07" not in played.output
    assert not run_module(sandbox.environ, definition=definition, check=True)["changed"]


def test_what_the_node_says_in_an_error_is_never_a_template(
    tmp_path: Path, sandbox: SandboxProcess, hostile: str, mark: Path
) -> None:
    sandbox.control.fault("PUT", "*", status=500, message=hostile + ESCAPE)
    tasks = [
        {
            "block": [{"dataiku_iac.dss.project": {"key": "HOSTILE", "name": "Tame"}}],
            "rescue": [
                {"ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }} {{ ansible_failed_result }}"}},
                {"ansible.builtin.set_fact": {"said": "{{ ansible_failed_result.outcome.failed[0].message }}"}},
            ],
        },
        {"ansible.builtin.debug": {"msg": "{{ said }}"}},
    ]
    played = play(tmp_path, tasks, "-vvv", environ=sandbox.environ)
    assert played.code == 0, played.output
    assert "touch" in str(played.result["msg"])
    assert "\x1b" not in played.output


def test_a_template_in_a_file_is_refused_or_stays_text(tmp_path: Path, sandbox: SandboxProcess, mark: Path) -> None:
    folder = tmp_path / "configuration"
    folder.mkdir()
    call = f"{{{{ lookup('ansible.builtin.pipe', 'touch {mark}') }}}}"
    (folder / "project.yml").write_text(
        f'project: {{key: HOSTILE, name: "{call}"}}\ndatasets:\n  - {{name: "{call}", type: managed, description: "{call}"}}\n',
        encoding="utf-8",
    )
    played = play(tmp_path, [{"dataiku_iac.dss.configuration": {"path": str(folder)}}], "-vvv", environ=sandbox.environ)
    assert played.code == 2
    assert "project.yml:1:25 project.name: only {{ name }}, " in played.result["msg"]
    assert sandbox.control.calls()["total"] == 0
    text = (folder / "project.yml").read_text(encoding="utf-8")
    (folder / "project.yml").write_text(
        text.replace('name: "{{', 'name: !unsafe "{{', 1).split("datasets")[0], encoding="utf-8"
    )
    played = play(
        tmp_path, [{"dataiku_iac.dss.configuration": {"path": str(folder)}}], "-vvv", "--diff", environ=sandbox.environ
    )
    assert played.code == 0, played.output
    assert sandbox.client().get_project("HOSTILE").get_metadata()["label"] == call


def test_a_variable_that_came_from_a_server_is_not_evaluated_in_a_configuration(
    tmp_path: Path, sandbox: SandboxProcess, hostile: str, mark: Path
) -> None:
    folder = tmp_path / "configuration"
    folder.mkdir()
    (folder / "project.yml").write_text(
        'project: {key: COPY, name: Copy, description: "{{ theirs }}"}\n', encoding="utf-8"
    )
    tasks = [
        {"dataiku_iac.dss.project": {"key": "HOSTILE", "name": "Tame"}, "check_mode": True, "register": "plan"},
        {"ansible.builtin.set_fact": {"theirs": "{{ plan.plan.actions[0].changes[0].before }}"}},
        {"dataiku_iac.dss.configuration": {"path": str(folder)}},
    ]
    played = play(tmp_path, tasks, "-vvv", "--diff", environ=sandbox.environ)
    assert played.code == 0, played.output
    assert sandbox.client().get_project("COPY").get_metadata()["description"] == hostile


def test_text_of_the_process_environment_is_not_evaluated_again(sandbox: SandboxProcess, tmp_path: Path) -> None:
    (tmp_path / "project.yml").write_text('project: {key: ENV, name: "{{ env.THEIRS }}"}\n', encoding="utf-8")
    environ = {**sandbox.environ, "THEIRS": "{{ lookup('pipe', 'id') }} ${HOME}"}
    run_module(environ, path=str(tmp_path))
    assert sandbox.client().get_project("ENV").get_metadata()["label"] == environ["THEIRS"]


def test_an_address_with_control_characters_is_shown_escaped(sandbox: SandboxProcess, hostile: str) -> None:
    with pytest.raises(DssError) as caught:
        run_module(
            sandbox.environ,
            definition={"project": {"key": "HOSTILE"}, "managed_folders": []},
            prune=True,
            max_deletes=0,
        )
    assert "\x1b" not in str(caught.value) and "\\x1b]0;taken" in str(caught.value)
