# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The functions of variables: the clock, Git, the process environment (peer-config-format.md 2.5)."""

from __future__ import annotations

import datetime
import string
import subprocess
import typing as t
import uuid
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.expressions import (
    Expander,
    Scope,
    Unfilled,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.git_head import branch, commit
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime.datetime(2031, 3, 1, 4, 5, 6, tzinfo=datetime.UTC)


def fill(text: str, **scope: t.Any) -> t.Any:
    return Expander(Scope(**{"now": NOW, **scope})).text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${date:YYYY-MM-DD}", "2031-03-01"),
        ("${date:YYYY-MM-DD:-1d}", "2031-02-28"),
        ("${date:DD.MM.YY:+2w}", "15.03.31"),
        ("${datetime:YYYY-MM-DD_HH-mm-ss}", "2031-03-01_04-05-06"),
        ("${datetime:HH:mm:-5m}", "04:00"),
        ("${datetime:HH:mm:ss:+54s}", "04:06:00"),
        ("${datetime:DD/HH:-5h}", "28/23"),
        ("day ${date:DD}, ${env:WHO}", "day 01, ada"),
        ("${env:ABSENT:nobody}", "nobody"),
        ("${env:ABSENT:}", ""),
        ("${date:${FORM}}", "2031"),
        ("${WHO}", "ada"),
        ("${WHO:else}", "ada"),
        ("${ABSENT:else}", "else"),
        ("${node}", "${node}"),
    ],
)
def test_what_they_give(text: str, expected: str) -> None:
    process = {"WHO": "ada", "node": "of the process"}
    assert fill(text, process=process, files=({"FORM": "YYYY"},)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${date:YYYY-QQ}", "'QQ' is no part of a date; there are YYYY, YY, MM, DD, and an offset such as :-1d"),
        ("${date:HH}", "'HH' is no part of a date"),
        ("${date:YYYY:-999999w}", "the offset of ${date:...} leads out of the calendar"),
        ("${date:YYYY:-1y}", "'y' is no part of a date"),
    ],
)
def test_what_they_refuse(text: str, message: str) -> None:
    with pytest.raises(Unfilled) as caught:
        fill(text)
    assert message in str(caught.value)


def test_the_order_of_the_search_is_that_of_the_format() -> None:
    sources: dict[str, t.Any] = {
        "given": {"X": "task"},
        "files": ({"X": "environment"}, {"X": "shared"}),
        "process": {"X": "process"},
    }
    for name, expected in [("given", "task"), ("files", "environment"), ("process", "process")]:
        assert fill("${X:default}", **sources) == expected
        del sources[name]
    assert fill("${X:default}", **sources) == "default"


def test_a_uuid_in_a_variable_is_one_for_the_run() -> None:
    expander = Expander(Scope(files=({"RUN": "${uuid}"},)))
    assert expander.text("${RUN}") == expander.text("${RUN}")
    first, second = fill("${uuid}"), fill("${uuid}")
    assert first != second
    assert uuid.UUID(first).version == 4


@settings(deadline=None, max_examples=60)
@given(st.text(string.ascii_letters + string.digits + string.punctuation + " ${}:", max_size=40))
def test_any_argument_gives_text_or_one_sentence(argument: str) -> None:
    for name in ("date", "datetime", "env", "git", "uuid"):
        try:
            assert isinstance(fill(f"${{{name}:{argument}}}"), str)
        except Unfilled as problem:
            assert str(problem)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_commit_and_branch_of_a_checkout_and_of_a_work_tree(tmp_path: Path) -> None:
    main = tmp_path / "main"
    (main / "below").mkdir(parents=True)
    git(main, "init", "-b", "trunk")
    assert (commit(main), branch(main)) == (None, "trunk")
    git(main, "commit", "--allow-empty", "-m", "one")
    head = git(main, "rev-parse", "HEAD")
    assert fill("${git:commit} ${git:branch}", folder=main / "below") == f"{head} trunk"
    git(main, "worktree", "add", "-b", "feature/a", "../other")
    assert (commit(tmp_path / "other"), branch(tmp_path / "other")) == (head, "feature/a")
    git(main, "pack-refs", "--all")
    assert (commit(main), commit(tmp_path / "other")) == (head, head)
    git(main, "checkout", "--detach")
    assert (commit(main), branch(main)) == (head, None)
