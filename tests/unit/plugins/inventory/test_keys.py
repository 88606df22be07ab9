# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API keys are worked out by the task that uses them, and stand in no variable, warning or cache before."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from support.inventory import Inventory, encrypted, inline, parsed, vault_password, written

KEY = "planted-key-0123456789"
WAYS = {
    "template": "api_key: '{{ a_key }}', vars: {a_key: '{{ part }}-0123456789', part: planted-key}",
    "vault": f"api_key: {inline(KEY)}",
    "vault in a variable": f"api_key: '{{{{ a_key }}}}', vars: {{a_key: {inline(KEY)}}}",
    "file": "api_key_file: keys/dev",
    "encrypted file": "api_key_file: keys/dev.vault",
    "file by template": "api_key_file: '{{ inventory_dir }}/keys/dev'",
    "environment": "api_key_env: DEV_KEY",
    "lookup": "api_key: \"{{ lookup('ansible.builtin.env', 'DEV_KEY') }}\"",
}


def one_node(folder: Path, inner: str) -> Path:
    (folder / "keys").mkdir(exist_ok=True)
    (folder / "keys" / "dev").write_text(KEY + "\n")
    (folder / "keys" / "dev.vault").write_text(encrypted(KEY + "\n"))
    text = f'environments:\n  dev:\n    nodes:\n      design: {{url: "https://x", {inner}}}\n'
    return written(folder, text)


@pytest.mark.parametrize("way", WAYS)
def test_key_is_worked_out_on_use_only(
    way: str, tmp_path: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEV_KEY", KEY)
    inventory = Inventory(one_node(tmp_path, WAYS[way]))
    held = inventory.of("dev_design")
    assert str(held["dss_api_key"]).startswith("{{")
    with vault_password(True):  # as ansible-inventory --graph --vars prints them
        assert not [name for name, value in held.items() if KEY in f"{name} = {value}"]
    assert inventory.value("dev_design", "dss_api_key") == KEY
    assert not warnings


@pytest.mark.parametrize("way", ["vault", "encrypted file"])
def test_inventory_is_read_without_the_password(way: str, tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(one_node(tmp_path, WAYS[way]), password=False)
    assert inventory.hosts == ["dev_design"] and not warnings
    with pytest.raises(AnsibleError, match=r"(?i)decrypt"):
        inventory.value("dev_design", "dss_api_key")


def test_variable_of_the_environment_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEV_KEY", raising=False)
    inventory = Inventory(one_node(tmp_path, WAYS["environment"]))
    with pytest.raises(AnsibleError, match="The environment variable 'DEV_KEY' is not set"):
        inventory.value("dev_design", "dss_api_key")


def test_key_in_plain_text_is_warned_about_and_with_strict_refused(
    tmp_path: Path, warnings: list[str], problems: t.Callable[..., list[str]]
) -> None:
    path = one_node(tmp_path, f"api_key: {KEY}")
    assert parsed(path).hosts["dev_design"].vars["dss_api_key"] == KEY
    sentence = (
        "dss.yml:5:34 environments.dev.nodes.design.api_key: the key stands here in plain text, and ansible-inventory "
        'prints it: write "{{ a_vaulted_variable }}", !vault or api_key_file or api_key_env'
    )
    assert warnings == [f"{tmp_path}/{sentence}"]
    text = path.read_text().partition("\n")[2]
    assert problems(text + "strict: true\n") == [sentence]


def test_keys_of_fleet_and_deployer_in_plain_text_are_warned_about(
    tmp_path: Path, problems: t.Callable[..., list[str]]
) -> None:
    text = (
        "environments: {dev: {nodes: {deployer: {url: 'https://x', api_key: '{{ a }}'}}}}\n"
        "fleet:\n  - {cloud: aws, url: 'https://f', key_id: a, key_secret: planted}\n"
        "deployer:\n  - {node: dev_deployer, api_key: planted, api_keys: {one: planted}}\nstrict: true\n"
    )
    found = problems(text)
    assert [line.partition(": ")[0].split(" ")[1] for line in found] == [
        "fleet[0].key_secret",
        "deployer[0].api_key",
        "deployer[0].api_keys.one",
    ]
    assert "planted" not in "".join(found)


def test_keys_in_an_encrypted_file_stay_encrypted(tmp_path: Path, warnings: list[str]) -> None:
    path = one_node(tmp_path, f"api_key: {KEY}")
    path.write_text(encrypted(path.read_text()))
    inventory = Inventory(path)
    held = inventory.of("dev_design")
    assert held["dss_api_key"] == "{{ dss_vaulted.dss_api_key }}"
    with vault_password(True):
        assert not [name for name, value in held.items() if KEY in f"{name} = {value}"]
    assert "$ANSIBLE_VAULT" in repr(held["dss_vaulted"])
    assert inventory.value("dev_design", "dss_api_key") == KEY
    assert not warnings


def test_mistake_in_an_encrypted_file_has_its_line(tmp_path: Path) -> None:
    path = one_node(tmp_path, f"api_kye: {KEY}")
    path.write_text(encrypted(path.read_text()))
    with pytest.raises(
        AnsibleError, match=r"dss.yml:5:34 environments.dev.nodes.design.api_kye: unknown key"
    ) as raised:
        parsed(path)
    assert KEY not in str(raised.value)


def test_environ_of_a_variable_may_be_encrypted_too(tmp_path: Path) -> None:
    """A ``!vault`` value among the variables of an environment stays one."""
    path = written(
        tmp_path,
        f"environments: {{dev: {{nodes: {{design: {{url: 'http://x'}}}}, variables: {{A: {inline(KEY)}}}}}}}\n",
    )
    inventory = Inventory(path)
    assert KEY not in repr(inventory.of("dev_design"))
    assert inventory.value("dev_design", "dss_environment_content") == {"variables": {"A": KEY}}
