# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventory files read by Ansible's own manager and loader, in this process."""

from __future__ import annotations

import json
import typing as t
from contextlib import contextmanager
from pathlib import Path

from ansible.inventory.data import InventoryData
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret, VaultSecretsContext
from ansible.plugins.loader import inventory_loader
from ansible.template import Templar
from ansible.vars.manager import VariableManager

PASSWORD = "vault password"
NAME = "dataiku_iac.dss.environments"


# Once in a process, as a command of Ansible does it.
if VaultSecretsContext.current(optional=True) is None:
    VaultSecretsContext.initialize(VaultSecretsContext([]))


@contextmanager
def vault_password(given: bool) -> t.Iterator[None]:
    """With or without the password, as ``--vault-password-file`` gives it."""
    context = VaultSecretsContext.current()
    former = context.secrets
    context.secrets = [("default", VaultSecret(PASSWORD.encode()))] if given else []
    try:
        yield
    finally:
        context.secrets = former


def vault() -> VaultLib:
    return VaultLib([("default", VaultSecret(PASSWORD.encode()))])


def encrypted(text: str) -> str:
    """A text as Ansible Vault writes it."""
    return vault().encrypt(text).decode()


def inline(text: str) -> str:
    """A text as a ``!vault`` value on one line."""
    return "!vault " + json.dumps(encrypted(text))


def loader(password: bool = True) -> DataLoader:
    made = DataLoader()
    if password:
        made.set_vault_secrets([("default", VaultSecret(PASSWORD.encode()))])
    return made


class Inventory:
    """What Ansible makes of inventory files."""

    def __init__(self, *paths: Path, password: bool = True) -> None:
        self._loader = loader(password)
        self._password = password
        with vault_password(password):
            self.manager = InventoryManager(loader=self._loader, sources=[str(path) for path in paths])
        self._variables = VariableManager(loader=self._loader, inventory=self.manager)

    @property
    def hosts(self) -> list[str]:
        return sorted(self.manager.hosts)

    def groups(self, host: str) -> set[str]:
        return {group.name for group in self.manager.hosts[host].get_groups()} - {"all"}

    def of(self, host: str) -> dict[str, t.Any]:
        """The variables of a host as the inventory holds them: templates are not worked out."""
        own = ("inventory_dir", "inventory_file")  # of Ansible
        return {name: value for name, value in self.manager.hosts[host].vars.items() if name not in own}

    def value(self, host: str, variable: str) -> t.Any:
        """A variable as a task on the host sees it."""
        with vault_password(self._password):
            known = self._variables.get_vars(host=self.manager.hosts[host])
            return Templar(loader=self._loader, variables=known).template(known[variable])


def parsed(path: Path, password: bool = True) -> InventoryData:
    """The inventory of one file by the plugin alone, which raises ``AnsibleParserError``."""
    data = InventoryData()
    inventory_loader.get(NAME).parse(data, loader(password), str(path), cache=False)
    return data


def written(folder: Path, text: str, name: str = "dss.yml") -> Path:
    """An inventory file with the line that names the plugin."""
    path = folder / name
    path.write_text(f"plugin: {NAME}\n{text}", encoding="utf-8")
    return path
