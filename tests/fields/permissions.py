# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The grants of a project: every right, and what dashboards may show."""

from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.permissions import RIGHTS
from hypothesis import strategies as st
from support.samples import Sample

_RIGHTS = st.sets(st.sampled_from(sorted(RIGHTS)), min_size=1).map(sorted)
_GRANTS = st.dictionaries(st.sampled_from(["ada", "bob", "readers"]), _RIGHTS, max_size=2)
_MODES = st.lists(st.sampled_from(["READ", "RUN", "DISCOVER"]), unique=True)
_SHOWN = st.lists(
    st.sampled_from(["a", "b"])
    | st.builds(lambda name, modes: {"folder": name, "modes": sorted(modes)}, st.just("files"), _MODES)
    | st.just({"type": "PROJECT", "object": "P"}),
    max_size=3,
    unique_by=str,
).filter(lambda items: sum("folder" in item for item in items if isinstance(item, dict)) < 2)
_SHOWN = _SHOWN.map(lambda items: sorted(items, key=str))  # the order means nothing

SAMPLES = [
    Sample(
        base={"exclusive": True},
        fields={
            "groups": _GRANTS,
            "users": _GRANTS,
            "additional_dashboard_users": [["ada"], ["bob", "ada"], []],
            "dashboard_authorizations": _SHOWN,
            "all_authorized": [True, False],
        },
        around={
            "datasets": [{"name": name, "type": "managed"} for name in "ab"],
            "managed_folders": [{"name": "files"}],
        },
        shown={"groups": ["permissions"], "users": ["permissions"]},
    )
]
