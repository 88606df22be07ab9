# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that a project exposes, and what its bundles hold; by names where DSS makes ids."""

from support.samples import Sample

SAMPLES = [
    Sample(
        base={},
        around={
            "managed_folders": [{"name": "files"}, {"name": "more files"}],
            "datasets": [{"name": "orders", "type": "managed"}],
        },
        fields={
            "exposed_objects": [
                [{"type": "DATASET", "name": "orders", "projects": ["OTHER"]}],
                [
                    {
                        "type": "DATASET",
                        "name": "orders",
                        "projects": ["OTHER", {"project": "THIRD", "appear_on_flow": False}],
                    }
                ],
                [{"type": "MANAGED_FOLDER", "name": "files", "projects": ["OTHER"], "quick_sharing": True}],
                [{"type": "DATASET", "localName": "orders", "rules": []}],
                [],
            ],
            "bundle_contents": [
                {"datasets": ["orders"], "managed_folders": ["files"], "uploads": True},
                {"managed_folders": ["more files", "files"], "uploads": False},
                {
                    "datasets": [{"name": "orders", "type": "Filesystem"}],
                    "saved_models": ["S7Ap55jW"],
                    "insights": False,
                },
                {"exportOptions": {"exportAllDatasets": True}},
            ],
        },
    )
]
