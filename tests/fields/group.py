# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups: each ability alone."""

from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from support.samples import Sample

_OTHERS = {
    "description": ["one", "two"],
    "source_type": ["LOCAL", "LDAP"],
    "ldap_groups": [["a"], ["a", "b"]],
    "azure_ad_groups": [["a"], ["a", "b"]],
    "ticket_groups_regex": ["a.*", "b.*"],
}
_FLAGS = {entry.name: [True, False] for entry in KINDS["group"].shape.fields if entry.name not in _OTHERS}

SAMPLES = [Sample(base={"name": "analysts"}, fields={**_OTHERS, **_FLAGS})]
