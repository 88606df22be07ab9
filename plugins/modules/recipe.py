#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: recipe
short_description: Manage a recipe of a DSS project
version_added: 0.1.0
description:
  - Creates, changes or deletes a recipe with what it reads and writes, its code or its settings.
  - Only what is declared is compared and changed; every other field belongs to DSS or to a colleague.
  - The settings of a visual recipe are written in the option of its type, such as O(join) or O(prepare), and what that cannot say in
    O(payload).
  - After a visual recipe was made or works in another way, the schemas of its outputs are updated, unless O(update_output_schemas=false).
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._changes
  - dataiku_iac.dss._recipe
  - dataiku_iac.dss._attributes
seealso:
  - module: dataiku_iac.dss.configuration
"""

EXAMPLES = r"""
- name: A dataset to write
  dataiku_iac.dss.dataset:
    project: QUICKSTART
    name: customers_clean
    type: managed

- name: A Python recipe
  dataiku_iac.dss.recipe:
    project: QUICKSTART
    name: clean_customers
    type: python
    outputs: [customers_clean]
    code: |
      import dataiku
      dataiku.Dataset("customers_clean")

- name: Its columns, by a prepare recipe
  dataiku_iac.dss.dataset:
    project: QUICKSTART
    name: customers_short
    type: managed

- name: A prepare recipe
  dataiku_iac.dss.recipe:
    project: QUICKSTART
    name: shorten_customers
    type: shaker
    inputs: [customers_clean]
    outputs: [customers_short]
    prepare:
      - rename_columns: {cust_nm: name}
      - formula: {column: initial, expression: substring(name, 0, 1)}
      - keep_columns: [name, initial]

- name: The recipe is gone, its output stays
  dataiku_iac.dss.recipe:
    project: QUICKSTART
    name: clean_customers
    state: absent
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
        - address: recipe.QUICKSTART.clean_customers
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
  sample: {applied: [recipe.QUICKSTART.clean_customers], failed: [], skipped: []}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("recipe")


if __name__ == "__main__":
    main()
