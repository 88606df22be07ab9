# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for tests of the inventory plugin."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible.utils.display import Display
from support.inventory import parsed, written


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is warned about, without the folder that a test writes to."""
    told: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, msg, *rest, **more: told.append(str(msg)))
    return told


@pytest.fixture
def problems(tmp_path: Path) -> t.Callable[..., list[str]]:
    """What is wrong with an inventory file, a line for each finding, ``dss.yml`` for its whole path."""

    def of(text: str, password: bool = True) -> list[str]:
        with pytest.raises(AnsibleParserError) as raised:
            parsed(written(tmp_path, text), password)
        return str(raised.value).replace(f"{tmp_path}/", "").splitlines()

    return of
