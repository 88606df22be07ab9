#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: library_info
short_description: Look at the library of a DSS project
version_added: 0.4.0
description:
  - Gives the library as the options of M(dataiku_iac.dss.library) that declare it.
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
seealso:
  - module: dataiku_iac.dss.library
"""

EXAMPLES = r"""
- name: The library of a project
  dataiku_iac.dss.library_info:
    project: QUICKSTART
  register: found

- name: The same from a node that is slow to answer
  dataiku_iac.dss.library_info:
    project: QUICKSTART
    timeout: 120
"""

RETURN = r"""
library:
  description:
    - What there is. It is what M(dataiku_iac.dss.library) takes besides O(project).
  returned: success
  type: dict
  sample: {python_path: [python]}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("library_info")


if __name__ == "__main__":
    main()
