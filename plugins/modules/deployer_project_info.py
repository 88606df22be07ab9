#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployer_project_info
short_description: Look at the projects of the Project Deployer
version_added: 0.3.0
description:
  - Gives the published projects, each with the options of M(dataiku_iac.dss.deployer_project) that declare it as it is, without secrets.
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
  key:
    description:
      - Only the one that is named so.
    type: str
seealso:
  - module: dataiku_iac.dss.deployer_project
"""

EXAMPLES = r"""
- name: All published projects
  dataiku_iac.dss.deployer_project_info:
  delegate_to: prod_deployer

- name: The bundles of one
  dataiku_iac.dss.deployer_project_info:
    key: QUICKSTART
  delegate_to: prod_deployer
"""

RETURN = r"""
projects:
  description: What there is, in the order of their ids.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its key.
      type: str
      returned: always
    options:
      description: The options that declare it as it is; what DSS adds by itself is left out.
      type: dict
      returned: always
    bundles:
      description: The ids of its bundles, in the order of DSS.
      type: list
      elements: str
      returned: always
    deployments:
      description: The ids of the deployments that use it.
      type: list
      elements: str
      returned: always
  sample: [{id: SALES, options: {key: SALES, name: Sales}, bundles: [v1], deployments: [SALES-on-prod]}]
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("deployer_project_info")


if __name__ == "__main__":
    main()
