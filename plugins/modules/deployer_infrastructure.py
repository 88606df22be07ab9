#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployer_infrastructure
short_description: Manage an infrastructure of the Project Deployer
version_added: 0.3.0
description:
  - Creates, changes or deletes an infrastructure, which is an automation node that bundles are deployed to.
  - Only what is declared is compared and changed; every other field belongs to DSS or to a colleague.
  - Its stage has to exist. No call makes one, so that a stage is made in the settings of the deployer.
  - It is not deleted while deployments use it; the message names them.
  - Its table of names is managed by M(dataiku_iac.dss.connection_remapping).
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._deployer_infrastructure
  - dataiku_iac.dss._attributes
options:
  state:
    description:
      - V(present) makes what is declared so. V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  update_secrets:
    description:
      - DSS never gives the key back, so it cannot be compared.
      - V(on_create) sends it when the infrastructure is made, V(always) on every run, which then always reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
seealso:
  - module: dataiku_iac.dss.deployer_infrastructure_info
  - module: dataiku_iac.dss.deployment
  - module: dataiku_iac.dss.deployer_project
"""

EXAMPLES = r"""
- name: Where production runs
  dataiku_iac.dss.deployer_infrastructure:
    id: prod
    stage: Production
    automation_node_url: https://automation.example.com:11200
    admin_api_key: "{{ lookup('ansible.builtin.env', 'PROD_ADMIN_KEY', default='change-me') }}"
    permissions:
      - group: operators
        read: true
        deploy: true
  delegate_to: prod_deployer

- name: The infrastructure is gone
  dataiku_iac.dss.deployer_infrastructure:
    id: prod
    state: absent
  delegate_to: prod_deployer
"""

RETURN = r"""
plan:
  description: What was to be done, as for M(dataiku_iac.dss.configuration). C(docs/schemas/plan.schema.json) describes it.
  returned: always, unless the options are wrong or the node cannot be reached
  type: dict
  sample: {summary: {create: 1, update: 0, replace: 0, delete: 0, unchanged: 0}}
outcome:
  description: What an apply did, as for M(dataiku_iac.dss.configuration).
  returned: when something was to be changed and this is not check mode
  type: dict
  sample: {applied: [deployer_infrastructure.prod], failed: [], skipped: []}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("deployer_infrastructure")


if __name__ == "__main__":
    main()
