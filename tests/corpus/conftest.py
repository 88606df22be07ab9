# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The corpus lies beside the project; the published project works without it."""

from __future__ import annotations

import pytest
from support.sandbox import CORPUS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CORPUS.is_dir():
        return
    for item in items:
        if "/tests/corpus/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="needs ../shared/corpus, which is not published"))
