# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From where relative places count."""

from __future__ import annotations

from pathlib import Path

_OUR_PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def base_of(folder: str) -> Path:
    """From where relative places count: the folder of the playbook, or for ours where Ansible was started."""
    base = Path(folder).resolve()
    return Path.cwd() if base == _OUR_PLAYBOOKS else base
