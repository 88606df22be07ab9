#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scenario_info
short_description: Look at scenarios of a DSS project
version_added: 0.4.0
description:
  - Gives scenarios as the options of M(dataiku_iac.dss.scenario) that declare them.
  - What DSS adds by itself is left out, and so are secrets.
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
  project:
    description:
      - Key of the project; falls back to the variable C(dss_project).
    type: str
    required: true
  name:
    description:
      - Only the one that is named so; without it all are given.
    type: str
seealso:
  - module: dataiku_iac.dss.scenario
"""

EXAMPLES = r"""
- name: Scenarios of a project
  dataiku_iac.dss.scenario_info:
    project: QUICKSTART
  register: found

- name: One of them
  dataiku_iac.dss.scenario_info:
    project: QUICKSTART
    name: smoke
"""

RETURN = r"""
scenarios:
  description:
    - What there is. Each is what M(dataiku_iac.dss.scenario) takes besides O(project).
  returned: success
  type: list
  elements: dict
  sample: [{name: smoke, type: step_based}]
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("scenario_info")


if __name__ == "__main__":
    main()
