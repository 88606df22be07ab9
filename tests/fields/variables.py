# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Project variables: any JSON under any name."""

from hypothesis import strategies as st
from support.samples import Sample

_VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text("a{$%", min_size=1, max_size=4),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner, min_size=1),
    max_leaves=4,
)
VARIABLES = st.fixed_dictionaries({"a": _VALUES})

SAMPLES = [Sample(base={"standard": {"fixed": 1}}, fields={"standard": VARIABLES, "local": VARIABLES})]
