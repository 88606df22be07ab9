# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders of projects, one in another."""

from support.samples import Sample

_PERMISSIONS = [[{"group": "readers", "read": True, "write": written}] for written in (True, False)]

SAMPLES = [
    Sample(
        base={"name": "Finance/Reports"},
        fields={"owner": ["admin", "ada"], "permissions": _PERMISSIONS},
        around={"project_folders": [{"name": "Finance"}]},
    )
]
