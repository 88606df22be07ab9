#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bundle
short_description: Bundles of a DSS project, on the design node and on the automation node
version_added: 0.3.0
description:
  - On a design node it exports a bundle, publishes it to the deployer, downloads its archive, or deletes it.
  - On an automation node it imports a bundle from a file or straight from the design node, prepares what it needs, makes it
    the active one, or deletes it.
  - The content of a bundle is the Git commit of the project, which is written as the last line of the release notes. A
    project that has not changed since makes no new bundle. Data that a bundle takes along is not part of that; use O(force)
    when only the data is new.
  - What type a node has is asked from the node.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._other_node
  - dataiku_iac.dss._other_node.hub
  - dataiku_iac.dss._attributes
options:
  project:
    description:
      - Key of the project; falls back to the variable C(dss_project).
    type: str
    required: true
  id:
    description:
      - Id of the bundle.
      - Without it an export makes one from a counter and the commit, such as V(v0007-1a2b3c4d), which neither the node nor its
        deployer has yet; and an import takes the newest bundle of O(source), or what the archive at O(path) says it holds.
      - Required by O(state=absent).
    type: str
  state:
    description:
      - V(present) exports or imports. V(active) also activates, on an automation node. V(absent) deletes.
    type: str
    choices: [present, active, absent]
    default: present
  release_notes:
    description:
      - Release notes of a new bundle. The line about its content follows them.
    type: str
  content:
    description:
      - With V(same), a bundle that has O(id) and is known to hold something else than the project does by now is an error.
        With V(any) it is taken as it is, for example to download or publish an older one.
    type: str
    choices: [same, any]
    default: same
  uncommitted:
    description:
      - With V(include), changes that are not committed in DSS are exported too. The content is not known then, so that
        every run makes a new bundle.
    type: str
    choices: [refuse, include]
    default: refuse
  evaluate_project_standards:
    description:
      - Whether DSS runs the checks of the Project Standards as it exports.
    type: bool
    default: true
  publish:
    description:
      - Whether the bundle is published to the deployer of the design node.
    type: bool
    default: false
  published_project:
    description:
      - Key of the project on the deployer. DSS takes that of the project itself.
    type: str
  path:
    description:
      - File of the archive. On a design node it is downloaded to there, on an automation node it is imported from there.
    type: path
  checksum:
    description:
      - The SHA-256 that the archive must have, V(sha256:...) as RV(bundle.checksum) gives it. It is verified before the
        archive is sent, and a file that has it is not downloaded again.
    type: str
  preload:
    description:
      - Whether the node prepares what the bundle needs, such as code environments, before it is activated or once it is imported.
      - By default it does before an activation.
    type: bool
  scenarios:
    description:
      - Which scenarios the activation switches on (V(true)) or off (V(false)), by id. The others stay as they are.
    type: dict
  permissions_propagation:
    description:
      - Which permissions of the bundle the project gets that its first bundle makes.
    type: str
    choices: [NONE, READ_ONLY, ALL]
    default: NONE
  fail_on_missing_users:
    description:
      - Whether the first bundle is refused where users or groups in its permissions are missing.
    type: bool
    default: true
  project_folder:
    description:
      - Id of the project folder for the project that the first bundle makes.
    type: str
  force:
    description:
      - Exports a new bundle of a project that has not changed, or activates the active bundle once more, which is how a new
        remapping begins to count.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for DSS to be done with one step.
    type: float
    default: 600.0
seealso:
  - module: dataiku_iac.dss.bundle_info
  - module: dataiku_iac.dss.connection_remapping
"""

EXAMPLES = r"""
- name: Export what is new, publish it and keep the archive
  dataiku_iac.dss.bundle:
    project: QUICKSTART
    release_notes: Orders are joined by day
    publish: true
    path: "{{ playbook_dir }}/quickstart.zip"

- name: Straight from the design node to production, and active there
  dataiku_iac.dss.bundle:
    project: QUICKSTART
    state: active
    source: {host: dev_design}
    scenarios: {NIGHTLY: true}
  delegate_to: prod_automation

- name: A bundle with an id of its own
  dataiku_iac.dss.bundle:
    project: QUICKSTART
    id: release-1

- name: That bundle on production too, without activating it
  dataiku_iac.dss.bundle:
    project: QUICKSTART
    id: release-1
    source: {host: dev_design}
    preload: true
  delegate_to: prod_automation

- name: Production does not need it any more
  dataiku_iac.dss.bundle:
    project: QUICKSTART
    id: release-1
    state: absent
  delegate_to: prod_automation
"""

RETURN = r"""
bundle:
  description: The bundle, after the task or as it would be.
  returned: success
  type: dict
  contains:
    id:
      description: Its id.
      type: str
      returned: always
    project:
      description: Key of the project.
      type: str
      returned: always
    commit:
      description: The Git commit that is its content, empty where it is not known.
      type: str
      returned: unless O(state=absent)
    checksum:
      description: SHA-256 of the archive, empty where no archive was looked at.
      type: str
      returned: unless O(state=absent)
    path:
      description: File of the archive, empty where none was asked for.
      type: str
      returned: on a design node
    release_notes:
      description: Its release notes.
      type: str
      returned: on a design node
    published_project:
      description: Key of the project on the deployer, empty where it is not published.
      type: str
      returned: on a design node
    active:
      description: Whether it is the active one.
      type: bool
      returned: on an automation node
    active_bundle:
      description: Id of the active bundle, empty where there is none.
      type: str
      returned: on an automation node
  sample:
    id: v0007-1a2b3c4d
    project: QUICKSTART
    commit: 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d
    checksum: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    path: /builds/quickstart.zip
    release_notes: "Content: git 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
    published_project: QUICKSTART
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("bundle")


if __name__ == "__main__":
    main()
