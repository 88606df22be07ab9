# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: environments
short_description: Environments of Dataiku DSS and their nodes
version_added: 0.3.0
description:
  - Makes one host of each DSS node of the environments that a file describes, in groups by environment and by type of node.
  - The name of the file ends in C(dss.yml) or C(dss.yaml).
  - A host is called C(ENVIRONMENT_NODE), for example C(prod_automation). All are in the group C(dss). Their tasks run on the controller.
  - Host variables give the modules of this collection their node (C(dss_url), C(dss_api_key) and so on), the name of the environment
    (C(dss_environment)) and its variables, overrides, settings and remapping (C(dss_environment_content)).
  - An API key is a template, a C(!vault) value, a file or an environment variable. It is worked out by the task that uses it, and is not
    printed by C(ansible-inventory), unless it stands in the file in plain text, which gives a warning.
  - All mistakes in a file are reported at once, each with its line.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The cache holds answers of nodes and no keys.
options:
  plugin:
    description:
      - Name of this plugin.
    type: str
    required: true
    choices: [dataiku_iac.dss.environments]
  environments:
    description:
      - The environments by name. A name must be that of a group, and no type of node.
      - Each may have C(nodes), C(variables), C(overrides), C(settings), C(remapping) and C(projects). All keys of an environment and
        of a node are listed in C(docs/inventory.md) of the collection.
    type: dict
    default: {}
  directory:
    description:
      - A folder C(environments) with a file for each environment, or the folder around it.
      - The host in such a file, or in C(.dataiku/config.yml) beside the folder, is the design node of its environment. The file
        with its API key is named there too.
    type: str
  fleet:
    description:
      - Fleet Managers whose instances are nodes. Each has C(cloud) (V(aws), V(azure) or V(gcp)), C(url), C(key_id) and C(key_secret),
        and by choice C(tenant), C(environment) (V(tag) or V(network)), C(environments), C(address), C(port), C(ca_path),
        C(validate_certs), C(client_certificate) and C(timeout).
      - The API key of an instance is asked for when it is used, by P(dataiku_iac.dss.fleet_key#lookup).
    type: list
    elements: dict
    default: []
  deployer:
    description:
      - Project Deployers whose infrastructures are automation nodes. Each has C(node), the host of a deployer in this file, and by choice
        C(environments), C(api_key), C(api_keys), C(ca_path), C(validate_certs), C(client_certificate) and C(timeout).
      - No key is taken from a deployer.
    type: list
    elements: dict
    default: []
  dataiku_config:
    description:
      - Whether the instances of C(~/.dataiku/config.json), the file of Dataiku's own client, are nodes; or the path of such a file; or a
        mapping with C(path) and C(instances).
      - Without C(instances) the name of an instance is that of its environment, and may end in the type of the node, as in
        C(prod-automation).
    type: raw
  facts:
    description:
      - Whether each node is asked for its version and its projects, which needs its key where the inventory is read.
      - A node that does not answer stays in the inventory, with C(dss_reachable) false and the reason in C(dss_unreachable).
    type: bool
    default: false
  expand:
    description:
      - With V(projects) there is one host for each project of each design and automation node, called C(ENVIRONMENT_NODE.PROJECT).
      - The projects are those listed for the node or its environment, else the node is asked.
    type: str
    choices: [projects]
  timeout:
    description:
      - Seconds that asking one node may take before no call is tried again, and for each call to a node that has no C(timeout).
    type: float
    default: 15
  strict:
    description:
      - Whether everything that is otherwise a warning is an error, such as a node that does not answer.
"""

EXAMPLES = r"""
---
# inventory/dss.yml: two environments. The keys are variables that Ansible Vault encrypts.
plugin: dataiku_iac.dss.environments
environments:
  dev:
    nodes:
      design:
        url: https://dss-dev.example.com:11200
        api_key: "{{ vault_dev_key }}"
    variables:
      DATABASE: PG_DEV
  prod:
    nodes:
      automation:
        url: https://dss-prod.example.com:11200
        api_key_file: keys/prod.key
        ca_path: keys/authority.pem
      deployer:
        url: https://dss-deployer.example.com:11200
        api_key_env: DEPLOYER_KEY
    variables:
      DATABASE: PG_PROD
    remapping:
      connections: {pg_dev: pg_prod}
      code_envs: {py_dev: py_prod}
    overrides:
      datasets:
        "*": {tags: [production]}
    settings: {require_tests: true, require_approval: true}

---
# One host for each project, for forks, serial and job slices. With a list no node is asked.
plugin: dataiku_iac.dss.environments
environments:
  dev:
    nodes:
      design:
        url: https://dss-dev.example.com:11200
        api_key: "{{ vault_dev_key }}"
    projects: [CUSTOMERS, ORDERS]
expand: projects

---
# The files of a repository that has a folder environments, and the instances of Dataiku's own client.
plugin: dataiku_iac.dss.environments
directory: environments
dataiku_config:
  instances:
    staging-auto: {environment: staging, type: automation}
environments:
  staging: {}

---
# Instances of Fleet Manager by tag, and the automation nodes of a deployer by stage.
plugin: dataiku_iac.dss.environments
environments:
  dev: {}
  prod:
    nodes:
      deployer:
        url: https://dss-deployer.example.com
        api_key: "{{ vault_deployer_key }}"
fleet:
  - cloud: aws
    url: https://fleet.example.com
    key_id: "{{ lookup('env', 'FLEET_KEY_ID') }}"
    key_secret: "{{ lookup('env', 'FLEET_KEY_SECRET') }}"
    environments: {development: dev, production: prod}
deployer:
  - node: prod_deployer
    environments: {Production: prod}
    api_key: "{{ vault_automation_key }}"

---
# Facts of the nodes, kept for an hour, and groups made of them.
plugin: dataiku_iac.dss.environments
environments:
  dev:
    nodes:
      design:
        url: https://dss-dev.example.com:11200
        api_key: "{{ lookup('env', 'DEV_KEY') }}"
facts: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/dss-inventory
cache_timeout: 3600
compose:
  major: dss_version.split('.')[0]
groups:
  unreachable_nodes: not dss_reachable
keyed_groups:
  - prefix: version
    key: dss_version | default('unknown')
"""

import os
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.helpers import get_group_vars
from ansible.inventory.host import Host as InventoryHost
from ansible.module_utils.basic import missing_required_lib
from ansible.parsing.vault import EncryptedString, is_encrypted
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.vars import combine_vars
from ansible.vars.plugins import get_vars_from_inventory_sources

from ..plugin_utils._compiled import compiled_once

with compiled_once():
    from ..module_utils._errors import ConfigurationError, DssError, Location, MissingLibrary, Problem, visible
    from ..plugin_utils._inventory.file import File, offline, read_file
    from ..plugin_utils._inventory.model import Found, Host, Node
    from ..plugin_utils._inventory.online import Kept, Online
    from ..plugin_utils._inventory.variables import Keys
    from ..plugin_utils._native import native


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads the file, asks whom it has to, and adds hosts; every connection is closed before it returns."""

    NAME = "dataiku_iac.dss.environments"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(("dss.yml", "dss.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        try:
            self._parse(path, cache)
        except MissingLibrary as error:
            raise AnsibleParserError(missing_required_lib(error.library)) from None
        except DssError as error:
            raise AnsibleParserError(visible(str(error))) from None

    def _parse(self, path: str, cache: bool) -> None:
        file = self._read(path)
        _refuse(file.problems)
        values = self._read_config_data(path)
        keys = Keys(self._encrypted if file.encrypted else None)
        self._tell(file.problems)
        key = self.get_cache_key(path)
        use = self.get_option("cache")
        kept = Kept(_copied(self._cache.get(key)) if use and cache else {})
        online = Online(file, values, keys, kept, self._resolver(path), dict(os.environ), self.get_option("timeout"))
        found = online.sources(offline(file, values, keys))
        self._tell(found.problems)
        self._add_groups(found)
        outcome = online.hosts(found, self.get_option("facts"), self.get_option("expand") == "projects")
        if use:
            self._cache[key] = kept.answers
        self._tell(outcome.problems)
        for group, variables in outcome.groups.items():
            self.inventory.add_group(group)
            for name, value in variables.items():
                self.inventory.set_variable(group, name, value)
        for host in outcome.hosts:
            self._add(host)

    def _read(self, path: str) -> File:
        shown = os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path
        try:
            content = Path(path).read_bytes()
            encrypted = is_encrypted(content)
            if encrypted:
                content = self.loader.get_text_file_contents(path).encode()
        except OSError as error:
            raise ConfigurationError([Problem(f"cannot be read: {error.strerror}", "", Location(shown))]) from None
        except AnsibleError as error:
            message = f"is encrypted and cannot be decrypted, give the right vault password: {_sentence(error)}"
            raise ConfigurationError([Problem(message, "", Location(shown))]) from None
        return read_file(content, shown, Path(path).parent, encrypted)

    def _encrypted(self, text: str) -> EncryptedString:
        return EncryptedString(ciphertext=self.loader._vault.encrypt("".join(text)).decode())

    def _tell(self, problems: t.Iterable[Problem]) -> None:
        """Warn; with ``strict`` every finding is an error. Raises ``ConfigurationError`` with all errors."""
        found = tuple(problems)
        _refuse(found, self.get_option("strict"))
        for problem in found:
            self.display.warning(visible(str(problem)))

    def _resolver(self, path: str) -> t.Callable[[Mapping[str, t.Any], Node | None], dict[str, t.Any]]:
        """Works out variables as a task on the host would, with the files ``group_vars`` and ``host_vars``."""
        sources = [*getattr(self.inventory, "processed_sources", ()), path]

        def files(*entities: t.Any) -> dict[str, t.Any]:
            return t.cast("dict[str, t.Any]", get_vars_from_inventory_sources(self.loader, sources, [*entities], "all"))

        def resolve(wanted: Mapping[str, t.Any], node: Node | None) -> dict[str, t.Any]:
            names = ("all", *(node.groups if node else ()))
            groups = [self.inventory.groups[name] for name in names if name in self.inventory.groups]
            try:
                known = combine_vars(get_group_vars(groups), files(*groups))
                if node:
                    known = combine_vars(combine_vars(known, dict(node.variables)), files(InventoryHost(node.host)))
            except AnsibleError as error:
                raise DssError(f"the variables beside the inventory cannot be read: {_sentence(error)}") from None
            self.templar.available_variables = combine_vars(known, self._vars)
            return {name: self._worked_out(name, value) for name, value in wanted.items()}

        return resolve

    def _worked_out(self, name: str, value: t.Any) -> t.Any:
        try:
            return native(self.templar.template(value))
        except AnsibleError as error:
            raise DssError(f"{name} cannot be worked out where the inventory is read: {_sentence(error)}") from None

    def _add_groups(self, found: Found) -> None:
        for environment in found.environments:
            self.inventory.add_group(environment.name)
        for node in found.nodes:
            for group in node.groups:
                self.inventory.add_group(group)

    def _add(self, host: Host) -> None:
        name = self.inventory.add_host(host.name)
        for group in host.groups:
            self.inventory.add_child(self.inventory.add_group(group), name)
        for variable, value in host.variables.items():
            self.inventory.set_variable(name, variable, value)
        strict = self.get_option("strict")
        added = self.inventory.get_host(name)
        variables = combine_vars(get_group_vars(added.get_groups()), added.get_vars())
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)


def _refuse(problems: t.Iterable[Problem], strict: bool = False) -> None:
    found = list(problems)
    if any(strict or problem.severity == "error" for problem in found):
        raise ConfigurationError([problem for problem in found if strict or problem.severity == "error"])


def _copied(kept: t.Any) -> dict[str, dict[str, t.Any]]:
    """What a cache held, if it is ours."""
    sections = kept if isinstance(kept, Mapping) else {}
    return {str(name): dict(section) for name, section in sections.items() if isinstance(section, Mapping)}


def _sentence(error: AnsibleError) -> str:
    return " ".join(str(error.message).split())
