# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project: its texts, and every field of its settings."""

from support.samples import Sample

_FLAGS = [True, False]
_REQUESTS = ["INHERIT", "ENABLED", "DISABLED"]

SAMPLES = [
    Sample(
        base={},
        fields={
            "name": ["Quickstart", "Another"],
            "description": ["Long", "Longer text"],
            "short_description": ["One line", "Another line"],
            "tags": [["a"], ["b", "a"], []],
            "owner": ["admin", "api:admin"],
            "checklists": [[{"title": "One", "items": []}], []],
            "custom_fields": [{"level": "1"}, {"level": "2"}],
            "custom_meta": [{"team": "a"}, {"team": "b"}],
            "status": ["Sandbox", "Draft"],
            "code_envs": [
                {"python": "py39"},
                {"python": "builtin", "r": "r_env"},
                {"python": "inherit", "julia": {"mode": "EXPLICIT_ENV", "envName": "j", "preventOverride": True}},
            ],
            "container": ["none", "inherit", "gpu", {"containerMode": "EXPLICIT_CONTAINER", "containerConf": "cpu"}],
            "container_for_visual_recipes": ["none", "inherit", "gpu"],
            "cluster": ["inherit", "emr", {"name": "$${cluster}", "fallback": "emr"}],
            "k8s_cluster": ["inherit", "eks", {"name": "gke", "fallback": "eks"}],
            "git_commit_mode": ["AUTO", "EXPLICIT"],
            "disable_automatic_triggers": _FLAGS,
            "flow_build": [
                {"merge_spark_pipelines": True},
                {"merge_sql_pipelines": True, "recipe_hash_propagation": "DISABLED"},
            ],
            "flow_display": [{"rendering": "DOT", "manual_positioning": True}, {"zone_descriptions": False}],
            "recipe_engines": [{"forbidden": ["SPARK"]}, {"forbidden": [], "preferred_by_type": {"join": ["SQL"]}}],
            "dataset_creation": [{"use_global": False, "virtualizable": True}, {"uploads_without_connection": True}],
            "sharing_requests": _REQUESTS,
            "limited_visibility": _REQUESTS,
            "access_requests": _REQUESTS,
            "promote_wiki": _FLAGS,
            "app_type": ["REGULAR", "APP_TEMPLATE"],
            "image_pattern": [1, 4, 8],
            "show_initials": _FLAGS,
            "metrics": [{"probes": []}, {"probes": [{"type": "basic", "enabled": True}]}],
            "checks": [[], [{"type": "python", "meta": {"name": "one"}}]],
            "quality": [{"runOnBuild": True}, {"runOnBuild": False}],
            "exposed_objects": [
                [{"type": "DATASET", "name": "orders", "projects": ["OTHER"]}],
                [{"type": "DATASET", "localName": "orders", "rules": []}],
                [],
            ],
            "bundle_contents": [
                {"datasets": ["orders"], "uploads": True},
                {"managed_folders": ["odb12345"], "uploads": False},
                {"exportOptions": {"exportAllDatasets": True}},
            ],
            "remapping": [
                {"remapping": {"connections": [{"source": "a", "target": "b"}]}},
                {"remapping": {"connections": [{"source": "a", "target": "c"}]}},
            ],
            "settings": [{"useRemoteGit": False}, {"useRemoteGit": True, "flowAnchorSourcesAndSinks": False}],
        },
        shown={"quality": ("checks",)},
    )
]
