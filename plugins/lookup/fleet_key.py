# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_key
short_description: API key of an instance of Fleet Manager
version_added: 0.3.0
description:
  - Asks Fleet Manager for the API key of an administrator of an instance.
  - The hosts that P(dataiku_iac.dss.environments#inventory) makes of instances use it for C(dss_api_key), so that the key is asked for by
    the task that needs it, and is neither in the inventory nor in its cache.
  - Give O(key_secret) as a template, and C(no_log) to a task that shows the answer. The modules of this collection never show their key.
author:
  - Dataiku IaC contributors (!UNKNOWN)
options:
  _terms:
    description:
      - Id of the instance; each gives one key.
    type: list
    elements: str
    required: true
  cloud:
    description:
      - Cloud of Fleet Manager.
    type: str
    choices: [aws, azure, gcp]
    required: true
    vars:
      - name: dss_fleet_cloud
  url:
    description:
      - URL of Fleet Manager.
    type: str
    required: true
    vars:
      - name: dss_fleet_url
  key_id:
    description:
      - Id of the API key of Fleet Manager.
    type: str
    required: true
    vars:
      - name: dss_fleet_key_id
  key_secret:
    description:
      - Secret of that key.
    type: str
    required: true
    vars:
      - name: dss_fleet_key_secret
  tenant:
    description:
      - Id of the tenant.
    type: str
    default: main
    vars:
      - name: dss_fleet_tenant
  ca_path:
    description:
      - File with the authority that signed the certificate of Fleet Manager.
    type: str
    vars:
      - name: dss_fleet_ca_path
  validate_certs:
    description:
      - False accepts any certificate.
    type: bool
    default: true
    vars:
      - name: dss_fleet_validate_certs
  client_certificate:
    description:
      - File with a client certificate and its key.
    type: str
    vars:
      - name: dss_fleet_client_certificate
  timeout:
    description:
      - Seconds for each call.
    type: float
    default: 60
    vars:
      - name: dss_fleet_timeout
"""

EXAMPLES = r"""
- name: A project on an instance that Fleet Manager looks after
  dataiku_iac.dss.project:
    url: https://design.example.com
    api_key: "{{ lookup('dataiku_iac.dss.fleet_key', 'i-design', cloud='aws', url=fleet_url, key_id=fleet_id, key_secret=fleet_secret) }}"
    key: ORDERS
    name: Orders

- name: The same with the variables that hosts of the inventory have
  dataiku_iac.dss.project:
    url: https://design.example.com
    api_key: "{{ lookup('dataiku_iac.dss.fleet_key', 'i-design') }}"
    key: ORDERS
    name: Orders
  vars:
    dss_fleet_cloud: aws
    dss_fleet_url: "{{ fleet_url }}"
    dss_fleet_key_id: "{{ fleet_id }}"
    dss_fleet_key_secret: "{{ fleet_secret }}"
"""

RETURN = r"""
_raw:
  description:
    - The key of each instance. It is a secret.
  type: list
  elements: str
"""

import os
import typing as t
from collections.abc import Mapping

from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase

from ..module_utils._errors import DssError, MissingLibrary
from ..plugin_utils._inventory.fleet import fleet_of
from ..plugin_utils._native import native


class LookupModule(LookupBase):
    """Keys; the connection is opened and closed within each call, in the process of the worker."""

    def run(self, terms: list[str], variables: Mapping[str, t.Any] | None = None, **kwargs: t.Any) -> list[str]:
        mine = {name: value for name, value in (variables or {}).items() if name.startswith("dss_fleet_")}
        # Ansible takes options from variables as they stand, templates and all.
        self.set_options(var_options={name: self._templar.template(mine[name]) for name in mine}, direct=kwargs)
        params: dict[str, t.Any] = native(self.get_options())
        try:
            fleet = fleet_of(params, dict(os.environ))
            try:
                return [fleet.admin_key(str(native(term))) for term in terms]
            finally:
                fleet.close()
        except MissingLibrary as error:
            raise AnsibleError(missing_required_lib(error.library)) from None
        except DssError as error:
            raise AnsibleError(str(error)) from None
