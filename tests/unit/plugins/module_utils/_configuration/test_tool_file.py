# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file ``.dataiku/config.yml``."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.policies import ToolSettings
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError

Write = Callable[..., Path]
Kinds = dict[str, t.Any]


def loaded(write: Write, kinds: Kinds, tool: str, environment_file: str = "", **options: t.Any) -> Configuration:
    files = {"project.yml": "project: {key: A}", "environments/dev.yml": environment_file, ".dataiku/config.yml": tool}
    return load(write(files), kinds=kinds, **{"environment": "dev", **options})


def refused(write: Write, kinds: Kinds, tool: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(write, kinds, tool)
    return [str(problem).removeprefix(".dataiku/config.yml:") for problem in caught.value.problems]


def test_the_node_of_the_chosen_environment(write: Write, kinds: Kinds, tmp_path: Path) -> None:
    tool = "dataiku:\n  dev: {host: 'https://dev', api_key_file: keys/dev.key}\n  prod: {api_key_file: /etc/prod.key}\n"
    assert loaded(write, kinds, tool).tool == ToolSettings("https://dev", tmp_path / "keys" / "dev.key")
    write({"environments/prod.yml": ""})
    assert loaded(write, kinds, tool, environment="prod").warnings == ()
    found = load(tmp_path, kinds=kinds, environment="prod")
    assert found.tool == ToolSettings(None, Path("/etc/prod.key"))
    assert load(tmp_path, kinds=kinds).tool is None
    assert found.root == tmp_path


def test_a_relative_key_file_begins_in_the_root_wherever_the_run_starts(
    write: Write, kinds: Kinds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({
        "projects/p.yml": "project: {key: A}",
        "environments/dev.yml": "",
        ".dataiku/config.yml": "dataiku: {dev: {api_key_file: keys/dev.key}}",
    })  # fmt: skip
    monkeypatch.chdir(folder / "projects")
    found = load(Path("p.yml"), kinds=kinds, environment="dev")
    assert found.tool == ToolSettings(None, folder / "keys" / "dev.key")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    write({".dataiku/config.yml": "dataiku: {dev: {api_key_file: ~/dev.key}}"})
    found = load(Path("p.yml"), kinds=kinds, environment="dev")
    assert found.tool == ToolSettings(None, tmp_path / "me" / "dev.key")


def test_the_host_beside_the_key_counts(write: Write, kinds: Kinds) -> None:
    environment = "environment: {dataiku_host: 'https://one/'}"
    assert loaded(write, kinds, "", environment).tool == ToolSettings("https://one/")
    found = loaded(write, kinds, "dataiku: {dev: {host: 'https://one'}}", environment)
    assert (found.tool, found.warnings) == (ToolSettings("https://one"), ())
    found = loaded(write, kinds, "dataiku: {dev: {host: 'https://two'}}", environment)
    assert found.tool == ToolSettings("https://two")
    assert [str(warning) for warning in found.warnings] == [
        ".dataiku/config.yml:1:17 dataiku.dev.host: environments/dev names another host in dataiku_host; the one here counts"
    ]
    found = loaded(write, kinds, "dataiku: {dev: {api_key_file: /k}}", environment)
    assert found.tool == ToolSettings("https://one/", Path("/k"))


@pytest.mark.parametrize(
    ("backend", "expected", "warning"),
    [
        ("{type: local}", {"type": "local", "path": ".dataiku/state"}, None),
        ("{type: local, local: {path: states}}", {"type": "local", "path": "states"}, None),
        ("{type: s3, remote: {bucket: b}}", {"type": "object_store", "url": "s3://b"}, None),
        (
            "{type: s3, remote: {type: s3, bucket: b, prefix: /team/x/, region: eu-west-1}}",
            {"type": "object_store", "url": "s3://b/team/x", "region": "eu-west-1"},
            None,
        ),
        (
            "{type: hybrid, local: {path: x}, remote: {type: s3, bucket: b, prefix: ''}, cache: {enabled: true, max_age_seconds: 300}}",
            {"type": "object_store", "url": "s3://b"},
            "local and cache not applied, because states are read from and written to the bucket itself",
        ),
        (
            "{type: local, remote: {bucket: b}}",
            {"type": "local", "path": ".dataiku/state"},
            "remote not applied, because states are read from and written to the folder itself",
        ),
    ],
)
def test_the_place_of_the_states(
    write: Write, kinds: Kinds, backend: str, expected: dict[str, str], warning: str | None
) -> None:
    found = loaded(write, kinds, f"state_backend: {backend}")
    assert found.tool == ToolSettings(state_backend=expected)
    wanted = [f".dataiku/config.yml:1:1 state_backend: {warning}"] if warning else []
    assert [str(problem) for problem in found.warnings] == wanted


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("datiku: {}", "1:1 datiku: unknown key 'datiku'; did you mean 'dataiku'?"),
        ("dataiku: {dev: {hots: x}}", "1:17 dataiku.dev.hots: unknown key 'hots'; did you mean 'host'?"),
        ("dataiku: {prod: {host: 3}}", "1:18 dataiku.prod.host: must be text, not a number"),
        ("dataiku: {dev: {host: dss}}", "1:17 dataiku.dev.host: must be a URL that begins with https:// or http://"),
        ("dataiku: {dev: 'https://x'}", "1:11 dataiku.dev: must be a mapping, not text"),
        ('dataiku: {dev: {api_key_file: "a\\0b"}}', "1:17 dataiku.dev.api_key_file: is not the name of a file"),
        ("state_backend: {}", "1:1 state_backend.type: 'type' is missing"),
        ("state_backend: {type: git}", "1:17 state_backend.type: must be one of local, s3, hybrid, not 'git'"),
        ("state_backend: {type: s3}", "1:1 state_backend.remote: 'remote' is missing: it names the bucket"),
        ("state_backend: {type: s3, remote: {}}", "1:27 state_backend.remote.bucket: 'bucket' is missing"),
        (
            "state_backend: {type: s3, remote: {bucket: 's3://b'}}",
            "1:36 state_backend.remote.bucket: must be the name of a bucket alone, without s3:// and /",
        ),
        ("state_backend: {type: local, pfad: x}", "1:30 state_backend.pfad: unknown key 'pfad'; known: cache, local, remote, type"),
        ("[]", "1:1: the file must be a mapping, not a list"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(write: Write, kinds: Kinds, tool: str, expected: str) -> None:
    assert refused(write, kinds, tool) == [expected]


def test_hosts_are_not_quoted(write: Write, kinds: Kinds) -> None:
    assert "s3cret" not in str(refused(write, kinds, "dataiku: {dev: {host: 'ftp://me:s3cret@x'}}"))
    environment = "environment: {dataiku_host: 'https://me:s3cret@x'}"
    found = loaded(write, kinds, "dataiku: {dev: {host: 'https://me:s3cret@y'}}", environment)
    assert "s3cret" not in str(found.warnings)


def test_without_an_environment_it_is_not_read(write: Write, kinds: Kinds) -> None:
    assert loaded(write, kinds, "[", environment=None).tool is None
