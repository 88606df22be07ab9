# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils._action import DssAction


class ActionModule(DssAction):
    """Runs dataiku_iac.dss.zone_info on the controller."""

    MODULE = "zone_info"
