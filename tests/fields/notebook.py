# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notebooks of both types; a Jupyter notebook as mapping and as text."""

import json

from hypothesis import strategies as st
from support.samples import Sample
from support.sandbox import SandboxProcess

_SOURCE = st.text("ab{$%\n é", max_size=6)
_CELLS = st.lists(
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["code", "markdown"]), "source": _SOURCE | st.lists(_SOURCE, max_size=2)}
    ),
    max_size=3,
)
_NOTEBOOKS = _CELLS.map(lambda cells: {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def _distinct(notebook: object) -> object:
    """Without what says the same in two ways: a source may be one text or a list of parts."""
    found = notebook if isinstance(notebook, dict) else json.loads(str(notebook))
    cells = [{**cell, "source": "".join(cell["source"])} for cell in found["cells"]]
    return {**found, "cells": cells}


def connections(sandbox: SandboxProcess) -> None:
    for name in ("pg", "other"):
        sandbox.client().create_connection(name, "PostgreSQL")


SAMPLES = [
    Sample(
        base={"name": "Look at it"},
        fields={
            "kernel": ["python3", "py-dku-venv-py39", "ir"],
            "kernel_label": ["Python 3", "Another"],
            "language": ["python", "R"],
            "tags": [["a"], ["b", "a"]],
            "custom_fields": [{"level": "1"}, {"level": "2"}],
            "recipe": ["compute_a", "compute_b"],
            "content": _NOTEBOOKS.map(_distinct),
        },
    ),
    Sample(
        base={"name": "Counts", "type": "sql", "connection": "pg"},
        prepare=connections,
        fields={
            "connection": ["pg", "other"],
            "cells": [
                [{"name": "all", "code": "SELECT 1"}],
                [
                    {"name": "all", "code": "SELECT ${n}"},
                    {"code": "SELECT 2", "settings": {"addLimitToStatement": False}},
                ],
                [{"name": "more", "code": "SELECT 3", "id": "abc"}],
                [],
            ],
            "tags": [["a"], ["b", "a"]],
            "custom_fields": [{"level": "1"}, {"level": "2"}],
            "description": ["Long", "Longer"],
            "short_description": ["One line", "Another"],
            "checklists": [[{"title": "One", "items": []}], []],
        },
    ),
]
