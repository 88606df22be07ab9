# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flow zones: their looks and what is in them."""

from hypothesis import strategies as st
from support.samples import Sample

_ITEMS = st.lists(
    st.sampled_from(["a", "b", "c", "files"]) | st.just({"recipe": "make_d"}), max_size=3, unique_by=str
).map(lambda items: sorted(items, key=str))  # the order means nothing
_FLOW = {
    "datasets": [{"name": name, "type": "managed"} for name in "abcd"],
    "managed_folders": [{"name": "files"}],
    "recipes": [{"name": "make_d", "type": "sync", "inputs": ["a"], "outputs": ["d"]}],
}
_LOOKS = {
    "color": ["#C82423", "#2ab1ac", "#000000"],
    "description": ["What comes in.", "Two\nlines", ""],
    "short_description": ["One", "Two"],
    "tags": [["a", "b"], ["b"], []],
    "position": [{"x": 1.5, "y": 2}, {"x": 0, "y": 2}],
    "custom_fields": [{"owner": "ada"}, {"owner": "bob"}],
    "checklists": [[{"id": "c1", "title": "Check", "items": []}], [{"id": "c1", "title": "Other", "items": []}]],
}

SAMPLES = [
    Sample(
        base={"name": "In", "exclusive": True},
        fields={**_LOOKS, "items": _ITEMS, "shared": _ITEMS.filter(lambda items: {"recipe": "make_d"} not in items)},
        around=_FLOW,
    ),
    Sample(base={"name": "Start", "default": True}, fields=_LOOKS),
]
