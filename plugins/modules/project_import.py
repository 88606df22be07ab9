#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: project_import
short_description: Write the configuration of a DSS project that exists
version_added: 0.4.0
description:
  - Reads a project from a node, from its zip export or from the working tree of its Git repository, and writes the
    configuration that declares it, for M(dataiku_iac.dss.configuration).
  - YAML holds only what differs from the defaults of each type. Code and payloads are files of their own.
  - It ends with a plan of what was written against what was read. The plan is empty, or the module fails and names
    every object and field that is not covered. The files are written all the same, and nothing is recorded.
  - What is imported from a node is recorded in the state, so that the next run of M(dataiku_iac.dss.configuration)
    knows it.
  - Secrets are never written. Each is a variable, which RV(secrets) and the file C(secrets.example.yml) name.
  - Nothing is changed on the node. C(docs/import.md) says more.
author:
  - Dataiku IaC contributors (!UNKNOWN)
requirements:
  - ruamel.yaml >= 0.18, with O(update=true)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._state
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode reads, and writes neither a file nor the state.
  diff_mode:
    details:
      - The diff is that of the files.
  action_group:
    membership:
      - dataiku_iac.dss.dss
      - dataiku_iac.dss.dss_state
options:
  path:
    description:
      - Directory of the configuration, which is made if it is not there. It holds one project.
      - A relative path counts from the directory of the playbook.
    type: path
    required: true
  project:
    description:
      - Key of the project. With O(source) it is needed only where the source does not name it.
      - Falls back to the variable C(dss_project).
    type: str
  source:
    description:
      - Zip export of the project, or the directory of its Git repository, to be read in place of a node.
      - Nothing is recorded then, and no node is asked.
      - A relative path counts from the directory of the playbook.
    type: path
  layout:
    description:
      - V(split) writes one YAML file for each object, V(single) one for all of them. Code is in files either way.
    type: str
    choices: [split, single]
    default: split
  update:
    description:
      - Whether a configuration that is in O(path) already is changed where it differs from DSS. Comments, order and
        spelling of the rest stay. Drift is accepted this way.
      - Without it a configuration that differs is an error.
    type: bool
    default: false
  environment:
    description:
      - Environment of the state, as for M(dataiku_iac.dss.configuration). Without it the host of the node stands for it.
      - Its file in the directory C(environments) is used where there is one, with O(update=true).
      - Falls back to the variable C(dss_environment).
    type: str
  variables:
    description:
      - Values of variables that the configuration in O(path) uses, with O(update=true).
    type: dict
    default: {}
  adopt:
    description:
      - Whether what is imported from a node is recorded in the state.
    type: bool
    default: true
  listing:
    description:
      - V(index) asks the node for an export of the project without data, and lists only kinds that have a file in it.
      - V(full) lists every kind, which costs more calls.
    type: str
    choices: [index, full]
    default: index
seealso:
  - module: dataiku_iac.dss.configuration
  - module: dataiku_iac.dss.state
"""

EXAMPLES = r"""
- name: The project as a configuration
  dataiku_iac.dss.project_import:
    project: QUICKSTART
    path: "{{ playbook_dir }}/quickstart"
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: What was changed in DSS since goes into the files
  dataiku_iac.dss.project_import:
    project: QUICKSTART
    path: "{{ playbook_dir }}/quickstart"
    update: true
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: A project of which there is only an export, in one file
  dataiku_iac.dss.project_import:
    source: "{{ playbook_dir }}/export.zip"
    path: "{{ playbook_dir }}/from_export"
    layout: single
"""

RETURN = r"""
project:
  description: Key of the project.
  returned: success
  type: str
  sample: QUICKSTART
files:
  description: Files that were written or removed, or would be, by their path below O(path).
  returned: success
  type: dict
  contains:
    created:
      description: New files.
      type: list
      elements: str
      returned: always
    updated:
      description: Changed files.
      type: list
      elements: str
      returned: always
    removed:
      description: Files of what is no longer in DSS.
      type: list
      elements: str
      returned: always
  sample: {created: [project.yml, datasets/customers.yml], updated: [], removed: []}
resources:
  description: Addresses of everything that was read.
  returned: success
  type: list
  elements: str
  sample: [project.QUICKSTART, dataset.QUICKSTART.customers]
requirements:
  description: What the project needs of its instance, as in the section C(requirements) of the configuration.
  returned: success
  type: dict
  sample: {connections: [filesystem_managed], users: [admin]}
secrets:
  description: Variables that have to be provided before the configuration can be used.
  returned: success
  type: list
  elements: dict
  contains:
    variable:
      description: Name of the variable.
      type: str
      returned: always
    address:
      description: Address of the object.
      type: str
      returned: always
    path:
      description: Where the secret is in the JSON of DSS.
      type: str
      returned: always
not_imported:
  description: Files of the project that belong to no kind of object of this collection, counted by folder.
  returned: success
  type: dict
  sample: {explore: 12}
plan:
  description: The plan of what was written against what was read. C(docs/schemas/plan.schema.json) describes it.
  returned: success
  type: dict
  contains:
    summary:
      description: How many objects to C(create), C(update), C(replace), C(delete), and how many are C(unchanged).
      type: dict
      returned: always
      sample: {create: 0, update: 0, replace: 0, delete: 0, unchanged: 2}
    actions:
      description: Empty where the module succeeds.
      type: list
      elements: dict
      returned: success
    text:
      description: The plan for people.
      type: str
      returned: success
    markdown:
      description: The plan as a table.
      type: str
      returned: success
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("project_import")


if __name__ == "__main__":
    main()
