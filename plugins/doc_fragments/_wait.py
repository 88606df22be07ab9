# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What runs in DSS: in which project, and how long a task waits for it."""

    DOCUMENTATION = r"""
options:
  wait_timeout:
    description:
      - Seconds to wait for the end. The task fails when they are over, and what runs goes on in DSS unless it is aborted.
    type: float
    default: 3600.0
"""

    PROJECT = r"""
options:
  project:
    description:
      - Key of the project.
    type: str
    required: true
"""

    RUN = r"""
options:
  wait:
    description:
      - Whether to wait for the end. Without it the task succeeds as soon as DSS has accepted the start.
    type: bool
    default: true
  abort_on_timeout:
    description:
      - Whether what takes longer than O(wait_timeout) is aborted.
    type: bool
    default: false
"""
