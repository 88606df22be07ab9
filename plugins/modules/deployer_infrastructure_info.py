#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployer_infrastructure_info
short_description: Look at the infrastructures of the Project Deployer
version_added: 0.3.0
description:
  - Gives the infrastructures, each with the options of M(dataiku_iac.dss.deployer_infrastructure) that declare it as it is, without secrets.
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
  - module: dataiku_iac.dss.deployer_infrastructure
"""

EXAMPLES = r"""
- name: All infrastructures
  dataiku_iac.dss.deployer_infrastructure_info:
  delegate_to: prod_deployer

- name: What runs on production
  dataiku_iac.dss.deployer_infrastructure_info:
    id: prod
  delegate_to: prod_deployer
"""

RETURN = r"""
infrastructures:
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
    deployments:
      description: The ids of the deployments that use it.
      type: list
      elements: str
      returned: always
  sample: [{id: prod, options: {id: prod, stage: Production}, deployments: [SALES-on-prod]}]
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("deployer_infrastructure_info")


if __name__ == "__main__":
    main()
