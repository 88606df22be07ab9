# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How far changes may go."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes what is declared so. V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  drop_data:
    description:
      - Whether deleting or replacing an object also deletes its data.
    type: bool
    default: false
  max_deletes:
    description:
      - A run that would delete or replace more objects stops before it changes anything.
    type: int
    default: 10
  update_secrets:
    description:
      - DSS never gives secrets back, so they cannot be compared.
      - V(on_create) sends them when the object is made, V(always) on every run, which then always reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
  ignore_tags:
    description:
      - Tags that the node adds by itself, as patterns such as V(creator_*). They are neither compared nor removed.
    type: list
    elements: str
    default: []
"""
