# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remotes and branch of a project's Git."""

from support.samples import KEY, Sample
from support.sandbox import SandboxProcess


def branches(sandbox: SandboxProcess) -> None:
    sandbox.client().get_project(KEY).get_project_git().create_branch("main")


SAMPLES = [
    Sample(
        base={"switch_branch": True},
        fields={
            "remote": ["git@example.com:team/p.git", "https://example.com/team/p.git"],
            "remotes": [{"origin": "git@example.com:a.git"}, {"origin": None, "backup": "git@example.com:b.git"}],
            "branch": ["main", "master"],
        },
        prepare=branches,
        shown={"remotes": ("remote",)},
    )
]
