#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bundle_info
short_description: Which bundles a DSS project has
version_added: 0.3.0
description:
  - On a design node the exported bundles and what the project holds by now, on an automation node the imported bundles and
    which one is active.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._attributes
options:
  project:
    description:
      - Key of the project; falls back to the variable C(dss_project).
    type: str
    required: true
seealso:
  - module: dataiku_iac.dss.bundle
"""

EXAMPLES = r"""
- name: What has been exported
  dataiku_iac.dss.bundle_info:
    project: QUICKSTART
  register: designed

- name: What production runs
  dataiku_iac.dss.bundle_info:
    project: QUICKSTART
  delegate_to: prod_automation
"""

RETURN = r"""
node_type:
  description: V(design) or V(automation).
  returned: success
  type: str
  sample: design
bundles:
  description: The bundles. On a design node the oldest comes first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the bundle.
      type: str
      returned: always
    commit:
      description: The Git commit that its release notes name, or nothing.
      type: str
      returned: always
    release_notes:
      description: Its release notes.
      type: str
      returned: always
    exported_by:
      description: Who exported it.
      type: str
      returned: on a design node
    exported_on:
      description: When, as the node tells it.
      type: raw
      returned: on a design node
    published_project:
      description: Key of the project on the deployer, or nothing.
      type: str
      returned: on a design node
    imported_on:
      description: When it was imported, as the node tells it.
      type: raw
      returned: on an automation node
content:
  description: What the project holds by now.
  returned: on a design node
  type: dict
  contains:
    commit:
      description: The newest Git commit.
      type: str
      returned: always
    known:
      description: Whether that commit is all the project holds.
      type: bool
      returned: always
    reason:
      description: Why it is not.
      type: str
      returned: always
  sample: {commit: 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d, known: true, reason: ""}
active_bundle:
  description: Id of the active bundle, or nothing.
  returned: on an automation node
  type: str
  sample: v0007-1a2b3c4d
activated_on:
  description: When it was activated, as the node tells it.
  returned: on an automation node
  type: raw
project_exists:
  description: Whether the project is on the node.
  returned: on an automation node
  type: bool
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("bundle_info")


if __name__ == "__main__":
    main()
