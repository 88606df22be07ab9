# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects whose id DSS makes, so that authors know them by a name that need not be unique."""

from __future__ import annotations

from collections.abc import Mapping

from .._errors import DssError
from .._plan.compare import Document
from .base import Kind, Resource


class NamedByDss(Kind):
    """Base of the kinds that are found by their name, or by their id where two have one name."""

    required: tuple[str, ...] = ("name",)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        if resource.identity.get("id"):
            return resource.identity["id"] if resource.identity["id"] in listing else None
        found = [object_id for object_id, document in listing.items() if document.get("name") == resource.name]
        if len(found) > 1:
            what = self.section.replace("_", " ")
            raise DssError(
                f"{resource.address}: {len(found)} {what} are named {resource.name} "
                f"({', '.join(sorted(found))}): add the id of the one that is meant"
            )
        return found[0] if found else None

    def label(self, object_id: str, document: Document) -> str:
        return str(document.get("name") or object_id)
