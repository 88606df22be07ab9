#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scenario_run
short_description: Run a scenario of a DSS project
version_added: 0.3.0
description:
  - Starts a scenario, waits for its end, and fails unless it ended as asked. The message then names the step that failed.
  - DSS starts a run some seconds after it was asked to, and may cancel the start, for example while the scenario already
    runs. That fails the task, and nothing has run.
  - A start whose answer was lost is never sent again. The run that has begun is looked up, and where there is no single
    one the task fails and says so.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._wait
  - dataiku_iac.dss._wait.project
  - dataiku_iac.dss._wait.run
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode looks up what would run, and starts nothing.
  idempotent:
    support: none
    details:
      - Each task runs the scenario.
options:
  scenario:
    description:
      - Id or name of the scenario. An id counts before a name.
    type: str
    required: true
  params:
    description:
      - Parameters of the trigger, which the scenario can read.
      - Values whose names say that they are secrets, such as C(password) or C(token), are replaced in results and logs.
    type: dict
    default: {}
  fail_on:
    description:
      - Outcomes with which the task fails.
    type: list
    elements: str
    choices: [WARNING, FAILED, ABORTED]
    default: [FAILED, ABORTED]
seealso:
  - module: dataiku_iac.dss.scenario_run_info
  - module: dataiku_iac.dss.scenario
  - module: dataiku_iac.dss.gate
"""

EXAMPLES = r"""
- name: Run the nightly build and wait for it
  dataiku_iac.dss.scenario_run:
    project: QUICKSTART
    scenario: Nightly build
    params: {day: "2026-05-04"}
    wait_timeout: 600

- name: A warning is a failure too, and ten minutes are enough
  dataiku_iac.dss.scenario_run:
    project: QUICKSTART
    scenario: smoke
    fail_on: [WARNING, FAILED, ABORTED]
    wait_timeout: 600
    abort_on_timeout: true

- name: Only start it
  dataiku_iac.dss.scenario_run:
    project: QUICKSTART
    scenario: smoke
    wait: false
"""

RETURN = r"""
scenario:
  description: The scenario that was found.
  returned: success
  type: dict
  contains:
    id:
      description: Its id.
      type: str
      returned: always
    name:
      description: Its name.
      type: str
      returned: always
  sample: {id: smoke, name: Smoke test}
run:
  description: The run.
  returned: when it was started
  type: dict
  contains:
    id:
      description: Id of the run; null where it has not begun.
      type: str
      returned: always
    outcome:
      description: V(SUCCESS), V(WARNING), V(FAILED) or V(ABORTED); V(CANCELLED) where DSS called the start off, null while it runs.
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
    steps:
      description: The steps that have run.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: Its name.
          type: str
          returned: always
        type:
          description: Its type.
          type: str
          returned: always
        outcome:
          description: How it ended.
          type: str
          returned: always
        message:
          description: The error, where it failed.
          type: str
          returned: always
  sample:
    id: 2026-05-04-09-30-00-123-abcd
    outcome: SUCCESS
    start: "2026-05-04T09:30:00.123Z"
    end: "2026-05-04T09:30:12.456Z"
    seconds: 12.333
    steps: [{name: build, type: build_flowitem, outcome: SUCCESS, message: ""}]
log:
  description: The end of the log, at most 60 lines. Secrets among the options are replaced.
  returned: when it failed, or took too long
  type: str
  sample: "[ERROR] 3 rows too many"
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("scenario_run")


if __name__ == "__main__":
    main()
