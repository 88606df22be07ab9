# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures in docs/reliability.md are those of the tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.changing_project import LATTER
from support.trial import KINDS, Laboratory

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


@pytest.mark.parametrize("kind", KINDS)
def test_the_points_of_each_backend_are_those_of_the_page(laboratory: Laboratory, kind: str) -> None:
    told = dict(re.findall(r"^\| (\w+) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert int(told[kind]) == len(laboratory.points(kind))


def test_the_calls_of_the_change_are_those_of_the_page(laboratory: Laboratory) -> None:
    with laboratory.trial("local") as trial:
        calls = len(trial.apply(LATTER).calls)
    assert f"at each of {calls} calls" in PAGE.read_text(encoding="utf-8")
