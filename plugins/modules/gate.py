#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gate
short_description: Evaluate gates that a DSS project has to pass
version_added: 0.3.0
description:
  - Runs test scenarios, scenarios and builds, computes data quality and project standards, one gate after the other, and
    fails with the first that does not pass.
  - What goes wrong inside a gate makes it fail, an error of the node included. Names that do not exist fail the task before
    anything runs.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._wait
  - dataiku_iac.dss._wait.project
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode looks up what would run, and starts nothing.
  idempotent:
    support: none
    details:
      - Each task runs what the gates name. A list that only reads reports no change.
options:
  wait_timeout:
    description:
      - Seconds that each gate may take which does not say so itself.
  gates:
    description:
      - The gates, in their order. Each has one of C(test_scenarios), C(scenario), C(build), C(recipe), C(data_quality) and
        C(project_standards).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What the gate is called in messages.
        type: str
      test_scenarios:
        description:
          - Runs all test scenarios of the project, one after the other, when it is V(true).
        type: bool
      scenario:
        description:
          - Id or name of a scenario to run.
        type: str
      params:
        description:
          - Parameters of the trigger, for C(scenario).
        type: dict
      fail_on:
        description:
          - Outcomes that do not pass, for scenarios; V(FAILED) and V(ABORTED) without it.
        type: list
        elements: str
        choices: [WARNING, FAILED, ABORTED]
      build:
        description:
          - What to build, as O(dataiku_iac.dss.build#module:outputs).
        type: list
        elements: raw
      recipe:
        description:
          - Name of a recipe whose outputs are built.
        type: str
      type:
        description:
          - Type of the build, as O(dataiku_iac.dss.build#module:type).
        type: str
        choices:
          - recursive
          - forced
          - recursive_forced
          - missing
          - RECURSIVE_BUILD
          - NON_RECURSIVE_FORCED_BUILD
          - RECURSIVE_FORCED_BUILD
          - RECURSIVE_MISSING_ONLY_BUILD
      partition:
        description:
          - Partitions to build, or the partition whose rules are computed.
        type: str
      data_quality:
        description:
          - Names of datasets, or V(true) for all whose data quality DSS monitors.
        type: raw
      allowed:
        description:
          - Statuses of data quality that pass; V(OK) and V(WARNING) without it.
        type: list
        elements: str
      compute:
        description:
          - Whether the rules are computed before they are judged. They are unless this is V(false).
        type: bool
      project_standards:
        description:
          - Runs the checks of the project standards when it is V(true). A check that cannot run does not pass.
        type: bool
      max_severity:
        description:
          - Highest severity that passes, from V(0), no issue, to V(5), critical. It is V(3) without it.
        type: int
      checks:
        description:
          - Ids of checks. Without it those of the scope of the project run.
        type: list
        elements: str
      allow_none:
        description:
          - Whether a gate passes that has nothing to judge, such as a project without test scenarios.
        type: bool
      wait_timeout:
        description:
          - Seconds that this gate may take.
        type: float
      abort_on_timeout:
        description:
          - Whether a scenario or job that takes too long is aborted.
        type: bool
  fail:
    description:
      - Whether the task fails when a gate does not pass. RV(passed) says it anyway.
    type: bool
    default: true
  fail_fast:
    description:
      - Whether the gates behind one that does not pass are left out.
    type: bool
    default: true
seealso:
  - module: dataiku_iac.dss.scenario_run
  - module: dataiku_iac.dss.build
"""

EXAMPLES = r"""
- name: What has to be good before the next environment
  dataiku_iac.dss.gate:
    project: QUICKSTART
    gates:
      - test_scenarios: true
      - name: customers can be built
        build: [customers_clean]
        wait_timeout: 900
      - data_quality: [customers]
        allowed: [OK]
      - project_standards: true
        max_severity: 2

- name: Know it without failing
  dataiku_iac.dss.gate:
    project: QUICKSTART
    gates:
      - scenario: Nightly build
        params: {day: "2026-05-04"}
        fail_on: [WARNING, FAILED, ABORTED]
      - recipe: clean_customers
    fail: false
    fail_fast: false
"""

RETURN = r"""
gates:
  description: The gates that were evaluated, in their order.
  returned: when this is not check mode
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    type:
      description: Its type, such as V(test_scenarios).
      type: str
      returned: always
    passed:
      description: Whether it passed.
      type: bool
      returned: always
    seconds:
      description: How long it took.
      type: float
      returned: always
    message:
      description: Why, in one sentence.
      type: str
      returned: always
    log:
      description: The end of the log of what failed, or an empty text.
      type: str
      returned: always
  sample:
    - {name: test_scenarios, type: test_scenarios, passed: true, seconds: 4.2, message: 2 of 2 test scenarios passed, log: ""}
passed:
  description: Whether all gates passed.
  returned: when this is not check mode
  type: bool
  sample: true
msg:
  description: The same for people; it names the gate that did not pass, and why.
  returned: when this is not check mode
  type: str
  sample: all 4 gates passed
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("gate")


if __name__ == "__main__":
    main()
