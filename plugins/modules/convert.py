#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: convert
short_description: Write a configuration of another tool in the format of this collection
version_added: 0.4.0
description:
  - Reads a configuration in any of the dialects that this collection loads and writes the same in its own format, file by file.
  - Variables stay variables, includes stay includes, and code files and environment files come along. Comments are lost.
  - What has no counterpart in DSS is left out and named in a warning, with its place and the reason.
    C(docs/dialects.md) lists all keys.
  - It needs no node and no key.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode writes no file.
  action_group:
    support: N/A
    membership: []
options:
  path:
    description:
      - The configuration, a file or a directory; also a directory with a folder C(projects).
      - A relative path counts from the directory of the playbook.
    type: path
    required: true
  dest:
    description:
      - Directory for the converted files, under the names that they have in the configuration. It must be another directory.
      - A relative path counts from the directory of the playbook.
    type: path
    required: true
  force:
    description:
      - Whether files of O(dest) that hold something else are written over. The module fails with V(false).
    type: bool
    default: false
seealso:
  - module: dataiku_iac.dss.configuration
"""

EXAMPLES = r"""
- name: The configuration of another tool in our format
  dataiku_iac.dss.convert:
    path: "{{ playbook_dir }}/configuration"
    dest: "{{ playbook_dir }}/converted"

- name: Once more after the original has changed, over what was converted before
  dataiku_iac.dss.convert:
    path: "{{ playbook_dir }}/configuration"
    dest: "{{ playbook_dir }}/converted"
    force: true
"""

RETURN = r"""
files:
  description: The files of the converted configuration, below O(dest).
  returned: success
  type: list
  elements: str
  sample: [project.yml, recipes/clean.py]
written:
  description: Those that were not there or held something else.
  returned: success
  type: list
  elements: str
  sample: [project.yml]
not_applied:
  description: What was left out, each with its place and the reason. The same is in the warnings.
  returned: success
  type: list
  elements: str
  sample:
    - "project.yml:9:5 recipes[0].resources: not applied, because memory and cores belong to the container configuration"
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("convert")


if __name__ == "__main__":
    main()
