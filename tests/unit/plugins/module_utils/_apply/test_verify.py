# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read back does not keep a second copy of what is declared."""

from __future__ import annotations

import json

from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.verify import share_texts


def test_equal_texts_are_those_that_are_declared_and_others_stay() -> None:
    declared = {"code": "x = 1\n" * 100, "files": {"a": "text " * 100, "b": "other"}, "tags": ["t"], "lost": "x"}
    held = json.loads(json.dumps({**declared, "files": {"a": declared["files"]["a"], "b": "else"}}))  # type: ignore[index]
    del held["lost"]
    before = json.loads(json.dumps(held))
    share_texts(declared, held)
    assert held == before
    assert held["code"] is declared["code"]
    assert held["files"]["a"] is declared["files"]["a"]  # type: ignore[index]


def test_what_is_not_of_dss_is_left_as_it_is() -> None:
    share_texts({"files": {"a": "b"}}, [])
    share_texts({"files": {"a": "b"}}, {"files": ["b"]})
