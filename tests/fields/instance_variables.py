# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of the instance: any JSON under any name."""

from fields.variables import VARIABLES
from support.samples import Sample

SAMPLES = [Sample(base={}, fields={"variables": VARIABLES})]
