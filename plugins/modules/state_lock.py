#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: state_lock
short_description: Show or break the lock of a state
version_added: 0.2.0
description:
  - A run that may change a project holds the lock of its state. A run that was killed is recognised, so that its lock
    goes to the next run without help; breaking a lock is for the rest.
  - A run whose lock was broken stops before its next call to the node.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._state
  - dataiku_iac.dss._state.place
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode breaks no lock.
  diff_mode:
    support: none
  action_group:
    membership:
      - dataiku_iac.dss.dss_state
options:
  action:
    description:
      - V(show) says who holds the lock. V(break) takes it from whoever does.
    type: str
    choices: [show, break]
    default: show
seealso:
  - module: dataiku_iac.dss.state
"""

EXAMPLES = r"""
- name: Who holds the lock
  dataiku_iac.dss.state_lock:
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}

- name: The machine of that run is gone for good
  dataiku_iac.dss.state_lock:
    action: break
    environment: dev
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}
"""

RETURN = r"""
lock:
  description:
    - Who holds the lock, or held it until it was broken; null where nobody does.
    - Also an expired lock is shown. The times are in UTC.
  returned: always
  type: dict
  contains:
    owner:
      description: The user, that of the CI job or AWX where there is one.
      type: str
      returned: always
    host:
      description: The machine.
      type: str
      returned: always
    operation:
      description: What it is held for.
      type: str
      returned: always
    since:
      description: When it was taken.
      type: str
      returned: always
    job:
      description: The job of AWX or CI, or an empty text.
      type: str
      returned: always
    expires:
      description: When it ends unless its run renews it.
      type: str
      returned: always
  sample:
    owner: ada
    host: runner-7
    operation: apply
    since: "2026-05-04T09:30:00.000Z"
    job: AWX job 4711
    expires: "2026-05-04T09:31:00.000Z"
msg:
  description: What was done, or would be.
  returned: when something changes
  type: str
  sample: the lock of ada on runner-7 is broken
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("state_lock")


if __name__ == "__main__":
    main()
