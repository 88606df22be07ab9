# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Undo: of a failed run at once, and of any runs later, by journal or by the Git history of the project."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import RunError
from support.engine import run_module
from support.sandbox import SandboxProcess, connect

FIRST: dict[str, t.Any] = {
    "project": {"key": "BACK", "name": "Back"},
    "datasets": [{"name": "raw", "type": "managed", "tags": ["a"]}, {"name": "out", "type": "managed"}],
    "recipes": [{"name": "make", "type": "python", "inputs": ["raw"], "outputs": ["out"], "code": "a = 1\n"}],
}


def later(tag: str, code: str, *more: str) -> dict[str, t.Any]:
    definition = copy.deepcopy(FIRST)
    definition["datasets"][0]["tags"] = [tag]
    definition["datasets"] += [{"name": name, "type": "managed"} for name in more]
    definition["recipes"][0]["code"] = code
    return definition


class Team:
    """A project whose runs are recorded in one place."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.place = {"state_backend": {"type": "local", "path": str(folder / "state")}, "settle_timeout": 0.0}

    def run(self, definition: dict[str, t.Any], check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return run_module(self.sandbox.environ, check=check, base=self.folder, definition=definition, **options)

    def rollback(self, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        environment = next(path.name for path in (self.folder / "state").iterdir() if path.is_dir())
        given = {**self.place, "environment": environment, "project": "BACK", **options}
        return run_module(self.sandbox.environ, "rollback", check, base=self.folder, **given)

    def is_declared(self, definition: dict[str, t.Any]) -> bool:
        return not self.run(definition, check=True)["changed"]


@pytest.fixture
def team(sandbox: SandboxProcess, tmp_path: Path) -> Team:
    made = Team(sandbox, tmp_path)
    made.run(FIRST)
    return made


def test_a_failed_run_undoes_itself_if_asked(team: Team) -> None:
    team.sandbox.control.fault("PUT", "/projects/BACK/recipes/*", status=500)
    with pytest.raises(RunError, match="what was applied is undone") as failed:
        team.run(later("b", "a = 2\n", "new"), on_failure="rollback", workers=1)
    undone = failed.value.result["rollback"]
    assert (undone["succeeded"], sorted(undone["restored"])) == (True, ["dataset.BACK.new", "dataset.BACK.raw"])
    assert (undone["not_restored"], undone["differs"]) == ([], [])
    assert "rolled back in " in str(failed.value)
    team.sandbox.control.clear_faults()
    assert team.is_declared(FIRST)


def test_a_failed_run_is_kept_unless_asked(team: Team) -> None:
    team.sandbox.control.fault("PUT", "/projects/BACK/recipes/*", status=500)
    with pytest.raises(RunError, match="run again to finish") as failed:
        team.run(later("b", "a = 2\n"), workers=1)
    assert "rollback" not in failed.value.result
    team.sandbox.control.clear_faults()
    plan = team.run(later("b", "a = 2\n"), check=True)["plan"]
    assert [(action["address"], action["cause"]) for action in plan["actions"]] == [("recipe.BACK.make", "config")]


def test_any_version_can_be_gone_back_to_and_a_colleague_keeps_what_is_theirs(team: Team) -> None:
    team.run(later("b", "a = 2\n", "second"))
    team.run(later("c", "a = 3\n", "second", "third"))
    settings = team.sandbox.client().get_project("BACK").get_dataset("raw").get_settings()
    settings.get_raw()["shortDesc"] = "Ask Robin"
    settings.save()
    planned = team.rollback(check=True, to=1)
    assert planned["plan"]["summary"] == {"create": 0, "update": 2, "replace": 0, "delete": 2, "unchanged": 0}
    done = team.rollback(to=1)
    assert done["plan"]["actions"] == planned["plan"]["actions"]
    assert (done["to"], done["rollback"]["succeeded"], done["rollback"]["not_restored"]) == (1, True, [])
    assert team.is_declared(FIRST)
    raw = team.sandbox.client().get_project("BACK").get_dataset("raw").get_settings().get_raw()
    assert raw["shortDesc"] == "Ask Robin"


def test_a_rollback_can_be_undone_and_what_is_not_kept_cannot(team: Team) -> None:
    team.run(later("b", "a = 2\n"))
    assert team.rollback()["to"] == 1
    assert team.rollback()["to"] == 2
    assert team.is_declared(later("b", "a = 2\n"))
    with pytest.raises(DssError, match="there is no version 9 to go back to"):
        team.rollback(to=9)
    for number in range(3):
        team.run(later(str(number), "a = 2\n"), keep_versions=2)
    with pytest.raises(DssError, match="version 1 is too old to go back to"):
        team.rollback(to=1)


def test_the_git_history_of_the_project_does_it_too_unless_others_have_committed(team: Team) -> None:
    team.run(later("b", "a = 2\n"))
    done = team.rollback(method="git")
    assert (done["changed"], done["rollback"]["succeeded"]) == (True, True)
    calls = team.sandbox.control.calls()["counts"]
    assert calls["POST /projects/{projectKey}/git/actions/revertToRevision"] == 1
    assert team.is_declared(FIRST)
    team.rollback()  # the journal tells what Git has done, so that it can be undone as well
    assert team.is_declared(later("b", "a = 2\n"))


def test_git_does_not_take_away_what_others_have_committed(team: Team) -> None:
    team.run(later("b", "a = 2\n"))
    other = team.sandbox.control.key(login="robin", admin=True)
    settings = connect(team.sandbox.url, other).get_project("BACK").get_dataset("out").get_settings()
    settings.get_raw()["shortDesc"] = "mine"
    settings.save()
    with pytest.raises(DssError, match="robin"):
        team.rollback(method="git")
    assert team.is_declared(later("b", "a = 2\n"))
