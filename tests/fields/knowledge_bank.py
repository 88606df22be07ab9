# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Knowledge banks: filled by DSS, and one that is there."""

from __future__ import annotations

from support.samples import Sample
from support.sandbox import SandboxProcess
from support.taggable import TAGGABLE

_EXPOSED = {"id": "rag", "llm": "openai:x:gpt", "most_documents": 10, "output_format": "TEXT"}


def _connections(sandbox: SandboxProcess) -> None:
    for name in ("store", "other_store"):
        sandbox.client().create_connection(name, "ElasticSearch")


SAMPLES = [
    Sample(
        base={"name": "Handbook", "vector_store": "CHROMA", "embedding_llm": "openai:x:embed"},
        fields={
            "vector_store": ["CHROMA", "FAISS", "MILVUS_LOCAL"],
            "embedding_llm": ["openai:x:embed", "openai:y:embed"],
            "retriever": ["VECTOR_STORE_BACKED", "OTHER"],
            "connection": ["store", "other_store"],
            "index": ["one", "two"],
            "vector_index": ["FLAT", "HNSW"],
            "metadata": [[], [{"name": "source", "type": "string"}], [{"name": "source", "type": "int"}]],
            "images_folder": ["pictures", "drawings"],
            "image_column": ["one", "two"],
            "exposed_llms": [[], [_EXPOSED], [{**_EXPOSED, "diverse": True, "most_documents": 4}]],
            "code_env": ["one", "two"],
            "container": ["big", {"containerMode": "NONE"}],
            "rebuild": ["EXPLICIT", "NORMAL"],
            **TAGGABLE,
        },
        around={"managed_folders": [{"name": "pictures"}, {"name": "drawings"}]},
        prepare=_connections,
    ),
    Sample(
        base={"name": "There", "vector_store": "ELASTICSEARCH", "connection": "store"},
        fields={"managed": [False, True], "columns": [{"id": "a", "content": "b"}, {"id": "c"}]},
        prepare=_connections,
    ),
]
