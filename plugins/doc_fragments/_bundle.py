# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..module_utils._documentation import fragment_with, other_node

ModuleDocFragment = fragment_with(
    {
        "source": other_node(
            "The design node, from which an automation node gets the archive through a temporary file on the controller."
        ),
        "deployer": other_node(
            "The deployer, so that a new bundle gets an id that is not there either. A design node that has its own "
            "deployer is asked in any case."
        ),
    }
)
