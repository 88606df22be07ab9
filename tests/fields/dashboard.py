# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dashboards: pages and tiles of every kind."""

from __future__ import annotations

from support.samples import Sample
from support.taggable import TAGGABLE

_TEXT = {"text": "# Sales", "box": {"left": 0, "top": 0, "width": 12, "height": 2}}
_CHART = {"insight": "Revenue", "insight_type": "chart", "title": "Revenue", "on_click": "OPEN_INSIGHT"}
_FILTER = {"id": "f", "column": "region", "filterType": "ALPHANUM_FACET"}

SAMPLES = [
    Sample(
        base={"name": "Sales"},
        fields={
            "owner": ["ada", "bob"],
            "listed": [True, False],
            "pages": [
                [],
                [{"id": "a", "title": "A", "tiles": [_TEXT]}],
                [{"id": "a", "title": "A", "show_title": True, "tiles": [{**_TEXT, "text": "# Other"}]}],
                [{"id": "a", "title": "A", "tiles": [_TEXT, _CHART]}],
                [{"id": "a", "title": "A", "tiles": [{**_CHART, "title_options": {"show": "NO", "size": 13}}, _TEXT]}],
                [
                    {"id": "b", "title": "B", "filters": [_FILTER]},
                    {"id": "a", "title": "A", "background_color": "#fff"},
                ],
                [
                    {
                        "id": "a",
                        "tiles": [{"image": "7RRpYEE", "resize_image": "ORIG_SIZE"}, {"insight": {"id": "gone"}}],
                    }
                ],
            ],
            "show_grid": [True, False],
            "columns": [12, 36],
            "tile_spacing": [4, 8],
            "navigation_arrows": [True, False],
            "reload_on_event": [True, False],
            "theme": [{"id": "one", "tileSpacing": 4}, {"id": "two"}],
            **TAGGABLE,
        },
        around={"insights": [{"name": "Revenue", "type": "chart"}]},
    )
]
