#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rollback
short_description: Undo what was applied to a DSS project
version_added: 0.2.0
description:
  - Brings a project back to what a former version of the state records, from the journals of the runs since.
  - Objects that those runs made are deleted, paths that they changed get their former value, and objects that they
    deleted come back under their name. What others changed elsewhere stays.
  - It is verified by reading back. What no API can give back is named in RV(rollback.not_restored); check mode names it before.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._state
  - dataiku_iac.dss._state.place
  - dataiku_iac.dss._state.settle
  - dataiku_iac.dss._attributes
attributes:
  idempotent:
    support: partial
    details:
      - With O(to) the second run changes nothing. Without it the second run undoes the first.
  action_group:
    membership:
      - dataiku_iac.dss.dss
      - dataiku_iac.dss.dss_state
options:
  to:
    description:
      - Number of the version to go back to; V(0) is before the first run. M(dataiku_iac.dss.state) lists the versions.
      - Without it a run that did not end is undone, or else the last run.
    type: int
  method:
    description:
      - V(journal) undoes with what the journals hold.
      - V(git) lets DSS revert the project by its own Git history, and undoes the rest from the journals. It is refused
        where the state does not record every object of the project or others have committed since.
    type: str
    choices: [journal, git]
    default: journal
seealso:
  - module: dataiku_iac.dss.configuration
  - module: dataiku_iac.dss.state
"""

EXAMPLES = r"""
- name: Undo the last run
  dataiku_iac.dss.rollback:
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: Back to what version 1 records
  dataiku_iac.dss.rollback:
    to: 1
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}
"""

RETURN = r"""
plan:
  description: What was to be done, as for M(dataiku_iac.dss.configuration). C(docs/schemas/plan.schema.json) describes it.
  returned: success
  type: dict
  contains:
    summary:
      description: How many objects to C(create), C(update), C(replace), C(delete), and how many are C(unchanged).
      type: dict
      returned: always
      sample: {create: 0, update: 1, replace: 0, delete: 0, unchanged: 0}
    actions:
      description: The actions, in order. Secrets are replaced.
      type: list
      elements: dict
      returned: success
    not_restored:
      description: What no API can give back.
      type: list
      elements: str
      returned: when something is to be undone
    text:
      description: The plan for people.
      type: str
      returned: success
      sample: "Plan: 0 to create, 1 to update, 0 to replace, 0 to delete."
    markdown:
      description: The plan as a table, for a pull request.
      type: str
      returned: success
to:
  description: The version that was gone back to.
  returned: success
  type: int
  sample: 1
rollback:
  description: How it went.
  returned: when something was to be undone and this is not check mode
  type: dict
  contains:
    succeeded:
      description: Whether everything that an API can give back is as it was.
      type: bool
      returned: always
    seconds:
      description: How long it took.
      type: float
      returned: always
    restored:
      description: Addresses that are as they were.
      type: list
      elements: str
      returned: always
    failed:
      description: Addresses that failed, each with its message.
      type: list
      elements: dict
      returned: always
    not_restored:
      description: What no API can give back, in words.
      type: list
      elements: str
      returned: always
    differs:
      description: What is not as it was although nothing stands in the way.
      type: list
      elements: str
      returned: always
  sample:
    {succeeded: true, seconds: 0.4, restored: [dataset.QUICKSTART.customers], failed: [], not_restored: [], differs: []}
msg:
  description: The same for people.
  returned: when something was to be undone and this is not check mode
  type: str
  sample: "rolled back in 0.4 s: 1 objects are as they were before"
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("rollback")


if __name__ == "__main__":
    main()
