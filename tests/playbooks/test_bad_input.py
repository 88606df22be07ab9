# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: a sentence that says what is wrong, where and what to do; no traceback, and no call that writes."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.playbook import play
from support.sandbox import SandboxProcess
from support.sentences import assert_readable

HEAD = 'version: "1.0"\nproject: {key: BAD, name: Bad}\n'
RECIPE = (
    HEAD + "datasets: [{name: d, type: managed}]\nrecipes: [{name: r, type: python, outputs: [d], code_file: %s}]\n"
)
BOMB = (
    "a: &a ["
    + ",".join("x" * 9)
    + "]\n"
    + "".join(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi"))
)
DEFINITION = {"project": {"key": "BAD", "name": "Bad"}, "datasets": [{"name": "d", "type": "managed"}]}


def refusal(environ: t.Mapping[str, str], **params: t.Any) -> str:
    """The message of a run that has to fail."""
    with pytest.raises(DssError) as caught:
        run_module(environ, **params)
    assert_readable(str(caught.value))
    return str(caught.value)


FILES: dict[str, tuple[str | bytes, str]] = {
    "a tab": ("project:\n\tkey: BAD\n", "project.yml:2:1: a tab indents this line; use spaces"),
    "an alias bomb": (HEAD + BOMB, "aliases repeat more than 1,000,000 values"),
    "a large file": (HEAD + "# " + "x" * 50 * 1024 * 1024, "project.yml: the file is larger than 32 MiB; split it"),
    "invalid UTF-8": (HEAD.encode() + b"datasets: [{name: caf\xe9}]\n", "project.yml:3:22: the byte 0xe9 at offset"),
    "deep nesting": (HEAD + "datasets: " + "[" * 5000 + "]" * 5000, "values are nested deeper than 100 levels"),
    "no closing bracket": (HEAD + "datasets: [\n", "project.yml:4:1: a value is missing here"),
    "a tag of Python": (
        HEAD + "datasets: !!python/object/apply:os.system [id]\n",
        "the tag !!python/object/apply:os.system is not supported",
    ),
    "an unknown key": (
        HEAD + "datasets: [{name: d, type: managed, tag: [x]}]\n",
        "unknown key 'tag'; did you mean 'tags'?",
    ),
    "nothing": ("", "project.yml: the file is empty"),
    "code outside the tree": (RECIPE % "../../../../../etc/passwd", "is outside the configuration's folder"),
    "code at an absolute path": (RECIPE % "/etc/passwd", "/etc/passwd is outside the configuration's folder"),
    "code behind a link": (RECIPE % "link.py", "link.py is outside the configuration's folder"),
    "code that never ends": (RECIPE % "/dev/zero", "/dev/zero is outside the configuration's folder"),
    "code that is not there": (RECIPE % "nowhere.py", "references code file that doesn't exist: nowhere.py"),
    "code that is not UTF-8": (RECIPE % "latin.py", "latin.py:1:8: the byte 0xe9 is not UTF-8"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    content, expected = FILES[name]
    (tmp_path / "project.yml").write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "latin.py").write_bytes(b"print('\xe9')\n")
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    message = refusal({}, path=str(tmp_path), validate_only=True)
    assert expected in message
    assert len(message) < 1000
    assert "root:" not in message


def test_all_problems_of_a_configuration_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "project.yml").write_text(
        HEAD + "datasets: [{nme: a}, {name: b, type: 5}]\nrecipes: 7\nfoo: 1\n", encoding="utf-8"
    )
    lines = refusal({}, path=str(tmp_path), validate_only=True).splitlines()
    assert len(lines) == 6
    assert all(line.startswith("project.yml:") for line in lines)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert (
        refusal({}, path=str(tmp_path / "nowhere"), validate_only=True) == f"Config path not found: {tmp_path}/nowhere"
    )


def chain(length: int) -> dict[str, t.Any]:
    """As many resources as asked for, each but the first needing the one before."""
    half = length // 2
    return {
        "project": {"key": "CHAIN", "name": "Chain"},
        "datasets": [{"name": f"d{number}", "type": "managed"} for number in range(half)],
        "recipes": [
            {
                "name": f"r{number}",
                "type": "python",
                "inputs": [f"d{number}"],
                "outputs": [f"d{number + 1}"],
                "code": "pass",
            }
            for number in range(half - 1)
        ],
    }


def test_a_chain_of_a_hundred_thousand_resources_is_checked() -> None:
    assert len(run_module({}, definition=chain(100_000), validate_only=True)["resources"]) == 100_000


def test_a_chain_that_is_deeper_than_the_stack_of_python_is_planned(sandbox: SandboxProcess) -> None:
    length = 100_000 if os.environ.get("DSS_TEST_FULL") else 10_000
    assert run_module(sandbox.environ, definition=chain(length), check=True)["plan"]["summary"]["create"] == length


def test_a_long_cycle_is_told_in_a_message_of_bounded_length() -> None:
    closed = chain(10_000)
    closed["recipes"].append({"name": "back", "type": "python", "inputs": ["d4999"], "outputs": ["d0"], "code": "pass"})
    message = refusal({}, definition=closed, validate_only=True)
    assert "Circular dependency detected: d0 -> d1 -> " in message
    assert len(message) < 5000


OPTIONS: dict[str, tuple[dict[str, t.Any], str]] = {
    "no scheme": (
        {"url": "dss.example.com"},
        "url 'dss.example.com' is not an address: write it as https://dss.example.com:11200",
    ),
    "a space": ({"url": "http://dss example"}, "is not an address"),
    "a port": ({"url": "http://dss:99999"}, "is not an address"),
    "a password in the address": ({"url": "http://user:hunter2hunter2@127.0.0.1:1"}, "url holds a user or password"),
    "a zero timeout": ({"timeout": 0}, "timeout 0 cannot be used: give a number from"),
    "a negative timeout": ({"timeout": -1}, "timeout -1 cannot be used"),
    "no number": ({"timeout": float("nan")}, "timeout nan cannot be used"),
    "no workers": ({"workers": 0}, "workers 0 cannot be used: give a number from 1 to 256"),
    "negative workers": ({"workers": -3}, "workers -3 cannot be used"),
    "a certificate that is not there": (
        {"client_certificate": "/nowhere.pem"},
        "client_certificate /nowhere.pem does not exist",
    ),
    "an authority that is not there": ({"ca_path": "/nowhere.pem"}, "ca_path /nowhere.pem does not exist: give a file"),
    "a key that cannot be sent": ({"api_key": "key€"}, "api_key holds a character that no key has"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_that_cannot_be_used_is_refused_before_any_call(sandbox: SandboxProcess, name: str) -> None:
    options, expected = OPTIONS[name]
    sandbox.control.forget_calls()
    message = refusal(sandbox.environ, definition=DEFINITION, **options)
    assert expected in message
    assert "hunter2" not in message
    assert sandbox.control.calls()["total"] == 0


def test_a_wrong_key_is_refused_by_name_of_the_option(sandbox: SandboxProcess) -> None:
    message = refusal({**sandbox.environ, "DKU_API_KEY": "not-a-key"}, definition=DEFINITION)
    assert message == f"{sandbox.url} refused the API key (Unknown API Key): check api_key or DKU_API_KEY"


def test_without_a_node_or_a_key_the_ways_to_give_them_are_named(tmp_path: Path, sandbox: SandboxProcess) -> None:
    home = {"HOME": str(tmp_path)}
    assert refusal(home, definition=DEFINITION) == (
        "no DSS node given: set url, or DKU_DSS_URL, or instance with an entry in ~/.dataiku/config.json"
    )
    assert refusal(home, definition=DEFINITION, url=sandbox.url) == (
        f"no API key given for {sandbox.url}: set api_key, or DKU_API_KEY, or add it to ~/.dataiku/config.json"
    )


def test_an_unknown_project_may_also_be_one_that_the_key_does_not_see(sandbox: SandboxProcess) -> None:
    message = refusal(sandbox.environ, module="dataset", project="NOWHERE", name="d", type="managed")
    assert message.startswith(
        "project NOWHERE does not exist, or the key may not read it (DSS does not say which): check"
    )


def test_a_key_without_rights_changes_nothing_and_says_which_right(sandbox: SandboxProcess) -> None:
    run_module(sandbox.environ, definition=DEFINITION)
    reader = {**sandbox.environ, "DKU_API_KEY": sandbox.control.key(projects={"BAD": "read"})}
    stranger = {**sandbox.environ, "DKU_API_KEY": sandbox.control.key()}
    dataset = {"module": "dataset", "project": "BAD", "name": "d", "type": "managed", "tags": ["x"]}
    assert (
        "dataset.BAD.d: PUT /projects/BAD/datasets/d: the node answered 403: You are not allowed to write"
        in refusal(reader, **dataset)
    )
    assert "project BAD does not exist, or the key may not read it" in refusal(stranger, **dataset)
    assert "You may not create new projects" in refusal(stranger, definition=DEFINITION)
    assert not run_module(sandbox.environ, definition=DEFINITION, check=True)["changed"]


def test_a_node_that_is_down_is_named(sandbox: SandboxProcess) -> None:
    message = refusal({**sandbox.environ, "DKU_DSS_URL": "http://127.0.0.1:9"}, definition=DEFINITION)
    assert message == "http://127.0.0.1:9 cannot be reached (connection refused): is the node up and url right?"


def test_a_host_that_has_no_address_is_named(sandbox: SandboxProcess) -> None:
    message = refusal({**sandbox.environ, "DKU_DSS_URL": "http://dss.invalid:11200"}, definition=DEFINITION)
    assert message.startswith("http://dss.invalid:11200 cannot be reached (")
    assert message.endswith("): is the node up and url right?")


def test_an_address_below_a_node_is_not_taken_for_a_node_without_the_project(sandbox: SandboxProcess) -> None:
    message = refusal({**sandbox.environ, "DKU_DSS_URL": sandbox.url + "/studio"}, definition=DEFINITION, check=True)
    assert "answered 404 (Not Found), and not as DSS does: is url the address of a DSS node" in message


def test_the_path_of_the_api_may_be_part_of_the_address(sandbox: SandboxProcess) -> None:
    run_module({**sandbox.environ, "DKU_DSS_URL": sandbox.url + "/dip/publicapi/"}, definition=DEFINITION, check=True)


def test_a_node_that_does_not_answer_in_time_is_told_with_the_option_to_raise(sandbox: SandboxProcess) -> None:
    sandbox.control.fault(delay_ms=2000, count=0)
    message = refusal(sandbox.environ, definition=DEFINITION, timeout=0.2)
    assert message == "GET /projects/BAD/metadata: no answer within 0.2 s: raise timeout if the node is slow"


CONFIGS = [
    "{",
    "[]",
    '{"dss_instances": [1]}',
    '{"dss_instances": {"x": 5}, "default_instance": "x"}',
    "\xff",
    '"text"',
]


@pytest.mark.parametrize("content", CONFIGS)
def test_a_broken_file_of_the_client_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / ".dataiku").mkdir()
    (tmp_path / ".dataiku" / "config.json").write_bytes(content.encode("latin-1"))
    message = refusal({"HOME": str(tmp_path)}, definition=DEFINITION)
    assert (
        message
        == f"{tmp_path}/.dataiku/config.json is not the JSON that Dataiku's client writes: correct it or remove it"
    )


PLAYED: dict[str, tuple[dict[str, t.Any], str]] = {
    "wrong key": ({"definition": DEFINITION, "api_key": "not-a-key"}, "refused the API key"),
    "node down": ({"definition": DEFINITION, "url": "http://127.0.0.1:9"}, "cannot be reached (connection refused)"),
    "wrong option": (
        {"definition": DEFINITION, "prun": True},
        "Unsupported parameters for (dataiku_iac.dss.configuration) module: prun. ",
    ),
    "wrong type": ({"definition": DEFINITION, "workers": "many"}, "workers"),
    "no configuration": ({}, "one of the following is required: path, definition"),
    "unknown key": ({"definition": {**DEFINITION, "datasetz": []}}, "unknown key 'datasetz'; did you mean 'datasets'?"),
}


def test_ansible_prints_the_sentence_and_no_traceback(tmp_path: Path, sandbox: SandboxProcess) -> None:
    tasks = [
        {"name": name, "dataiku_iac.dss.configuration": options, "ignore_errors": True}
        for name, (options, _expected) in PLAYED.items()
    ]
    played = play(tmp_path, tasks, "-vvv", environ=sandbox.environ)
    assert played.output.count("fatal: ") == len(PLAYED)
    for name, (_options, expected) in PLAYED.items():
        assert expected in played.output.split(f"TASK [{name}]")[1].split("TASK [")[0], name
    assert "Traceback" not in played.output
    assert sandbox.control.calls()["writes"] == 0
