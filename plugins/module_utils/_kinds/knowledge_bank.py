# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Knowledge banks: docs/api-calls.md, dss-object-shapes.md "Knowledge banks"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import Document, Keyed, Rule, Spelled
from .base import Known, Neighbours, Node, Resource, with_references
from .parts import members
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, TAGS, Named, identified
from .references import BY_ID, REFERENCE, Place
from .selections import CODE_ENV, CONTAINER
from .shape import FLAG, NUMBER, OBJECT, TEXT, WHOLE, Field, Schema, Shape, described

_FOLDER, _MULTIMODAL = "managedFolderId", "multimodalColumn"
_MULTIMODAL_COLUMN = "DKU_MULTIMODAL_CONTENT"  # what the client sends with a folder
_SELECTION: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}
_STORES = (
    "CHROMA, PINECONE, ELASTICSEARCH, AZURE_AI_SEARCH, SNOWFLAKE_CORTEX_SEARCH, DATABRICKS_AI_SEARCH, VERTEX_AI_GCS_BASED, "
    "VERTEX_AGENT_RETRIEVAL, FAISS, QDRANT_LOCAL, MILVUS_LOCAL or MILVUS_REMOTE."
)

_EXPOSED = Shape(
    fields=(
        Field("id", "ragModelId", described(TEXT, "Id of the augmented model.")),
        Field("llm", "llmId", described(TEXT, "Id of the model that answers.")),
        Field("most_documents", "maxDocuments", described(WHOLE, "Most documents that it is given.")),
        Field("diverse", "useMMR", described(FLAG, "Whether documents that differ are preferred.")),
        Field("diverse_candidates", "mmrK", described(WHOLE, "Among how many they are chosen.")),
        Field("diversity", "mmrDiversity", described(NUMBER, "How much they are to differ, from 0 to 1.")),
        Field("sources", "printSources", described(FLAG, "Whether sources are named.")),
        Field("content_in_sources", "includeContentInSources", described(FLAG, "Whether with their content.")),
        Field("output_format", "outputFormat", described(TEXT, "V(TEXT), V(JSON) or V(SEPARATED).")),
        Field("retrieval_source", "retrievalSource", described(TEXT, "V(EMBEDDING), or a further source.")),
        Field("own_message", "customizeContextMessage", described(FLAG, "Whether the message below is used.")),
        Field("message", "contextMessage", described(TEXT, "What the model is told.", **{"x-verbatim": True})),
    ),
    defaults=lambda exposed: {
        "useMMR": False,
        "mmrK": 20,
        "mmrDiversity": 0.25,
        "printSources": True,
        "includeContentInSources": True,
        "retrievalSource": "EMBEDDING",
        "customizeContextMessage": False,
    },
)
_COLUMN = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name.")),
        Field("type", "type", described(TEXT, "Type, as of a dataset.")),
        Field("filterable", "filterable", described(FLAG, "Whether a search can be limited by it.")),
        Field("stored_as", "storageName", described(TEXT, "Where the store keeps it, if under another name.")),
    )
)


class KnowledgeBank(Named):
    """A knowledge bank; what is stored in it is not managed."""

    name = "knowledge_bank"
    section = "knowledge_banks"
    made_with = None
    gone = "its id and its content"
    call = "knowledge-banks"
    order = 52
    summary = "A knowledge bank; what is stored in it is not managed."
    identifier = identified("knowledge bank")
    required = ("name", "vector_store")
    git_folder = "knowledge-banks"
    data = "its content"
    data_goes_along = True
    names_of = ("managed_folder",)
    replaced_by = ("vectorStoreType",)
    places = (Place(_FOLDER, "managed_folder"),)
    shape = Shape(
        fields=(
            Field("vector_store", "vectorStoreType", described(TEXT, f"What stores it: {_STORES}")),
            Field("embedding_llm", "embeddingLLMId", described(TEXT, "Id of the model that embeds texts.")),
            Field("retriever", "retrieverType", described(TEXT, "V(VECTOR_STORE_BACKED).")),
            Field("managed", "managed", described(FLAG, "Whether DSS fills the store; false for one that is there.")),
            Field("connection", "connection", described(TEXT, "Connection of a remote store.")),
            Field("index", "indexName", described(TEXT, "Name of the index in a remote store.")),
            Field(
                "vector_index", "vectorIndexType", described(TEXT, "For MILVUS_REMOTE: DEFAULT, FLAT, IVF_FLAT, HNSW.")
            ),
            Field(
                "columns",
                "columnMapping",
                described(
                    OBJECT, "For a store that is there: its columns for C(id), C(vector), C(content), C(metadata)."
                ),
            ),
            members("metadata", "metadataColumnsSchema", _COLUMN, "Columns of metadata."),
            Field(
                "images_folder",
                _FOLDER,
                described(REFERENCE, f"Managed folder with the images of the documents: {BY_ID}."),
            ),
            Field("image_column", _MULTIMODAL, described(TEXT, "Column that names them; DSS's own when left out.")),
            members("exposed_llms", "llmsExposedWith", _EXPOSED, "Models that are offered with this bank."),
            Field(
                "code_env",
                "envSelection",
                described(_SELECTION, "Name of the code environment, or DSS's own selection."),
                *CODE_ENV,
            ),
            Field(
                "container",
                "containerExecSelection",
                described(_SELECTION, "Name of the container configuration, or DSS's own selection."),
                *CONTAINER,
            ),
            Field("rebuild", "rebuildBehavior", described(TEXT, "When it is built: V(EXPLICIT), V(NORMAL) ...")),
            *TAGGABLE,
        ),
        defaults=lambda document: {
            "retrieverType": "VECTOR_STORE_BACKED",
            "rebuildBehavior": "EXPLICIT",
            "envSelection": {"envMode": "INHERIT"},
            "containerExecSelection": {"containerMode": "INHERIT"},
            "managed": True,
            **({_MULTIMODAL: _MULTIMODAL_COLUMN} if document.get(_FOLDER) else {}),
        },
        computed=COMPUTED,
    )
    parts = {"llmsExposedWith[]": _EXPOSED}
    rules: Mapping[str, Rule] = {
        **TAGS,
        _FOLDER: Spelled(lambda value: value.rpartition(".")[2] if isinstance(value, str) else value),
        "metadataColumnsSchema": Keyed(("name",)),
        "llmsExposedWith": Keyed(("ragModelId",)),
    }

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        built = super().finish(built, author, neighbours)
        return with_references(built, ("connection", author["connection"])) if author.get("connection") else built

    def from_dss(self, document: Document, known: Known) -> Document:
        folder = document.get(_FOLDER)
        own = f"{document.get('projectKey')}."
        if isinstance(folder, str) and folder.startswith(own):
            document = {**document, _FOLDER: folder.removeprefix(own)}
        return super().from_dss(document, known)

    def complete(self, document: Document, resource: Resource) -> Document:
        return {_MULTIMODAL: _MULTIMODAL_COLUMN, **document} if document.get(_FOLDER) else document

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["id"]: item for item in node.get(path_of("projects", project, self.call))}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return str(node.post(path_of("projects", resource.project, self.call) + "/", document)["id"])
