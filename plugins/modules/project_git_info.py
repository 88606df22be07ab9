#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: project_git_info
short_description: Look at remotes and branch of a DSS project
version_added: 0.4.0
description:
  - Gives remotes and branch as the options of M(dataiku_iac.dss.project_git) that declare it.
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
  - module: dataiku_iac.dss.project_git
"""

EXAMPLES = r"""
- name: Remotes and branch of a project
  dataiku_iac.dss.project_git_info:
    project: QUICKSTART
  register: found

- name: The same from a node that is slow to answer
  dataiku_iac.dss.project_git_info:
    project: QUICKSTART
    timeout: 120
"""

RETURN = r"""
project_git:
  description:
    - What there is. It is what M(dataiku_iac.dss.project_git) takes besides O(project).
  returned: success
  type: dict
  sample: {branch: master}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("project_git_info")


if __name__ == "__main__":
    main()
