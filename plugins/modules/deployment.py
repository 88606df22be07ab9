#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment
short_description: Manage a deployment of the Project Deployer
version_added: 0.3.0
description:
  - Creates, changes, updates or deletes a deployment, which is a bundle of a published project on an infrastructure.
  - Only what is declared is compared and changed; every other field belongs to DSS or to a colleague.
  - Settings alone change nothing on the automation node. With O(update) a deployment that was never deployed, or whose automation
    node is not what its settings say, is updated as well, and the task waits for it.
  - To delete it, DSS wants it disabled and updated first, which is done. The project on the automation node stays.
  - A bundle, project or infrastructure that the deployer lacks fails the task. In check mode it is a warning, since an earlier
    task may bring it.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._deployment
  - dataiku_iac.dss._attributes
options:
  state:
    description:
      - V(present) makes what is declared so. V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  update:
    description:
      - Whether the automation node is made what the settings say.
    type: bool
    default: true
  ignore_warnings:
    description:
      - Whether warnings, for example of Govern, do not stop the creation or the change of settings.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for the end of an update. The task fails when they are over, and the update goes on in DSS.
    type: float
    default: 3600.0
seealso:
  - module: dataiku_iac.dss.deployment_info
  - module: dataiku_iac.dss.deployer_infrastructure
  - module: dataiku_iac.dss.deployer_project
"""

EXAMPLES = r"""
- name: The bundle in production
  dataiku_iac.dss.deployment:
    id: QUICKSTART-on-prod
    project: QUICKSTART
    infrastructure: prod
    bundle: v1
    remapping:
      connections:
        warehouse: warehouse_prod
    local_variables:
      STAGE: prod
  delegate_to: prod_deployer

- name: The deployment is gone
  dataiku_iac.dss.deployment:
    id: QUICKSTART-on-prod
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
  sample: {applied: [deployment.QUICKSTART-on-prod], failed: [], skipped: []}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("deployment")


if __name__ == "__main__":
    main()
