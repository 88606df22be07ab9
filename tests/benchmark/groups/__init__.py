# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured, by name, in the order in which it runs."""

from __future__ import annotations

from ..bench import Groups
from .corpus import corpus
from .fleet import fleet
from .loops import loops
from .objects import medium, small, tiny
from .offline import offline
from .phases import phases
from .start_up import start_up
from .unchanged import unchanged

GROUPS: Groups = {  # what the goals need comes first
    "start-up": start_up,
    "offline": offline,
    "loops": loops,
    "unchanged": unchanged,
    "medium": medium,
    "phases": phases,
    "fleet": fleet,
    "tiny": tiny,
    "small": small,
    "corpus": corpus,
}
