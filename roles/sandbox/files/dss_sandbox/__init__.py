# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local stand-in for a Dataiku DSS node, built from reference/dss-api.md and real exported projects."""

from __future__ import annotations

DSS_VERSION = "14.7.0"  # the version most facts of dss-api.md were captured on [pulse][headless][atk]
