# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dashboards with their pages and tiles: docs/api-calls.md, dss-object-shapes.md "Dashboards"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import Document, Keyed, Rule
from .base import Node, Resource
from .parts import each, mapping, members, part_from_dss, part_to_dss, schema_of
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, TAGS, Named, identified
from .references import BY_ID, REFERENCE, Place
from .shape import FLAG, NUMBER, OBJECT, OBJECTS, TEXT, WHOLE, Field, Shape, described

_INSIGHT = "INSIGHT"
_TYPE_OF = {"insight": _INSIGHT, "text": "TEXT", "image": "IMAGE"}  # what says by itself which type a tile has
_TILES = "pages[].grid.tiles[]"

_BOX = Shape(
    fields=tuple(
        Field(name, name, described(WHOLE, text))
        for name, text in (
            ("left", "Columns to the left of it."),
            ("top", "Rows above it."),
            ("width", "Columns that it takes."),
            ("height", "Rows that it takes."),
        )
    )
)
_TITLE = Shape(
    fields=(
        Field("show", "showTitle", described(TEXT, "V(YES), V(NO) or V(MOUSEOVER).")),
        Field("color", "fontColor", described(TEXT, "Colour.")),
        Field("size", "fontSize", described(WHOLE, "Size of the letters.")),
        Field("title", "title", described(TEXT, "Text.")),
    )
)
_BORDER = Shape(
    fields=(
        Field("color", "color", described(TEXT, "Colour.")),
        Field("size", "size", described(WHOLE, "Width of the line.")),
        Field("radius", "radius", described(WHOLE, "How round the corners are.")),
    )
)
_TILE = Shape(
    fields=(
        Field("type", "tileType", described(TEXT, "INSIGHT, TEXT, IMAGE ...; follows from what it shows.")),
        Field("insight", "insightId", described(REFERENCE, f"The insight that it shows: {BY_ID}.")),
        Field("insight_type", "insightType", described(TEXT, "Type of that insight: chart, dataset_table ...")),
        Field("text", "tileParams.text", described(TEXT, "Text in Markdown that it shows.", **{"x-verbatim": True})),
        Field("image", "imageId", described(TEXT, "Id of the uploaded picture that it shows.")),
        mapping("box", "box", _BOX, "Where it is."),
        Field("title", "title", described(TEXT, "Title.")),
        Field("show_title", "showTitle", described(TEXT, "V(YES), V(NO) or V(MOUSEOVER), on older servers.")),
        mapping("title_options", "titleOptions", _TITLE, "How the title is shown, on newer servers."),
        Field("display", "displayMode", described(TEXT, "V(INSIGHT) or V(IMAGE): the thing itself or a picture.")),
        Field("on_click", "clickAction", described(TEXT, "V(DO_NOTHING), V(OPEN_INSIGHT) ...")),
        Field("resize_image", "resizeImageMode", described(TEXT, "V(FIT_SIZE) or V(ORIG_SIZE).")),
        Field("auto_load", "autoLoad", described(FLAG, "Whether it is loaded with the page.")),
        Field("locked", "locked", described(FLAG, "Whether it stays where it is.")),
        Field("background_color", "backgroundColor", described(TEXT, "Colour behind it.")),
        Field("background_opacity", "backgroundOpacity", described(NUMBER, "From 0 to 1.")),
        mapping("border", "borderOptions", _BORDER, "The line around it."),
        Field("border_color", "borderColor", described(TEXT, "Colour of the line around a group.")),
        Field("spacing", "tileSpacing", described(WHOLE, "Space between the tiles of a group.")),
        Field("page_spacing", "useDashboardSpacing", described(FLAG, "Whether a group has that of the dashboard.")),
        Field("params", "tileParams", described(OBJECT, "Settings of the type, with DSS's own names.")),
    ),
    defaults=lambda tile: {
        "displayMode": "INSIGHT",
        "clickAction": "DO_NOTHING",
        "resizeImageMode": "FIT_SIZE",
        "autoLoad": True,
        "locked": False,
    },
)


def _tile_to_dss(author: t.Any) -> t.Any:
    found = next((kind for name, kind in _TYPE_OF.items() if isinstance(author, Mapping) and author.get(name)), None)
    document = part_to_dss(_TILE, author)
    return {"tileType": found, **document} if found and "tileType" not in document else document


