# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of a build by the words for them: apart, because the options of every module are made from them."""

from __future__ import annotations

TYPES = {
    "recursive": "RECURSIVE_BUILD",
    "forced": "NON_RECURSIVE_FORCED_BUILD",
    "recursive_forced": "RECURSIVE_FORCED_BUILD",
    "missing": "RECURSIVE_MISSING_ONLY_BUILD",
}
