#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: build_info
short_description: Look at the jobs of a DSS project
version_added: 0.3.0
description:
  - Gives the last jobs of a project, and those that run.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._wait.project
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - It only reads.
  diff_mode:
    support: none
options:
  limit:
    description:
      - Most jobs in RV(jobs).
    type: int
    default: 10
seealso:
  - module: dataiku_iac.dss.build
"""

EXAMPLES = r"""
- name: The last ten jobs
  dataiku_iac.dss.build_info:
    project: QUICKSTART

- name: The last job, and what runs
  dataiku_iac.dss.build_info:
    project: QUICKSTART
    limit: 1
"""

RETURN = r"""
jobs:
  description: The last jobs, in the order of DSS.
  returned: success
  type: list
  elements: dict
  contains: &job
    id:
      description: Id of the job; null where it has not begun.
      type: str
      returned: always
    outcome:
      description: The state of the job, such as V(RUNNING), V(DONE), V(FAILED) or V(ABORTED).
      type: str
      returned: always
    start:
      description: When it began, in UTC; null where it has not.
      type: str
      returned: always
    end:
      description: When it ended, in UTC; null while it runs.
      type: str
      returned: always
    seconds:
      description: How long it took; null while it runs.
      type: float
      returned: always
    name:
      description: Its name.
      type: str
      returned: always
    type:
      description: Its type, as DSS names it.
      type: str
      returned: always
    initiator:
      description: Who started it.
      type: str
      returned: always
    outputs:
      description: What it builds.
      type: list
      elements: str
      returned: always
running:
  description: The jobs that run.
  returned: success
  type: list
  elements: dict
  contains: *job
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("build_info")


if __name__ == "__main__":
    main()
