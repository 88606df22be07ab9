# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags and colours of a project."""

from hypothesis import strategies as st
from support.samples import Sample

_COLOURS = st.sampled_from(["#2ab1ac", "#263238", "none"])
_TAGS = st.dictionaries(st.sampled_from(["gold", "a.b", "Section: x"]), _COLOURS, min_size=1)

SAMPLES = [
    Sample(
        base={},
        fields={
            "tags": [
                {"gold": "#2ab1ac"},
                {"gold": "none"},
                {"gold": None, "a: b": "#263238"},
                {"gold": {"color": "#111111"}},
            ]
        },
    ),
    Sample(base={"exclusive": True}, fields={"tags": _TAGS}),
]
