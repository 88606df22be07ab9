# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checklists, which every kind of object of a project may have."""

from __future__ import annotations

from .parts import members
from .shape import FLAG, TEXT, Field, Shape, described

# Who wrote an item and when is kept by DSS: params.json of the corpus.
_ITEM = Shape(
    fields=(
        Field("text", "text", described(TEXT, "What is to be done.")),
        Field("done", "done", described(FLAG, "Whether it is done.")),
    ),
    defaults=lambda document: {"done": False},
    computed=frozenset({"createdOn", "createdBy", "stateChangedOn", "stateChangedBy"}),
)
_CHECKLIST = Shape(
    fields=(
        Field("title", "title", described(TEXT, "Title.")),
        members("items", "items", _ITEM, "What is on it, in order."),
    ),
    computed=frozenset({"createdOn"}),
)

CHECKLISTS = members("checklists", "checklists.checklists", _CHECKLIST, "Checklists.")
