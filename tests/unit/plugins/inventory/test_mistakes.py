# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every mistake in an inventory file is one sentence with its place, and all are told at once."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from support.inventory import encrypted, parsed, written

Problems = t.Callable[..., list[str]]


def node(inner: str) -> str:
    return f"environments:\n  dev:\n    nodes:\n      {inner}\n"


URL = "url: 'https://x'"
FLEET = "fleet:\n  - {cloud: aws, url: 'https://f', key_id: '{{ a }}', key_secret: '{{ b }}'"
DEPLOYER = node(f"deployer: {{{URL}}}") + "deployer:\n  - {node: dev_deployer, "
MISTAKES = {
    "no nodes": (
        "facts: true\n",
        "dss.yml: no nodes are declared: give environments, directory, fleet, deployer or dataiku_config",
    ),
    "unknown key": (
        "environmnts: {}\nenvironments: {a: {}}\n",
        "dss.yml:2:1 environmnts: unknown key 'environmnts'; did you mean 'environments'?",
    ),
    "unknown key of a node": (
        node(f"design: {{{URL}, api_kye: x}}"),
        "dss.yml:5:34 environments.dev.nodes.design.api_kye: unknown key 'api_kye'; did you mean 'api_key'?",
    ),
    "unknown key of an environment": (
        "environments:\n  dev: {varables: {}}\n",
        "dss.yml:3:9 environments.dev.varables: unknown key 'varables'; did you mean 'variables'?",
    ),
    "type of a value": (
        node("design: [a]"),
        "dss.yml:5:7 environments.dev.nodes.design: must be a mapping, not a list",
    ),
    "number as key": (
        node(f"design: {{{URL}, api_key: 12}}"),
        "dss.yml:5:34 environments.dev.nodes.design.api_key: must be text, not a number",
    ),
    "switch": ("environments: {a: {}}\nfacts: maybe\n", "dss.yml:3:1 facts: must be true or false, not text"),
    "name of a node type": (
        "environments:\n  design: {}\n",
        "dss.yml:3:3 environments.design: 'design' is a type of node, whose hosts have a group of that name: "
        "give the environment another one",
    ),
    "name of another group": (
        "environments:\n  all: {}\n",
        "dss.yml:3:3 environments.all: 'all' is the name of another group: give the environment another one",
    ),
    "no name of a group": (
        "environments:\n  1-a: {}\n",
        "dss.yml:3:3 environments.1-a: '1-a' cannot be the name of a group: use letters, digits and _, no digit first",
    ),
    "no name of a host": (
        node(f"a.b: {{{URL}, type: design}}"),
        "dss.yml:5:7 environments.dev.nodes.a.b: 'a.b' cannot be part of the name of a host: use letters, digits and _",
    ),
    "no type": (
        node(f"desing: {{{URL}}}"),
        "dss.yml:5:7 environments.dev.nodes.desing.type: 'type' is missing, and the name 'desing' is no type; "
        "did you mean 'design'?",
    ),
    "wrong type of node": (
        node(f"a: {{{URL}, type: automatic}}"),
        "dss.yml:5:29 environments.dev.nodes.a.type: must be one of design, automation, deployer, govern, api, fleet, "
        "not 'automatic'; did you mean 'automation'?",
    ),
    "no address": (
        node("design: {api_key: '{{ a }}'}"),
        "dss.yml:5:7 environments.dev.nodes.design.url: 'url' is missing: give url, or instance for an entry of "
        "~/.dataiku/config.json",
    ),
    "bad address": (
        node("design: {url: dss.example.com}"),
        "dss.yml:5:16 environments.dev.nodes.design.url: url 'dss.example.com' is not an address: write it as "
        "https://dss.example.com:11200",
    ),
    "password in the address": (
        node("design: {url: 'https://me:planted@x'}"),
        "dss.yml:5:16 environments.dev.nodes.design.url: url holds a user or password: give https://x alone, and the "
        "key as api_key",
    ),
    "two keys": (
        node(f"design: {{{URL}, api_key: '{{{{ a }}}}', api_key_env: A}}"),
        "dss.yml:5:54 environments.dev.nodes.design.api_key_env: api_key and api_key_env are several keys for one node: "
        "keep one of them",
    ),
    "vault elsewhere": (
        node("design: {url: !vault x}"),
        "dss.yml:5:16 environments.dev.nodes.design.url: cannot be a !vault value, which only keys are: write a template",
    ),
    "certificates": (
        node(f"design: {{{URL}, validate_certs: nope}}"),
        "dss.yml:5:34 environments.dev.nodes.design.validate_certs: must be true or false, not text",
    ),
    "timeout": (
        node(f"design: {{{URL}, timeout: soon}}"),
        "dss.yml:5:34 environments.dev.nodes.design.timeout: must be a number, not text",
    ),
    "workers": (
        node(f"design: {{{URL}, workers: 0}}"),
        "dss.yml:5:34 environments.dev.nodes.design.workers: must be a number from 1 to 256",
    ),
    "variable of the plugin": (
        node(f"design: {{{URL}, vars: {{dss_api_key: planted}}}}"),
        "dss.yml:5:41 environments.dev.nodes.design.vars.dss_api_key: the plugin sets it itself: give api_key of the node",
    ),
    "another variable of the plugin": (
        node(f"design: {{{URL}, vars: {{dss_node: a}}}}"),
        "dss.yml:5:41 environments.dev.nodes.design.vars.dss_node: the plugin sets it itself: leave it out",
    ),
    "no variable": (
        node(f"design: {{{URL}, vars: {{a-b: 1}}}}"),
        "dss.yml:5:41 environments.dev.nodes.design.vars.a-b: 'a-b' is no name of a variable",
    ),
    "section": (
        "environments:\n  dev: {overrides: {dataset: {}}}\n",
        "dss.yml:3:21 environments.dev.overrides.dataset: there is no section 'dataset'; did you mean 'datasets'?",
    ),
    "setting": (
        "environments:\n  dev: {settings: {require_test: true}}\n",
        "dss.yml:3:20 environments.dev.settings.require_test: unknown key 'require_test'; did you mean 'require_tests'?",
    ),
    "remapping": (
        "environments:\n  dev: {remapping: {connection: {}}}\n",
        "dss.yml:3:21 environments.dev.remapping.connection: unknown key 'connection'; did you mean 'connections'?",
    ),
    "pair": (
        "environments:\n  dev: {remapping: {connections: [{source: a}]}}\n",
        "dss.yml:3:35 environments.dev.remapping.connections[0].target: 'target' is missing",
    ),
    "project": (
        "environments:\n  dev: {projects: [A B]}\n",
        "dss.yml:3:20 environments.dev.projects[0]: 'A B' is no key of a project: use letters, digits and _",
    ),
    "expand": (
        "environments: {a: {}}\nexpand: project\n",
        "dss.yml:3:1 expand: must be one of projects, not 'project'; did you mean 'projects'?",
    ),
    "no folder": (
        "directory: nowhere\n",
        "dss.yml:2:1 directory: there is no folder DIR/nowhere/environments: name a folder called environments, or the "
        "one around it",
    ),
    "cloud": (
        FLEET.replace("aws", "amazon") + ", environments: {a: b}}\nenvironments: {b: {}}\n",
        "dss.yml:3:6 fleet[0].cloud: must be one of aws, azure, gcp, not 'amazon'",
    ),
    "fleet without secret": (
        "fleet:\n  - {cloud: aws, url: 'https://f', key_id: a, environments: {a: b}}\nenvironments: {b: {}}\n",
        "dss.yml:3:5 fleet[0].key_secret: 'key_secret' is missing",
    ),
    "unknown environment of a tag": (
        FLEET + ", environments: {t: pord}}\nenvironments: {prod: {}}\n",
        "dss.yml:3:93 fleet[0].environments.t: there is no environment 'pord'; did you mean 'prod'?",
    ),
    "tags without environments": (
        FLEET + "}\n",
        "dss.yml:3:5 fleet[0].environments: 'environments' is missing: it says which tag is which environment, and none "
        "is declared here",
    ),
    "port without address": (
        FLEET + ", port: 10000}\nenvironments: {prod: {}}\n",
        "dss.yml:3:78 fleet[0].port: not used, because public_url has its port already: give another address too",
    ),
    "unknown node of a deployer": (
        node(f"deployer: {{{URL}}}") + "deployer:\n  - {node: dev_deploy}\n",
        "dss.yml:7:6 deployer[0].node: no node of this file is the host 'dev_deploy'; did you mean 'dev_deployer'?",
    ),
    "unknown environment of a stage": (
        DEPLOYER + "environments: {Production: prod}}\n",
        "dss.yml:7:41 deployer[0].environments.Production: there is no environment 'prod'; there are dev",
    ),
    "unknown environment of an instance": (
        "dataiku_config: {instances: {main: prod}}\nenvironments: {dev: {}}\n",
        "dss.yml:2:30 dataiku_config.instances.main: there is no environment 'prod'; there are dev",
    ),
    "twice the same key": (
        "environments: {dev: {}, dev: {}}\n",
        "dss.yml:2:25: the key 'dev' stands here twice, first at line 2 column 16",
    ),
    "not YAML": ("environments: [\n", "dss.yml:3:1: "),
    "another plugin": ("plugin: x\nenvironments: {a: {}}\n", "dss.yml:2:1: the key 'plugin' stands here twice"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_one_sentence(name: str, problems: Problems, tmp_path: Path) -> None:
    text, sentence = MISTAKES[name]
    found = problems(text)
    assert len(found) == 1, found
    assert found[0].startswith(sentence.replace("DIR", str(tmp_path)).replace(f"{tmp_path}/", ""))
    assert "planted" not in found[0]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(problems: Problems) -> None:
    text = "environments:\n  design: {}\n  dev: {projects: [A B], varables: {}}\nfacts: maybe\nexpand: all\n"
    places = [line.split(" ", 1)[0] for line in problems(text)]
    assert places == ["dss.yml:3:3", "dss.yml:4:20", "dss.yml:4:26", "dss.yml:5:1", "dss.yml:6:1"]


def test_hosts_of_one_name_are_refused(problems: Problems) -> None:
    twice = (
        "environments:\n"
        "  dev_eu: {nodes: {design: {url: 'https://a'}}}\n"
        "  dev: {nodes: {eu_design: {url: 'https://b', type: design}}}\n"
    )
    assert problems(twice) == [
        "dss.yml:4:17 environments.dev.nodes.eu_design: the host dev_eu_design is declared twice, first at dss.yml:3:20"
    ]
    like_a_group = "environments:\n  dev_design: {}\n  dev: {nodes: {design: {url: 'https://b'}}}\n"
    assert problems(like_a_group) == [
        "dss.yml:4:17 environments.dev.nodes.design: an environment has the name of the host dev_design: rename one"
    ]


def test_wrong_plugin_name(tmp_path: Path) -> None:
    path = tmp_path / "dss.yml"
    path.write_text("plugin: dataiku_iac.dss.environment\nenvironments: {a: {}}\n")
    with pytest.raises(
        AnsibleParserError, match=r"dss\.yml:1:1 plugin: must be one of dataiku_iac\.dss\.environments, not"
    ):
        parsed(path)


def test_encrypted_file_without_password(tmp_path: Path) -> None:
    path = tmp_path / "dss.yml"
    path.write_text(encrypted("plugin: dataiku_iac.dss.environments\n"))
    with pytest.raises(AnsibleParserError) as raised:
        parsed(path, password=False)
    assert str(raised.value).startswith(
        f"{path}: is encrypted and cannot be decrypted, give the right vault password: A vault password must"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = written(tmp_path, "environments: {a: {}}\n")
    path.chmod(0)
    with pytest.raises(AnsibleParserError, match="cannot be read: Permission denied"):
        parsed(path)


def test_missing_key_file_is_a_warning_and_with_strict_an_error(
    tmp_path: Path, warnings: list[str], problems: Problems
) -> None:
    text = node(f"design: {{{URL}, api_key_file: keys/dev}}")
    sentence = (
        "dss.yml:5:34 environments.dev.nodes.design.api_key_file: keys/dev cannot be read (No such file or directory): "
        "tasks that use it will fail"
    )
    assert parsed(written(tmp_path, text)).hosts.keys() == {"dev_design"}
    assert warnings == [f"{tmp_path}/{sentence}"]
    assert problems(text + "strict: true\n") == [sentence]
