# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clients that are kept from one item of a loop to the next."""

from __future__ import annotations

import os
import time
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node import kept
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from support.sandbox import SandboxProcess

OPTIONS = NodeOptions("http://127.0.0.1:9", "a-secret-key", environ={"HOME": "/nowhere"})


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_kept", [])


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[t.Any]:
    """The sessions that were closed."""
    import requests

    sessions: list[t.Any] = []

    def close(session: requests.Session) -> None:
        sessions.append(session)

    monkeypatch.setattr(requests.Session, "close", close)
    return sessions


def released(options: NodeOptions = OPTIONS) -> t.Any:
    """The session of a node that was used and released."""
    node = DssNode(options)
    session = node._client._session
    node.release()
    return session


def session_of(node: DssNode) -> t.Any:
    return node._client._session


def test_the_next_node_of_the_same_options_goes_on_with_the_session() -> None:
    session = released()
    session.cookies.set("route", "one")
    assert released(replace(OPTIONS, environ={"HOME": "/nowhere"})) is session
    assert not session.cookies


@pytest.mark.parametrize(
    "changes",
    [
        {"api_key": "other"},
        {"url": "http://127.0.0.1:8"},
        {"timeout": 1.0},
        {"workers": 2},
        {"verify": False},
        {"environ": {}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_other_options_get_another_session(changes: dict[str, t.Any]) -> None:
    session = released()
    assert session_of(DssNode(replace(OPTIONS, **changes))) is not session
    assert session_of(DssNode(OPTIONS)) is session


def test_two_nodes_at_work_at_the_same_time_share_none() -> None:
    released()
    assert session_of(DssNode(OPTIONS)) is not session_of(DssNode(OPTIONS))


def test_a_node_that_is_only_closed_keeps_nothing() -> None:
    node = DssNode(OPTIONS)
    node.close()
    assert session_of(DssNode(OPTIONS)) is not session_of(node)


def test_a_session_whose_connection_broke_is_closed(closed: list[t.Any]) -> None:
    node = DssNode(OPTIONS, stopped=lambda: "not to try again")
    with pytest.raises(NodeError):
        node.get("/projects/")
    node.release()
    assert closed == [session_of(node)]
    assert session_of(DssNode(OPTIONS)) is not session_of(node)


def test_an_error_that_the_node_answers_breaks_no_session(sandbox: SandboxProcess) -> None:
    options = NodeOptions(sandbox.url, sandbox.api_key)
    node = DssNode(options)
    with pytest.raises(NodeError, match="answered"):
        node.get("/projects/NOWHERE/datasets/")
    node.release()
    assert session_of(DssNode(options)) is session_of(node)


def test_a_fork_inherits_no_session_and_closes_none(monkeypatch: pytest.MonkeyPatch, closed: list[t.Any]) -> None:
    session = released()
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: 1)
        assert session_of(DssNode(OPTIONS)) is not session
    assert closed == []


def test_a_session_that_was_idle_for_long_is_closed(monkeypatch: pytest.MonkeyPatch, closed: list[t.Any]) -> None:
    session = released()
    later = time.monotonic() + kept._SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert session_of(DssNode(OPTIONS)) is not session
    assert closed == [session]


def test_few_sessions_are_kept(closed: list[t.Any]) -> None:
    sessions = [released(replace(OPTIONS, workers=number)) for number in range(1, kept._MOST + 3)]
    assert closed == sessions[:2]


def test_what_is_kept_shows_no_key() -> None:
    released()
    assert "a-secret-key" not in repr(kept._kept)
