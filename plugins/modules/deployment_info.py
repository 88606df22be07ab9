#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_info
short_description: Look at the deployments of the Project Deployer
version_added: 0.3.0
description:
  - Gives the deployments, each with the options of M(dataiku_iac.dss.deployment) that declare it as it is, without secrets.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - It only reads.
  diff_mode:
    support: none
options:
  id:
    description:
      - Only the one that is named so.
    type: str
seealso:
  - module: dataiku_iac.dss.deployment
"""

EXAMPLES = r"""
- name: All deployments
  dataiku_iac.dss.deployment_info:
  delegate_to: prod_deployer

- name: One of them
  dataiku_iac.dss.deployment_info:
    id: QUICKSTART-on-prod
  delegate_to: prod_deployer
"""

RETURN = r"""
deployments:
  description: What there is, in the order of their ids.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: str
      returned: always
    options:
      description: The options that declare it as it is; what DSS adds by itself is left out.
      type: dict
      returned: always
    deployed:
      description: Whether the automation node is what the settings say.
      type: bool
      returned: always
    health:
      description: The health that DSS tells, null where it was never deployed.
      type: str
      returned: always
    messages:
      description: What DSS says of the health.
      type: list
      elements: str
      returned: always
  sample: [{id: SALES-on-prod, options: {id: SALES-on-prod, project: SALES, infrastructure: prod, bundle: v1}, deployed: true, health: HEALTHY, messages: []}]
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("deployment_info")


if __name__ == "__main__":
    main()
