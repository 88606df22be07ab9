#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: configuration
short_description: Plan and apply a whole configuration of a DSS project
version_added: 0.1.0
description:
  - Makes a project and its objects as declared in YAML, in one call.
  - In check mode it prints the plan and changes nothing; with C(--diff) the plan shows every field.
  - Only what is declared is compared and changed; every other field belongs to DSS or to a colleague.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._changes
  - dataiku_iac.dss._attributes
options:
  path:
    description:
      - File, or directory with C(project.yml), that holds the configuration.
      - A relative path counts from the directory of the playbook.
    type: path
  definition:
    description:
      - The configuration itself.
    type: dict
  environment:
    description:
      - Name of a file in C(environments/) beside the configuration, with variables and overrides.
    type: str
  variables:
    description:
      - Values for C(${NAME}) and C({{ NAME }}) in the configuration; they win over those of the environment.
    type: dict
    default: {}
  prune:
    description:
      - Whether to delete objects of the project that are not declared, in the sections that the configuration contains.
    type: bool
    default: false
  confirm:
    description:
      - Key of the project, to confirm O(state=absent), which deletes the whole project.
    type: str
  on_error:
    description:
      - V(stop) starts nothing new after a failure; V(continue) skips only what depends on what failed.
    type: str
    choices: [stop, continue]
    default: stop
  naming:
    description:
      - V(dss) refuses names that DSS refuses; V(strict) asks for upper case datasets and lower case recipes.
    type: str
    choices: [dss, strict]
    default: dss
  strict:
    description:
      - Whether unknown keys are errors. They are warnings with V(false).
    type: bool
    default: true
  validate_only:
    description:
      - Check the configuration without a node and without a key.
    type: bool
    default: false
seealso:
  - module: dataiku_iac.dss.project
  - module: dataiku_iac.dss.dataset
  - module: dataiku_iac.dss.recipe
"""

EXAMPLES = r"""
- name: A project with one dataset
  dataiku_iac.dss.configuration:
    definition:
      version: "1.0"
      project:
        key: QUICKSTART
        name: Quickstart
      datasets:
        - name: customers
          type: managed
          format_type: csv

- name: Everything in a directory, and nothing else
  dataiku_iac.dss.configuration:
    path: "{{ playbook_dir }}/configuration"
    environment: dev
    prune: true
    max_deletes: 20

- name: The whole project is gone, its data stays
  dataiku_iac.dss.configuration:
    path: "{{ playbook_dir }}/configuration"
    environment: dev
    state: absent
    confirm: QUICKSTART
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
        - address: dataset.QUICKSTART.customers
          action: update
          cause: null
          source: project.yml:14:5
          reason: null
          changes:
            - {path: tags, before: [demo], after: [demo, gold]}
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
  sample: {applied: [dataset.QUICKSTART.customers], failed: [], skipped: []}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("configuration")


if __name__ == "__main__":
    main()
