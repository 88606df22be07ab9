#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: state
short_description: Look at what the state records of a DSS project, and change it
version_added: 0.2.0
description:
  - The state records what was last applied to one project in one environment. This module never changes a node.
  - Without O(project) it is about the state of the instance, which records connections.
  - Every change makes a new version of the state; former versions stay readable.
  - C(docs/state.md) explains states.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._state
  - dataiku_iac.dss._state.place
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode takes no lock and writes nothing.
  diff_mode:
    support: none
  action_group:
    membership:
      - dataiku_iac.dss.dss
      - dataiku_iac.dss.dss_state
options:
  action:
    description:
      - V(list) gives what is recorded, the versions, the lock and a run that did not end.
      - V(show) gives what is recorded as O(address), with the declared fields in DSS's own form. Secrets are replaced.
      - V(move) lets what is recorded as O(address) be O(to), after an object was renamed in DSS and in the configuration.
      - V(forget) takes O(address) out of the state. The object stays on the node.
      - V(adopt) records as O(address) an object that the node holds. Nothing else needs the options of a node.
      - V(restore) makes O(version) the state again, also in place of a state that cannot be read. To change the node
        as well use M(dataiku_iac.dss.rollback).
      - V(migrate) copies the state to the backend O(target), or takes over the state O(source) of another tool.
    type: str
    choices: [list, show, move, forget, adopt, restore, migrate]
    default: list
  address:
    description:
      - Address of what is recorded, such as V(dataset.SALES.orders) or V(connection.warehouse).
      - Required for V(show), V(move), V(forget) and V(adopt).
    type: str
  to:
    description:
      - The new address, of the same kind.
      - Required for V(move).
    type: str
  id:
    description:
      - Id that the server gave the object, for O(action=adopt). It is needed where several objects have the name.
    type: str
  version:
    description:
      - Number of a version that O(action=list) lists.
      - Required for V(restore).
    type: int
  source:
    description:
      - File with the state of another tool, for O(action=migrate) into an empty state. Three layouts are known.
      - A relative path counts from the directory of the playbook.
    type: path
  target:
    description:
      - A backend as in O(state_backend), for O(action=migrate). It gets the present version, encrypted with
        O(encryption_key) where that is given. What O(state_backend) holds is left there.
    type: dict
seealso:
  - module: dataiku_iac.dss.configuration
  - module: dataiku_iac.dss.rollback
  - module: dataiku_iac.dss.state_lock
"""

EXAMPLES = r"""
- name: What is recorded
  dataiku_iac.dss.state:
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: One dataset as it was last applied
  dataiku_iac.dss.state:
    action: show
    address: dataset.QUICKSTART.customers
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: The dataset was renamed in DSS and in the configuration
  dataiku_iac.dss.state:
    action: move
    address: dataset.QUICKSTART.customers
    to: dataset.QUICKSTART.clients
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: Another team looks after this dataset from now on
  dataiku_iac.dss.state:
    action: forget
    address: dataset.QUICKSTART.clients
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: We look after it again
  dataiku_iac.dss.state:
    action: adopt
    address: dataset.QUICKSTART.customers
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: Back to what version 1 recorded
  dataiku_iac.dss.state:
    action: restore
    version: 1
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: Keep the state in a repository from now on
  dataiku_iac.dss.state:
    action: migrate
    target: {type: git, path: "{{ playbook_dir }}/states.git"}
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}
"""

RETURN = r"""
resource:
  description: One resource as it was last applied. Secrets are replaced.
  returned: with O(action=show)
  type: dict
  sample:
    address: dataset.QUICKSTART.customers
    kind: dataset
    name: customers
    object_id: customers
    status: healthy
    deployed_at: "2026-11-21T08:00:00.000Z"
    deployed_by: alice
    prevent_destroy: false
    checksum: "sha256:3e8a09d8b8ce5fe8c6452dec5c17723345d741ff71b7b1b6f01b8e86d79ea10d"
    declared: {type: Filesystem, managed: true, tags: [gold]}
    dependencies: [project.QUICKSTART]
    modes: {}
state:
  description:
    - What is recorded, without any value that was declared. C(docs/schemas/report.schema.json) describes it.
  returned: with O(action=list)
  type: dict
  contains:
    place:
      description: Where the state is.
      type: str
      returned: always
      sample: /srv/states/dev/QUICKSTART.state.json
    lineage:
      description: What stays the same in all versions of one state; null where nothing was applied yet.
      type: str
      returned: always
      sample: 00c9651c-a4ac-4f9e-bb84-866413d08a3d
    serial:
      description: Number of the present version; 0 where nothing was applied yet.
      type: int
      returned: always
      sample: 2
    resources:
      description: What is recorded, by address.
      type: list
      elements: dict
      returned: always
      sample:
        - address: dataset.QUICKSTART.customers
          kind: dataset
          status: healthy
          object_id: customers
          deployed_at: "2026-05-04T09:30:00.000Z"
          deployed_by: ada
          checksum: sha256:a7dd86d7b0753364e992ad04dfacc3e583de6a2f99945eb40a45e61486da3b0c
          dependencies: [project.QUICKSTART]
    versions:
      description: The versions that are kept, the present one last. C(run) is empty where the node was not changed.
      type: list
      elements: dict
      returned: always
      sample:
        - {serial: 1, at: "2026-05-04T09:00:00.000Z", by: ada, operation: apply, run: 6c8bcc60ccf94d8c8f3c5b2147a46907}
    lock:
      description: Who holds the lock, or null.
      type: dict
      returned: always
    interrupted:
      description: The run that did not end, or null.
      type: dict
      returned: always
msg:
  description: What was done, or would be.
  returned: when something changes
  type: str
  sample: dataset.QUICKSTART.clients is not recorded any more; the object stays
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("state")


if __name__ == "__main__":
    main()
