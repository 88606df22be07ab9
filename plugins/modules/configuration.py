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
  - What was applied is recorded in a state outside DSS, so that a plan can tell what the configuration changed from what
    somebody changed in DSS, and so that an object taken out of the configuration is deleted. C(docs/state.md) explains it.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._changes
  - dataiku_iac.dss._state
  - dataiku_iac.dss._state.settle
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - It takes no lock either. The file O(plan_file) is the only thing that it writes, and with a shared backend
        the same plan there.
  action_group:
    membership:
      - dataiku_iac.dss.dss
      - dataiku_iac.dss.dss_state
options:
  path:
    description:
      - File, or directory with C(project.yml), that holds the configuration.
      - A directory with a folder C(projects) holds several projects, which are one plan.
      - A relative path counts from the directory of the playbook.
    type: path
  definition:
    description:
      - The configuration itself.
    type: dict
  environment:
    description:
      - Name of a file in C(environments/) beside the configuration, with variables and overrides.
      - Each environment has a state of its own. Without an environment the state is named after the host of the node.
      - Falls back to the variable C(dss_environment).
    type: str
  environment_content:
    description:
      - What a file in C(environments/) holds, as data with C(variables), C(overrides), C(settings) and C(remapping).
      - It is laid over the file O(environment), which then need not exist.
      - Falls back to the variable C(dss_environment_content).
    type: dict
    version_added: 0.3.0
  variables:
    description:
      - Values for C(${NAME}) and C({{ NAME }}) in the configuration; they win over those of the environment.
    type: dict
    default: {}
  prune:
    description:
      - Whether to delete objects of the project that are not declared and were never recorded, in the sections that the
        configuration contains. What is recorded and no longer declared is deleted with V(false) as well.
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
  on_failure:
    description:
      - V(keep) leaves what a failed run did, for the next run to go on from. V(rollback) undoes it at once.
    type: str
    choices: [keep, rollback]
    default: keep
  on_drift:
    description:
      - What to do where somebody changed DSS since the last apply. V(overwrite) makes it as declared, V(fail) stops before
        anything is changed, V(keep) leaves it alone.
      - Without it C(drift_policy) of the environment decides (C(alert_only) is V(keep), C(auto_correct) is V(overwrite)),
        and else it is V(overwrite).
    type: str
    choices: [overwrite, fail, keep]
  plan_file:
    description:
      - File that the plan is written to in check mode, and that is applied without it. A relative path counts from the
        directory of the playbook, or with a playbook of this collection from where C(ansible-playbook) was started.
      - Exactly that plan is applied, or the run fails and says what has moved since. Secrets are given again.
      - A plan for a backend that is not V(local) is also kept there. Such a plan can be applied by its digest, V(sha256:...).
      - An environment with C(require_approval) applies nothing without it.
    type: str
  only:
    description:
      - Plan and apply a part of the configuration. A member is an address such as V(dataset.SALES.orders), also with V(*)
        and without the project, or V(tag:NAME), or V(zone:NAME).
      - What the part needs is taken along, and what stays behind is listed.
    type: list
    elements: str
  refresh:
    description:
      - V(auto) reads only what may have changed, as far as the Git history of the project tells; V(full) reads everything.
    type: str
    choices: [auto, full]
    default: auto
  refresh_max_age:
    description:
      - Hours after which everything is read again.
    type: float
    default: 24.0
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
  allow_python:
    description:
      - Whether a configuration that is a Python program (C(project.py)) is run to build it. It may do whatever the user may.
    type: bool
    default: false
    version_added: 0.4.0
  validate_only:
    description:
      - Check the configuration without a node and without a key.
    type: bool
    default: false
seealso:
  - module: dataiku_iac.dss.project
  - module: dataiku_iac.dss.dataset
  - module: dataiku_iac.dss.recipe
  - module: dataiku_iac.dss.rollback
  - module: dataiku_iac.dss.state
  - module: dataiku_iac.dss.state_lock
  - plugin: dataiku_iac.dss.report
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: The same project under the names of another environment
  dataiku_iac.dss.configuration:
    environment: staging
    environment_content:
      variables:
        OWNER: platform
      remapping:
        connections:
          filesystem_dev: filesystem_managed
    definition:
      project:
        key: REMAPPED
        name: Of ${OWNER}
      datasets:
        - name: customers
          type: managed
          connection: filesystem_dev

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

- name: Only the datasets whose name begins with cust, and stop if somebody changed them in DSS
  dataiku_iac.dss.configuration:
    path: "{{ playbook_dir }}/configuration"
    environment: dev
    only: [dataset.cust*]
    on_drift: fail

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
          cause: drift
          source: project.yml:14:5
          reason: null
          changes:
            - {path: tags, before: [demo], after: [demo, gold], cause: drift}
    drift:
      description:
        - What somebody changed in DSS since the last apply, who that was as far as the Git history of the project tells, and in
          C(accept) the YAML that would declare it.
      type: list
      elements: dict
      returned: when there is any
      sample:
        - address: dataset.QUICKSTART.customers
          deleted: false
          fields: [tags]
          left: []
          who:
            - {author: ada, at: "2026-05-04T09:30:00+00:00", message: Edited dataset customers, commit: 163391fe814099b6}
          accept: |
            datasets:
            - name: customers
              type: Filesystem
              tags: [demo]
    impact:
      description:
        - What follows from the plan, each list with its C(count) and the C(first) hundred. Datasets that are out of date
          after it, columns that no longer fit, scenarios that run or are due, data that is lost, and what no undo brings back.
      type: dict
      returned: success
    left:
      description: With O(only), what stays behind by action (C(left)), and for what anything was taken along (C(brought)).
      type: dict
      returned: with O(only)
      sample: {left: {update: [recipe.QUICKSTART.join]}, brought: {project.QUICKSTART: dataset.QUICKSTART.customers}}
    forgets:
      description: Addresses that leave the state without a change of the node, each with the reason.
      type: dict
      returned: when there are any
    adopted:
      description: Addresses that the node holds and the state does not record yet.
      type: list
      elements: str
      returned: success
    unmanaged:
      description: Objects of the project that nobody declared and the state does not record.
      type: list
      elements: str
      returned: when they were listed
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
digest:
  description: What tells this plan from any other, and by which O(plan_file) finds it in a shared backend.
  returned: always, unless the options are wrong or the node cannot be reached
  type: str
  sample: sha256:4270754395b7cab03a5a9aff09d611099c235211a4be1d32dddc956c10d45c26
projects:
  description: What was done for each project, in the order of their plan. C(project) is null for what belongs to the node.
  returned: when the configuration holds several projects
  type: list
  elements: dict
  sample: [{project: SOURCES, changed: true, digest: null}, {project: ANALYSIS, changed: false, digest: null}]
rollback:
  description: How the undo of a failed run went, as from M(dataiku_iac.dss.rollback).
  returned: when the run failed and O(on_failure=rollback)
  type: dict
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
