# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed folders: fields that all of them have, and those of buckets and containers."""

from __future__ import annotations

from support.samples import Sample
from support.sandbox import SandboxProcess

_TEXTS = ["", "first", "second, with é"]


def _connections(sandbox: SandboxProcess) -> None:
    for name in ("files", "other_files"):
        sandbox.client().create_connection(name, "Filesystem", params={"root": "/data"})


SAMPLES = [
    Sample(
        base={"name": "box", "connection": "files"},
        fields={
            "type": ["Filesystem", "S3"],
            "connection": ["files", "other_files"],
            "path": ["/a", "/b", "${projectKey}/${odbId}"],
            "params": [{"not_ready_if_empty": True}, {"notReadyIfEmpty": False}],
            "description": _TEXTS,
            "short_description": _TEXTS,
            "tags": [[], ["a"], ["b", "a"]],
            "partitioning": [
                {"dimensions": [{"name": "day", "type": "time", "period": "DAY"}], "file_path_pattern": "/%Y/%M/%D/.*"},
                {"dimensions": [{"name": "country", "type": "discrete"}], "file_path_pattern": "/%{country}/.*"},
            ],
            "flow_options": [{"rebuild": "EXPLICIT"}, {"rebuild": "WRITE_PROTECT", "cross_project_build": "STOP"}],
            "metrics": [
                {"probes": [{"type": "basic", "on_build": "NO"}]},
                {"probes": [{"type": "python", "name": "p", "code": "x"}]},
                {"engines": {"spark": False}},
                {"displayed": {"metrics": ["basic:SIZE"]}},
            ],
            "checks": [
                [{"type": "numericRange", "name": "size", "metric": "basic:SIZE", "minimum": 1}],
                [{"type": "numericRange", "name": "size", "metric": "basic:SIZE", "minimum": 2, "maximum": 5}],
                {"exclusive": True, "items": [{"type": "python", "name": "p", "code": "x"}]},
            ],
            "quality": [{"run_on_build": True}, {"run_on_build": False, "displayed": {"checks": ["size"]}}],
            "custom_fields": [{"owner": "a"}, {"owner": "b", "level": 2}],
            "checklists": [[], [{"title": "t", "items": [{"text": "one"}]}]],
        },
        prepare=_connections,
    ),
    Sample(
        base={"name": "bucket", "type": "S3", "connection": "files"},
        fields={"bucket": ["one", "two"], "params": [{"metastore_table": "a"}, {"metastore_synchronization": False}]},
        prepare=_connections,
    ),
    Sample(
        base={"name": "blobs", "type": "Azure", "connection": "files"},
        fields={"container": ["one", "two"]},
        prepare=_connections,
    ),
]
