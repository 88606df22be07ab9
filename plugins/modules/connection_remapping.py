#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: connection_remapping
short_description: Other names for connections, code environments and containers on another DSS node
version_added: 0.3.0
description:
  - Sets which connection, code environment or container configuration takes the place of one that a bundle names, in a
    project on an automation node, in a deployment, or in an infrastructure.
  - Before anything is written it is worked out what the target lacks. A connection that is missing, has another type, may not
    be written or used, or holds the very tables of the source is an error, in check mode as well.
  - A connection without an entry has to be there under its own name.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._remapped
  - dataiku_iac.dss._other_node.compared
  - dataiku_iac.dss._other_node.target
  - dataiku_iac.dss._attributes
options:
  connections:
    description:
      - "Names by names, V({warehouse: warehouse_prod}), or a list of mappings with C(source) and C(target)."
    type: raw
  code_envs:
    description:
      - The same for code environments.
    type: raw
  containers:
    description:
      - The same for container configurations.
    type: raw
  exclusive:
    description:
      - Whether entries that are not given here are removed, in the sections that are given.
    type: bool
    default: false
  code_envs_behavior:
    description:
      - What happens with code environments as a bundle is prepared. What is not given stays as it is.
    type: dict
    suboptions:
      import_mode:
        description: What happens where one is missing.
        type: str
        choices: [INSTALL_IF_MISS, FAIL_IF_MISS, DO_NOTHING]
      specification:
        description: Whether one is made as it was asked for or with the very versions that were installed.
        type: str
        choices: [SPECIFIED, ACTUAL]
  on_finding:
    description:
      - What to do where the target lacks something. V(fail) stops before anything is written, V(warn) goes on.
    type: str
    choices: [fail, warn]
    default: fail
seealso:
  - module: dataiku_iac.dss.connection_remapping_info
  - module: dataiku_iac.dss.bundle
"""

EXAMPLES = r"""
- name: Production writes to a warehouse of its own
  dataiku_iac.dss.connection_remapping:
    project: QUICKSTART
    connections: {warehouse: warehouse_prod}
    source: {host: dev_design}
  delegate_to: prod_automation

- name: No other entries than these, and no new code environments
  dataiku_iac.dss.connection_remapping:
    project: QUICKSTART
    connections: {warehouse: warehouse_prod}
    code_envs:
      - {source: python_dev, target: python_prod}
    exclusive: true
    code_envs_behavior: {import_mode: FAIL_IF_MISS}
  delegate_to: prod_automation
"""

RETURN = r"""
remapping:
  description: The remapping, after the task or as it would be.
  returned: success
  type: dict
  sample: {connections: {warehouse: warehouse_prod}, code_envs: {}, containers: {}}
rows:
  description: What each name becomes, and what the target lacks.
  returned: success, and when the target lacks something
  type: list
  elements: dict
  contains:
    kind:
      description: V(connection), V(code_env) or V(container).
      type: str
      returned: always
    source:
      description: The name in the bundle.
      type: str
      returned: always
    target:
      description: The name on the node.
      type: str
      returned: always
    used_by:
      description: What uses it.
      type: list
      elements: str
      returned: always
    findings:
      description:
        - Each with a C(severity) (V(error), V(warning), V(note)), a C(text), and a C(code), which is one of V(missing), V(type),
          V(not_writable), V(not_allowed), V(same_table), V(unknown).
      type: list
      elements: dict
      returned: always
  sample:
    - kind: connection
      source: warehouse
      target: warehouse_prod
      used_by: [dataset orders]
      findings: [{severity: error, code: not_writable, text: "connection warehouse_prod may not be written, but dataset orders is"}]
table:
  description: The same for people.
  returned: success, and when the target lacks something
  type: str
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("connection_remapping")


if __name__ == "__main__":
    main()
