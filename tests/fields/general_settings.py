# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""General settings: containers and impersonation; the rest is raw."""

from support.samples import Sample

_BUILD = {"name": "b", "base_image_type": "EXEC"}
_CONFIG = {"name": "k8s", "type": "KUBERNETES", "build_config": "b", "properties": {"x": "1"}}
_RULES = [[{"type": "IDENTITY"}], [{"type": "REGEXP_RULE", "pattern": "(.*)", "unix_user": "u_$1"}]]

SAMPLES = [
    Sample(
        base={"build_configs": [_BUILD]},
        fields={
            "build_configs": [
                [{**_BUILD, "base_image_type": kind, "image_builder_type": kind, "docker": {"x": kind}}]
                for kind in "ab"
            ],
            "execution_configs": [
                [{**_CONFIG, "kubernetes": {"createNamespace": flag}, "final": flag, "workload_type": f"{flag}"}]
                for flag in (True, False)
            ],
            "default_execution_config": ["one", "two"],
            "impersonation": [True, False],
            "user_rules": _RULES,
            "group_rules": _RULES,
        },
    )
]
