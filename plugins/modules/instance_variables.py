#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_variables
short_description: Manage the variables of a DSS node
version_added: 0.4.0
description:
  - Sets variables of the instance. Those that are not named stay unless O(exclusive) is set.
  - They are no place for secrets, since every user of the node can read them.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._changes
  - dataiku_iac.dss._instance_variables
  - dataiku_iac.dss._attributes
seealso:
  - module: dataiku_iac.dss.configuration
"""

EXAMPLES = r"""
- name: The stage of the node
  dataiku_iac.dss.instance_variables:
    variables:
      stage: dev
      regions: [eu, us]

- name: Nothing but the stage
  dataiku_iac.dss.instance_variables:
    variables:
      stage: dev
    exclusive: true
"""

RETURN = r"""
plan:
  description: What was to be done. Objects that are as declared are only counted.
  returned: always, unless the options are wrong or the node cannot be reached
  type: dict
  contains:
    summary:
      description: How many objects to C(create), C(update), C(replace), C(delete), and how many are C(unchanged).
      type: dict
      returned: always
      sample: {create: 1, update: 0, replace: 0, delete: 0, unchanged: 0}
    actions:
      description:
        - The actions, in order, with the changed paths and their values. Secrets are replaced.
        - C(docs/schemas/plan.schema.json) describes the whole plan.
      type: list
      elements: dict
      returned: success
      sample:
        - address: instance_variables
          action: update
          cause: config
          source: project.yml:14:5
          reason: null
          changes:
            - {path: tags, before: [demo], after: [demo, gold], cause: null}
    text:
      description: The plan for people.
      type: str
      returned: success
      sample: "Plan: 1 to create, 0 to update, 0 to replace, 0 to delete."
    markdown:
      description: The plan as a table, for a pull request.
      type: str
      returned: success
      sample: "**Plan: 1 to create, 0 to update, 0 to replace, 0 to delete.**"
outcome:
  description: What an apply did.
  returned: when something was to be changed and this is not check mode
  type: dict
  contains:
    applied:
      description: Addresses that are done.
      type: list
      elements: str
      returned: always
    failed:
      description: Addresses that failed, each with its message.
      type: list
      elements: dict
      returned: always
    skipped:
      description: Addresses that were not started.
      type: list
      elements: str
      returned: always
  sample: {applied: [instance_variables], failed: [], skipped: []}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("instance_variables")


if __name__ == "__main__":
    main()
