#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_variables_info
short_description: Look at the variables of an instance of a DSS node
version_added: 0.4.0
description:
  - Gives the variables of an instance as the options of M(dataiku_iac.dss.instance_variables) that declare it.
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
seealso:
  - module: dataiku_iac.dss.instance_variables
"""

EXAMPLES = r"""
- name: The variables of an instance as it is
  dataiku_iac.dss.instance_variables_info:
  register: found

- name: The same from a node that is slow to answer
  dataiku_iac.dss.instance_variables_info:
    timeout: 120
"""

RETURN = r"""
instance_variables:
  description:
    - What there is. It is what M(dataiku_iac.dss.instance_variables) takes.
  returned: success
  type: dict
  sample: {variables: {region: eu}}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("instance_variables_info")


if __name__ == "__main__":
    main()
