# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States on a server that speaks Terraform's protocol."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import http as module
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Backend, BackendError, Moved
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.http import Http
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.process import named_token
from support.terraform_server import PASSWORD, TerraformServer

STATE = "prod/SALES.state.json"
PATH = "/project/prod--SALES.state.json"


@pytest.fixture(params=[409, 423])
def server(request: pytest.FixtureRequest) -> t.Iterator[TerraformServer]:
    made = TerraformServer(request.param)
    yield made
    made.close()


@pytest.fixture
def backend(server: TerraformServer) -> t.Iterator[Backend]:
    made = open_backend(server.options(), Path("/"), {})
    yield made
    made.close()


def service(backend: Backend) -> t.Any:
    return t.cast(t.Any, backend).inner._service


def lock_info(token: str) -> dict[str, str]:
    info: dict[str, str] = json.loads(module._lock_info(token, STATE))
    return info


def test_a_write_is_lock_read_write_unlock_and_a_read_is_one_call(server: TerraformServer, backend: Backend) -> None:
    backend.write(STATE, b"1", None)
    assert server.calls == [f"POST {PATH}/lock", f"GET {PATH}", f"POST {PATH}", f"DELETE {PATH}/lock"]
    server.calls.clear()
    backend.read(STATE)
    assert server.calls == [f"GET {PATH}"]
    assert server.locks == {}


def test_lock_and_unlock_as_methods_of_the_address_itself(server: TerraformServer) -> None:
    backend = open_backend({**server.options(), "lock_method": "LOCK"}, Path("/"), {})
    backend.write(STATE, b"1", None)
    assert server.calls == [f"LOCK {PATH}", f"GET {PATH}", f"POST {PATH}", f"UNLOCK {PATH}"]
    backend.close()


def test_a_refused_write_gives_the_lock_back(server: TerraformServer, backend: Backend) -> None:
    backend.write(STATE, b"1", None)
    with pytest.raises(Moved):
        backend.write(STATE, b"2", None)
    assert server.locks == {}


def test_it_looks_like_a_terraform_state_whose_serial_grows(server: TerraformServer, backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    backend.write(STATE, b"2", version)
    assert json.loads(server.states[PATH]) == {"version": 4, "serial": 2, "dataiku_iac": "2"}


def test_the_lock_of_a_living_writer_is_waited_for(server: TerraformServer, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Http(service(open_backend(server.options(), Path("/"), {})))
    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    server.locks[PATH] = lock_info(named_token())
    with pytest.raises(BackendError, match=r"cannot be written: the server says for 0\.2 s that it is locked"):
        backend.write(STATE, b"1", None)
    assert PATH not in server.states
    assert backend.read(STATE) is None
    del server.locks[PATH]
    backend.write(STATE, b"1", None)
    backend.close()


def test_the_lock_of_a_dead_writer_is_taken_away_at_once(server: TerraformServer, backend: Backend) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    machine, _pid, started, nonce = named_token().split(".")
    token = f"{machine}.{child}.{started}.{nonce}"
    server.locks[PATH] = lock_info(token)
    backend.write(STATE, b"1", None)
    assert server.calls[:3] == [f"POST {PATH}/lock", f"DELETE {PATH}/lock", f"POST {PATH}/lock"]


def test_a_lock_that_does_not_change_is_taken_away_after_a_time(server: TerraformServer) -> None:
    backend = Http(service(open_backend(server.options(), Path("/"), {})), stale_after=0.1)
    server.locks[PATH] = lock_info("of another machine")
    backend.write(STATE, b"1", None)
    assert server.calls.count(f"DELETE {PATH}/lock") == 2
    backend.close()


def test_a_writer_that_lost_the_lock_of_the_server_writes_nothing(server: TerraformServer, backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    inner = t.cast(t.Any, backend).inner
    read = inner._get

    def robbed(name: str) -> t.Any:
        found = read(name)
        server.locks[PATH] = lock_info("a successor")
        return found

    inner._get = robbed
    with pytest.raises(BackendError, match="was not written: its lock was taken away meanwhile; run again"):
        backend.write(STATE, b"2", version)
    assert json.loads(server.states[PATH])["dataiku_iac"] == "1"
    assert server.locks[PATH]["ID"] == "a successor"


@pytest.mark.parametrize("swallowed", ["POST", "GET", "DELETE"])
def test_an_answer_that_was_lost_does_no_harm(server: TerraformServer, backend: Backend, swallowed: str) -> None:
    version = backend.write(STATE, b"1", None)
    server.drop.append(swallowed)
    backend.write(STATE, b"2", version)
    assert json.loads(server.states[PATH]) == {"version": 4, "serial": 2, "dataiku_iac": "2"}
    assert server.locks == {}


def test_the_lost_answer_to_the_write_itself_does_no_harm(server: TerraformServer, backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    server.drop += ["POST", "POST"]  # that of the lock, then that of the write
    backend.write(STATE, b"2", version)
    assert json.loads(server.states[PATH])["serial"] == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_passing_fault_is_tried_again(server: TerraformServer, backend: Backend, status: int) -> None:
    server.fail += [status, status]
    backend.write(STATE, b"1", None)
    blob = backend.read(STATE)
    assert blob is not None and blob.data == b"1"


def test_a_lasting_fault_is_one_sentence(server: TerraformServer, backend: Backend) -> None:
    server.fail += [503] * 4
    with pytest.raises(BackendError, match=r"/project answered 503: check address in state_backend$"):
        backend.read(STATE)
    assert len(server.calls) == 4


def test_a_wrong_password_is_one_sentence_without_it(server: TerraformServer) -> None:
    backend = open_backend({**server.options(), "password": "planted-secret"}, Path("/"), {})
    with pytest.raises(BackendError, match=r"/project refused \(401\): check username, password or token") as caught:
        backend.read(STATE)
    assert "planted" not in str(caught.value) and PASSWORD not in str(caught.value)
    backend.close()


def test_a_server_that_is_away_is_one_sentence(server: TerraformServer, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = open_backend({**server.options(), "address": "http://127.0.0.1:1/{name}"}, Path("/"), {})
    with pytest.raises(BackendError, match=r"http://127.0.0.1:1 cannot be reached \(ConnectionError\): is the address"):
        backend.read(STATE)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"serial": 1}', b'{"serial": "x", "dataiku_iac": ""}', b"<html>"])
def test_what_is_not_ours_is_refused(server: TerraformServer, backend: Backend, content: bytes) -> None:
    server.states[PATH] = content
    with pytest.raises(BackendError, match=r"SALES.state.json holds something that is not ours or not complete"):
        backend.read(STATE)


def test_a_fork_has_a_session_of_its_own(backend: Backend) -> None:
    backend.read(STATE)
    mine = service(backend)._session()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, b"same" if service(backend)._session() is mine else b"other")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"other"
    os.close(reading)
    os.close(writing)