def _tile_from_dss(tile: t.Any) -> t.Any:
    author = part_from_dss(_TILE, tile)
    if isinstance(author, dict) and author.get("type") in {kind for name, kind in _TYPE_OF.items() if author.get(name)}:
        del author["type"]
    return author


_PAGE = Shape(
    fields=(
        Field("id", "id", described(TEXT, "Id, by which a page is known; DSS makes one when it is left out.")),
        Field("title", "title", described(TEXT, "Title.")),
        Field("show_title", "showTitle", described(FLAG, "Whether the title is shown.")),
        Field("title_align", "titleAlign", described(TEXT, "V(LEFT), V(CENTER) or V(RIGHT).")),
        Field("title_color", "titleFontColor", described(TEXT, "Colour of the title.")),
        Field("title_size", "titleFontSize", described(WHOLE, "Size of the title.")),
        Field("show", "show", described(FLAG, "Whether the page is shown.")),
        Field("background_color", "backgroundColor", described(TEXT, "Colour behind the tiles.")),
        Field("cross_filters", "enableCrossFilters", described(FLAG, "Whether a click in a chart filters the others.")),
        Field("show_filters", "showFilterPanel", described(FLAG, "Whether the panel of filters is shown.")),
        Field("filters", "filters", described(OBJECTS, "Filters of the page, with DSS's own names.")),
        Field("filter_settings", "filtersParams", described(OBJECT, "How they work, with DSS's own names.")),
        Field(
            "tiles",
            "grid.tiles",
            described({"type": "array", "items": schema_of(_TILE)}, "What is on it."),
            lambda value: each(value, _tile_to_dss),
            lambda value: each(value, _tile_from_dss),
            inner=_TILE,
        ),
        Field("grid", "grid", described(OBJECT, "Further settings of the grid, with DSS's own names.")),
    ),
    defaults=lambda page: {"showTitle": False, "filtersParams": {"panelPosition": "TOP"}},
)


class Dashboard(Named):
    """A dashboard with its pages and tiles."""

    name = "dashboard"
    section = "dashboards"
    made_with = None
    gone = "its id and its creation tag"
    call = "dashboards"
    order = 73
    summary = "A dashboard with its pages and their tiles."
    identifier = identified("dashboard")
    git_folder = "dashboards"
    names_of = ("insight",)
    places = (Place("pages[].grid.tiles[].insightId", "insight"),)
    shape = Shape(
        fields=(
            Field("owner", "owner", described(TEXT, "Login of its owner; whoever makes it when it is left out.")),
            Field("listed", "listed", described(FLAG, "Whether others see it in the list.")),
            members("pages", "pages", _PAGE, "Its pages, in order; a list that is declared is complete."),
            Field("show_grid", "showGrid", described(FLAG, "Whether the grid is shown while it is edited.")),
            Field("columns", "columnNumber", described(WHOLE, "Columns of the grid.")),
            Field("tile_spacing", "tileSpacing", described(WHOLE, "Space between tiles.")),
            Field("navigation_arrows", "showNavigationArrows", described(FLAG, "Whether arrows lead to other pages.")),
            Field(
                "reload_on_event",
                "reloadWhenEventReceived",
                described(FLAG, "Whether it is loaded anew when its data was built."),
            ),
            Field("theme", "theme", described(OBJECT, "Colours and letters, with DSS's own names.")),
            *TAGGABLE,
        ),
        defaults=lambda document: {"showGrid": True, "showNavigationArrows": False, "reloadWhenEventReceived": False},
        computed=COMPUTED,
    )
    parts = {"pages[]": _PAGE, _TILES: _TILE}
    rules: Mapping[str, Rule] = {
        **TAGS,
        "pages": Keyed(("id", "title"), by_position=True),
        _TILES.removesuffix("[]"): Keyed(("insightId", "imageId"), by_position=True),
        "pages[].filters": Keyed(("id",), by_position=True),
    }

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: t.Any) -> Resource:
        return replace(super().finish(built, author, neighbours), first={"pages": []})

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return str(node.post(path_of("projects", resource.project, self.call) + "/", document)["id"])
