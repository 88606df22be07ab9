#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_service_info
short_description: Look at API services of a DSS project
version_added: 0.4.0
description:
  - Gives API services as the options of M(dataiku_iac.dss.api_service) that declare them.
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
  id:
    description:
      - Only the one that is named so; without it all are given.
    type: str
seealso:
  - module: dataiku_iac.dss.api_service
"""

EXAMPLES = r"""
- name: API services of a project
  dataiku_iac.dss.api_service_info:
    project: QUICKSTART
  register: found

- name: One of them
  dataiku_iac.dss.api_service_info:
    project: QUICKSTART
    id: scoring
"""

RETURN = r"""
api_services:
  description:
    - What there is. Each is what M(dataiku_iac.dss.api_service) takes besides O(project).
  returned: success
  type: list
  elements: dict
  sample: [{id: scoring}]
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("api_service_info")


if __name__ == "__main__":
    main()
