# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Articles of a wiki: text and place."""

from hypothesis import strategies as st
from support.samples import Sample

SAMPLES = [
    Sample(
        base={"name": "Sources"},
        fields={
            "content": st.text("# a{}$%\n", min_size=1, max_size=8).filter(str.strip),
            "parent": ["Welcome", "Other", None],
            "after": ["Welcome", "Other", None],
            "home": [True, False],
            "description": ["About", "Two\nlines", ""],
            "short_description": ["One", "Two"],
            "tags": [["a", "b"], ["b"], []],
            "layout": ["WIKI_ARTICLE", "FOLDER"],
            "custom_fields": [{"owner": "ada"}, {"owner": "bob"}],
            "checklists": [
                [{"id": "c1", "title": "Check", "items": []}],
                [{"id": "c1", "title": "Other", "items": []}],
            ],
        },
        around={"wiki_articles": [{"name": "Welcome"}, {"name": "Other"}]},
    )
]
