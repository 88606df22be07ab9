# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results on their way into the journal."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Mapping

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import notes
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import DONE, Result


class Journal:
    """A store whose writes wait until they may go on."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.written: list[list[str]] = []

    def note(self, run: str, number: int, results: Mapping[str, Result], at: str) -> None:
        self.begun.set()
        assert self.may_end.wait(10)
        self.written.append(sorted(results))


def test_closing_waits_for_the_write_that_goes_on_and_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "SECONDS", 3600.0)
    monkeypatch.setattr(notes, "MANY", 2)
    journal = Journal()
    found = notes.Notes(t.cast(t.Any, journal), "run", lambda: "", lambda reason: None)
    for name in ("a", "b"):
        found.note(name, Result(DONE))
    assert journal.begun.wait(10)
    closing = threading.Thread(target=found.close, daemon=True)
    closing.start()
    found.note("c", Result(DONE))
    journal.may_end.set()
    closing.join(10)
    assert not closing.is_alive()
    assert journal.written == [["a", "b"]] and found.segments == 1
