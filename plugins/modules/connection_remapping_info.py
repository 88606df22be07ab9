#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: connection_remapping_info
short_description: Which other names a DSS project or deployment has for connections, and what the target lacks
version_added: 0.3.0
description:
  - The remapping of connections, code environments and containers as it is, and the table of M(dataiku_iac.dss.connection_remapping).
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._remapped
  - dataiku_iac.dss._other_node.compared
  - dataiku_iac.dss._other_node.target
  - dataiku_iac.dss._attributes
seealso:
  - module: dataiku_iac.dss.connection_remapping
"""

EXAMPLES = r"""
- name: The remapping of production
  dataiku_iac.dss.connection_remapping_info:
    project: QUICKSTART
    judge: false
  delegate_to: prod_automation

- name: What production lacks for what the design node has
  dataiku_iac.dss.connection_remapping_info:
    project: QUICKSTART
    source: {host: dev_design}
  delegate_to: prod_automation
"""

RETURN = r"""
remapping:
  description: The remapping, after the task or as it would be.
  returned: success
  type: dict
  sample: {connections: {warehouse: warehouse_prod}, code_envs: {}, containers: {}}
code_envs_behavior:
  description: What happens with code environments, as far as it is set.
  returned: success
  type: dict
  sample: {import_mode: INSTALL_IF_MISS, specification: SPECIFIED}
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
    main_of("connection_remapping_info")


if __name__ == "__main__":
    main()
