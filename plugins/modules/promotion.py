#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: promotion
short_description: Bring a bundle to the node of an environment, and back
version_added: 0.3.0
description:
  - One step of a promotion to one environment. The role P(dataiku_iac.dss.promote#role) puts the steps together, with tests between them.
  - O(action=activate) remembers what is truly active on the automation node, brings the bundle in (import, remapping, preload,
    local variables, activation) and reads everything back. Where a step fails, what was active before is put back at once.
  - O(action=accept) ends the promotion. O(action=rollback) puts back what was active before it and reads it back.
  - What is remembered is kept beside the states of the environment, under the same lock as M(dataiku_iac.dss.configuration). A run that
    was killed is finished by the next one with the same bundle, and undone by one with another bundle or by a rollback.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._state
  - dataiku_iac.dss._other_node.compared
  - dataiku_iac.dss._other_node.deployer
  - dataiku_iac.dss._attributes
attributes:
  action_group:
    membership:
      - dataiku_iac.dss.dss
      - dataiku_iac.dss.dss_state
options:
  action:
    description:
      - V(activate) makes the bundle active, unless it is and was accepted.
      - V(accept) says that the tests have passed.
      - V(rollback) goes back to what was active before the last promotion, or with O(to) to any bundle that is on the node.
      - V(show) only says what is active and what is remembered.
    type: str
    choices: [activate, accept, rollback, show]
    default: activate
  environment:
    description:
      - Environment of the node, such as V(prod). It names the place where the promotion is remembered.
      - Falls back to the variable C(dss_environment).
    type: str
    required: true
  project:
    description:
      - Key of the project.
      - Falls back to the variable C(dss_project).
    type: str
    required: true
  bundle:
    description:
      - Id of the bundle that is to be active.
    type: str
  path:
    description:
      - Its archive. It is not needed for a bundle that is on the node already.
      - A relative path counts from the directory of the playbook.
    type: path
  checksum:
    description:
      - Checksum of the archive, V(sha256:...) as M(dataiku_iac.dss.bundle) returns it. It is verified before the archive is sent.
    type: str
  run:
    description:
      - The promotion that is to be accepted or undone, RV(promotion.run) of O(action=activate). Another one is left alone then.
    type: str
  to:
    description:
      - With O(action=rollback), the id of a bundle on the node to go back to. Remapping, variables and scenarios stay as they are.
    type: str
  remapping:
    description:
      - Names of connections, code environments and containers by the names that the bundle has, with the keys C(connections),
        C(code_envs) and C(containers). A section that is given becomes that of the project; one that is not stays as it is.
      - Without it that of O(environment_content) counts.
    type: dict
  environment_content:
    description:
      - What the environment says, of which this module takes C(remapping).
      - Falls back to the variable C(dss_environment_content), which the inventory plugin sets.
    type: dict
  local_variables:
    description:
      - Local variables of the project, by name. Others stay as they are.
    type: dict
    default: {}
  scenarios:
    description:
      - Whether scenarios are to be active, V(true) or V(false) by id. Others stay as they are.
    type: dict
    default: {}
  running:
    description:
      - What to do while jobs or scenarios run in the project. V(wait) waits for them, V(refuse) fails, V(ignore) goes on.
    type: str
    choices: [wait, refuse, ignore]
    default: wait
  on_finding:
    description:
      - What to do where the node lacks something. V(fail) stops before anything moves, V(warn) goes on.
    type: str
    choices: [fail, warn]
    default: fail
  permissions:
    description:
      - What becomes of the permissions in the bundle when the first one makes the project.
    type: str
    choices: [NONE, READ_ONLY, ALL]
    default: NONE
  project_folder:
    description:
      - Id of the project folder in which the first bundle makes the project.
    type: str
  wait_timeout:
    description:
      - Seconds to wait for running jobs, for preloading, and for a deployment.
    type: float
    default: 3600.0
seealso:
  - module: dataiku_iac.dss.bundle
  - module: dataiku_iac.dss.connection_remapping
  - module: dataiku_iac.dss.gate
"""

EXAMPLES = r"""
- name: The new bundle is active in production
  dataiku_iac.dss.promotion:
    environment: prod
    project: QUICKSTART
    bundle: v2
    path: "{{ playbook_dir }}/v2.zip"
    checksum: "{{ v2_checksum }}"
    remapping:
      connections: {warehouse: warehouse_prod}
    local_variables: {region: eu}
    scenarios: {NIGHTLY: true}
    source: {host: dev_design}
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}
  delegate_to: prod_automation

- name: The tests have passed
  dataiku_iac.dss.promotion:
    action: accept
    environment: prod
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}
  delegate_to: prod_automation

- name: Back to what was active before
  dataiku_iac.dss.promotion:
    action: rollback
    environment: prod
    project: QUICKSTART
    state_backend: {type: local, path: "{{ playbook_dir }}/states"}
  delegate_to: prod_automation
"""

RETURN = r"""
promotion:
  description: What is remembered.
  returned: where a promotion is recorded
  type: dict
  contains:
    run:
      description: Tells this promotion from others.
      type: str
      returned: always
    status:
      description:
        - V(open) while it is brought in or undone, V(waiting) for its tests, V(accepted), or V(undone).
      type: str
      returned: always
    bundle:
      description: The bundle.
      type: str
      returned: always
    checksum:
      description: Checksum of its archive, empty where none was given.
      type: str
      returned: always
    before:
      description: The bundle that was active before; none for a first one.
      type: str
      returned: always
    at:
      description: When it began.
      type: str
      returned: always
    by:
      description: Who began it.
      type: str
      returned: always
    environment:
      description: The environment.
      type: str
      returned: always
    project:
      description: The project.
      type: str
      returned: always
  sample:
    run: 6f0e0d8b
    status: waiting
    bundle: v2
    checksum: "sha256:9f86d08..."
    before: v1
    at: "2026-11-27T20:01:02.345Z"
    by: ada
    environment: prod
    project: QUICKSTART
remapping:
  description: For each name that the bundle uses what stands for it on the node, who uses it, and what is wrong with it.
  returned: with O(action=activate) and O(source), when something is to be done
  type: list
  elements: dict
rollback:
  description: How going back went.
  returned: when something was undone
  type: dict
  contains:
    succeeded:
      description: Whether everything was read back as it was.
      type: bool
      returned: always
    seconds:
      description: How long it took.
      type: float
      returned: always
    bundle:
      description: The bundle that is active again; none after a failed first promotion, which leaves every scenario switched off.
      type: str
      returned: always
    not_restored:
      description: What no call can give back, in words.
      type: list
      elements: str
      returned: always
    differs:
      description: What is not as it was.
      type: list
      elements: str
      returned: always
  sample: {succeeded: true, seconds: 0.4, bundle: v1, not_restored: [], differs: []}
active:
  description: What is active now.
  returned: with O(action=show)
  type: dict
  contains:
    bundle:
      description: The active bundle.
      type: str
      returned: always
    scenarios:
      description: Whether each scenario is active, by id.
      type: dict
      returned: always
    remapping:
      description: The remapping of the project.
      type: dict
      returned: always
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("promotion")


if __name__ == "__main__":
    main()
