#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: group_info
short_description: Look at groups of a DSS node
version_added: 0.4.0
description:
  - Gives groups as the options of M(dataiku_iac.dss.group) that declare them.
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
  name:
    description:
      - Only the one that is named so; without it all are given.
    type: str
seealso:
  - module: dataiku_iac.dss.group
"""

EXAMPLES = r"""
- name: Groups of a node
  dataiku_iac.dss.group_info:
  register: found

- name: One of them
  dataiku_iac.dss.group_info:
    name: data_team
"""

RETURN = r"""
groups:
  description:
    - What there is. Each is what M(dataiku_iac.dss.group) takes.
  returned: success
  type: list
  elements: dict
  sample: [{name: data_team, description: Data team}]
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("group_info")


if __name__ == "__main__":
    main()
