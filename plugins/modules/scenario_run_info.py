#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scenario_run_info
short_description: Look at the last runs of scenarios of a DSS project
version_added: 0.3.0
description:
  - Gives the last runs of one scenario or of all, the scenarios that run, and how the test scenarios last ended.
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
  scenario:
    description:
      - Id or name of a scenario. Without it all are meant, with a call for each.
    type: str
  limit:
    description:
      - Most runs of each scenario.
    type: int
    default: 10
  only_finished:
    description:
      - Whether runs that have not ended are left out.
    type: bool
    default: false
  bundle:
    description:
      - On an automation node, the testing status while this bundle was active.
    type: str
seealso:
  - module: dataiku_iac.dss.scenario_run
"""

EXAMPLES = r"""
- name: The last runs of all scenarios
  dataiku_iac.dss.scenario_run_info:
    project: QUICKSTART

- name: The last run of one that has ended
  dataiku_iac.dss.scenario_run_info:
    project: QUICKSTART
    scenario: Nightly build
    limit: 1
    only_finished: true
"""

RETURN = r"""
scenarios:
  description: The scenarios, in the order of DSS.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: str
      returned: always
    name:
      description: Its name.
      type: str
      returned: always
    active:
      description: Whether its triggers are active.
      type: bool
      returned: always
    running:
      description: Whether it runs.
      type: bool
      returned: always
    test:
      description: Whether it is a test scenario.
      type: bool
      returned: always
    runs:
      description: Its last runs, newest first.
      type: list
      elements: dict
      returned: always
      contains:
        id:
          description: Id of the run; null where it has not begun.
          type: str
          returned: always
        outcome:
          description: V(SUCCESS), V(WARNING), V(FAILED) or V(ABORTED); null while it runs.
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
running:
  description: Ids of the scenarios of the project that run.
  returned: success
  type: list
  elements: str
  sample: [nightly]
testing:
  description: How the last runs of the test scenarios ended.
  returned: success
  type: dict
  contains:
    ran:
      description: How many of them have run.
      type: int
      returned: always
    outcomes:
      description: How many ended with each outcome.
      type: dict
      returned: always
  sample: {ran: 2, outcomes: {SUCCESS: 2}}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("scenario_run_info")


if __name__ == "__main__":
    main()
