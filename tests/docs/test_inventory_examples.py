# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the inventory plugin, and of its page, is read by Ansible; those of the lookup run."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import dataikuapi
import jsonschema
import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.plugin_utils._inventory import online
from docs.test_module_examples import examples
from support.inventory import NAME, Inventory, encrypted
from support.playbook import run
from support.sandbox import ROOT
from support.site import SandboxSite

PAGE = ROOT / "docs" / "inventory.md"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "inventory.schema.json").read_text())


def documented() -> list[t.Any]:
    source = (ROOT / "plugins" / "inventory" / "environments.py").read_text()
    own = source.partition('EXAMPLES = r"""')[2].partition('"""')[0].split("\n---\n")
    page = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    texts = [text for text in (*own, *page) if f"plugin: {NAME}" in text]
    assert len(texts) >= 8
    return [pytest.param(text, id=f"{number}") for number, text in enumerate(texts, 1)]


class Loader(yaml.SafeLoader):
    """Reads ``!vault`` as text."""


Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the examples name is there, and nobody answers."""
    config = {"dss_instances": {"staging-auto": {"url": "https://a", "api_key": "x"}, "local": {"url": "https://b"}}}
    for name, text in {
        "environments/dev.yml": "environment: {dataiku_host: 'https://dss-dev.example.com'}\n",
        "keys/prod.key": encrypted("x"),
        "keys/authority.pem": "",
        ".dataiku/config.json": json.dumps(config),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(online, "facts", lambda node: {"version": "14.7.0", "node_id": "n", "type": ""})
    monkeypatch.setattr(online, "projects", lambda node: ["ORDERS"])
    instance = {"id": "i", "label": "dev-design", "type": "design", "tags": ["development"], "network": []}
    found = [{**instance, "addresses": {"public_url": "https://i"}}]
    monkeypatch.setattr(online.fleet, "asked", lambda params, environ: found)
    infrastructure = {"id": "eu", "stage": "Production", "url": "https://eu"}
    monkeypatch.setattr(online.deployer, "asked", lambda node: [infrastructure])
    monkeypatch.setenv("DEV_KEY", "x")
    for name in ("FLEET_KEY_ID", "FLEET_KEY_SECRET"):
        monkeypatch.setenv(name, "x")
    return tmp_path


@pytest.mark.parametrize("text", documented())
def test_example_is_read(text: str, folder: Path) -> None:
    (folder / "group_vars").mkdir()
    keys = dict.fromkeys(re.findall(r"{{ (vault_\w+) }}", text), "x")
    (folder / "group_vars" / "all.yml").write_text(json.dumps(keys))
    text = re.sub(r"!vault \|\n( +\S+\n)+", '"{{ 1 }}"\n', text).replace("/tmp/", f"{folder}/")
    (folder / "dss.yml").write_text(text)
    jsonschema.validate(yaml.load(text, Loader), SCHEMA)
    with pytest.MonkeyPatch.context() as patch:
        told: list[str] = []
        patch.setattr("ansible.utils.display.Display.warning", lambda self, msg, *rest, **more: told.append(str(msg)))
        hosts = Inventory(folder / "dss.yml").hosts
    assert hosts and not told, told


def test_schema_refuses_what_it_does_not_name() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"plugin": NAME, "environments": {"a": {"nodes": {"design": {"ulr": "x"}}}}}, SCHEMA)


def test_examples_of_the_lookup_run(tmp_path: Path) -> None:
    """On a fleet node whose instance is called as in the example."""
    site = SandboxSite("design", "fleet")
    try:
        node, key = site.nodes["design"], site.nodes["fleet"].api_key.split(":")
        fleet = dataikuapi.FMClientAWS(site.nodes["fleet"].url, *key)
        fleet._session.trust_env = False
        (instance,) = [each.id for each in fleet.list_instances()]
        tasks = examples(ROOT / "plugins" / "lookup" / "fleet_key.py")
        text = json.dumps(tasks).replace("https://design.example.com", node.url).replace("i-design", instance)
        variables = {"fleet_url": site.nodes["fleet"].url, "fleet_id": key[0], "fleet_secret": key[1]}
        book = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": json.loads(text)}]
        (tmp_path / "playbook.json").write_text(json.dumps(book))
        code, output = run(["playbook.json", "-vvv"], {}, tmp_path)
        assert code == 0, output
        assert node.client().list_project_keys() == ["ORDERS"]
        assert node.api_key not in output and key[1] not in output
    finally:
        site.stop()
