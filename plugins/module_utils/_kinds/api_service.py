# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API services: docs/api-calls.md, dss-object-shapes.md "API services"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import AsText, Document, Exclusive, Keyed, Rule
from .base import Known, Node, Resource
from .parts import each, mapping, members
from .paths import path_of
from .project_objects import COMPUTED, TAGGABLE, TAGS, ProjectObject
from .references import BY_ID, REFERENCE, Place
from .selections import CODE_ENV
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, WHOLE, Field, Schema, Shape, described

AUTH_METHODS = ("PUBLIC", "API_KEYS", "OAUTH2")
ENDPOINT_TYPES = (
    "STD_PREDICTION",
    "STD_CLUSTERING",
    "STD_FORECAST",
    "STD_CAUSAL_PREDICTION",
    "STD_MULTITARGET_PREDICTION",
    "CUSTOM_PREDICTION",
    "CUSTOM_R_PREDICTION",
    "R_FUNCTION",
    "PY_FUNCTION",
    "DATASETS_LOOKUP",
    "SQL_QUERY",
)
_KEYS = "authRealm.queryKeys"  # of callers; their shape is unverified, so all of it is a secret
_VERBATIM = {"x-verbatim": True}
_ENTRIES: Schema = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}}
_SELECTION: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}


def _single(key: str) -> tuple[t.Callable[[t.Any], t.Any], t.Callable[[t.Any], t.Any]]:
    """Turn plain values into mappings with one key, and back those that have no other."""

    def to_dss(value: t.Any) -> t.Any:
        return each(value, lambda entry: entry if isinstance(entry, Mapping) and "id" not in entry else {key: entry})

    def from_dss(value: t.Any) -> t.Any:
        return each(value, lambda entry: entry[key] if isinstance(entry, dict) and entry.keys() == {key} else entry)

    return to_dss, from_dss


_LOOKUP = Shape(
    fields=(
        Field("dataset", "datasetRef", described(TEXT, "Dataset that is looked into.")),
        Field(
            "keys", "on", described(_ENTRIES, "Columns of it that a record is found by."), *_single("resourceLookupCol")
        ),
        Field(
            "columns",
            "columnsMapping",
            described(
                OBJECT, "Columns that are taken, each with the name that it gets; complete where it is declared."
            ),
        ),
        Field("packaging", "packagingType", described(TEXT, "V(REFERENCED), or V(BUNDLED_TOCONNECTION) and the like.")),
        Field("missing_key", "missingLookupKeyBehavior", described(TEXT, "What happens without a key: V(IGNORE) ...")),
        Field("not_found", "notFoundBehavior", described(TEXT, "What happens without a record: V(IGNORE) ...")),
        Field("several", "multiMatchBehavior", described(TEXT, "What happens with several: V(KEEP_FIRST) ...")),
    ),
    defaults=lambda lookup: {
        "missingLookupKeyBehavior": "IGNORE",
        "notFoundBehavior": "IGNORE",
        "multiMatchBehavior": "KEEP_FIRST",
        "packagingType": "REFERENCED",
    },
)
_QUERY = Shape(
    fields=(
        Field("query", "query", described(TEXT, "SQL text.", **_VERBATIM)),
        Field("parameters", "inputParameters", described(OBJECTS, "Parameters, with DSS's own names.")),
        Field("most_rows", "maxResults", described(WHOLE, "Most rows that are answered, -1 for all.")),
        Field("commit", "postCommit", described(FLAG, "Whether it is committed.")),
    ),
    defaults=lambda query: {"maxResults": -1, "postCommit": False},
)
_EXPLANATION = Shape(
    fields=(
        Field("method", "method", described(TEXT, "V(ICE) or V(SHAPLEY).")),
        Field("most", "nbExplanations", described(WHOLE, "How many are given.")),
        Field("from_scored_set", "drawInScoredSet", described(FLAG, "Whether the background is what is scored.")),
        Field("background_size", "shapleyBackgroundSize", described(WHOLE, "Size of the background.")),
        Field("chunk_size", "subChunkSize", described(WHOLE, "Rows at a time.")),
    )
)
_ENDPOINT = Shape(
    fields=(
        Field("id", "id", described(TEXT, "Id of the endpoint.")),
        Field("type", "type", described(TEXT, f"{', '.join(ENDPOINT_TYPES)}.")),
        Field("model", "modelRef", described(REFERENCE, f"Saved model that answers: {BY_ID}.")),
        Field("model_type", "modelType", described(TEXT, "For CUSTOM_PREDICTION: V(REGRESSION) or V(CLASSIFICATION).")),
        Field("code", "code", described(TEXT, "For functions and custom models: the text.", **_VERBATIM)),
        Field("function", "userFunctionName", described(TEXT, "For functions: the one that is called.")),
        Field(
            "code_env",
            "envSelection",
            described(_SELECTION, "Name of the code environment of the code, or DSS's own selection."),
            *CODE_ENV,
        ),
        Field(
            "folders",
            "inputFolderRefs",
            described({"type": "array", "items": REFERENCE}, f"Managed folders that the code reads, each {BY_ID}."),
            *_single("ref"),
        ),
        members("queries", "queries", _QUERY, "For SQL_QUERY: the queries."),
        members("lookups", "lookups", _LOOKUP, "For DATASETS_LOOKUP: what is looked up."),
        members("enrichments", "enrichMapping", _LOOKUP, "What is added to a record before the model sees it."),
        Field("explanations", "outputExplanations", described(FLAG, "Whether explanations are given.")),
        mapping("explanation", "individualExplanationParams", _EXPLANATION, "How they are computed."),
        Field("use_java", "useJava", described(FLAG, "Whether Java scores where it can.")),
        Field("compute_propensity", "computePropensity", described(FLAG, "For causal predictions: propensity too.")),
        Field("mlflow_output", "mlFlowOutputStyle", described(TEXT, "For MLflow models: V(RAW) or V(PARSED).")),
        Field("return_enriched", "returnPostEnrichData", described(FLAG, "Whether the enriched record is answered.")),
        Field("audit_enriched", "auditPostEnrichData", described(FLAG, "Whether it is written to the audit log.")),
        Field("test_queries", "testQueries", described(OBJECTS, "Recorded queries, with DSS's own names.")),
        Field("health_checks", "healthCheckQueries", described(OBJECTS, "Queries that tell its health.")),
        Field("openapi", "openAPI", described(OBJECT, "Its description for callers, with DSS's own names.")),
        Field("tags", "tags", described(TEXTS, "Tags.")),
    ),
    defaults=lambda endpoint: {
        "outputExplanations": False,
        "returnPostEnrichData": False,
        "auditPostEnrichData": False,
        "envSelection": {"envMode": "INHERIT"},
        "individualExplanationParams": {
            "method": "ICE",
            "nbExplanations": 3,
            "drawInScoredSet": False,
            "shapleyBackgroundSize": 100,
            "subChunkSize": 5000,
        },
    },
)
_OAUTH2 = Shape(
    fields=(
        Field("keys_format", "keysFormat", described(TEXT, "V(JWKS_URI), or V(JWKS) for keys that are given.")),
        Field("keys_uri", "jwksUri", described(TEXT, "Where the public keys are.")),
        Field("keys", "jwksSet", described(TEXT, "The public keys.")),
        Field("issuer", "issuer", described(TEXT, "Who makes the tokens.")),
        Field("audience", "audience", described(TEXT, "For whom they have to be.")),
        Field("scope", "scope", described(TEXT, "What they have to allow.")),
        Field("scope_claim", "scopeClaimKey", described(TEXT, "The claim that says it.")),
        Field("scope_format", "scopeClaimFormat", described(TEXT, "V(STRING) or V(ARRAY).")),
        Field("client_claim", "clientIdClaimKey", described(TEXT, "The claim that says who calls.")),
        Field("connect_timeout", "jwkUriConnectTimeout", described(WHOLE, "Milliseconds.")),
        Field("read_timeout", "jwkUriReadTimeout", described(WHOLE, "Milliseconds.")),
        Field("size_limit", "jwkUriSizeLimit", described(WHOLE, "Most bytes that are read.")),
        Field("no_tls_check", "disableSSLCertificatesCheck", described(FLAG, "Whether certificates are not checked.")),
    )
)


class ApiService(ProjectObject):
    """An API service of the API Designer, by the id that its author chose."""

    name = "api_service"
    section = "api_services"
    call = "apiservices"
    order = 53
    summary = "An API service with its endpoints. The keys of its callers belong to DSS and are never shown."
    identifier = {"id": described(TEXT, "Id of the service, which its URL holds.")}
    required = ("id",)
    deletable = False
    git_folder = "lambda_services"
    names_of = ("saved_model", "managed_folder")
    hidden = (_KEYS,)
    places = (
        Place("endpoints[].modelRef", "saved_model"),
        Place("endpoints[].inputFolderRefs[].ref", "managed_folder"),
        Place("endpoints[].lookups[].datasetRef", "dataset", by_name=True),
        Place("endpoints[].enrichMapping[].datasetRef", "dataset", by_name=True),
    )
    shape = Shape(
        fields=(
            Field("name", "name", described(TEXT, "Name that is shown; the id when it is left out.")),
            members(
                "endpoints", "endpoints", _ENDPOINT, "Its endpoints, in order; a list that is declared is complete."
            ),
            Field("authorisation", "authMethod", described({"enum": [*AUTH_METHODS]}, "Who may call it.")),
            Field("public_access", "publicAccess", described(FLAG, "On older servers: whether everybody may call it.")),
            mapping("oauth2", "oauth2Config", _OAUTH2, "How tokens are checked, with V(OAUTH2)."),
            Field("realm", "authRealm", described(OBJECT, "Further settings of keys, with DSS's own names.")),
            Field("monitoring", "deploymentMonitoring", described(OBJECTS, "Monitoring, with DSS's own names.")),
            *TAGGABLE,
        ),
        defaults=lambda document: {
            "authMethod": AUTH_METHODS[0],
            "oauth2Config": {
                "keysFormat": "JWKS_URI",
                "scopeClaimKey": "scope",
                "scopeClaimFormat": "STRING",
                "jwkUriConnectTimeout": 500,
                "jwkUriReadTimeout": 500,
                "jwkUriSizeLimit": 51200,
                "disableSSLCertificatesCheck": False,
            },
        },
        computed=COMPUTED | {"error", "typeBadges", "releaseNotes", "oauth2Config.jwkSetParsed", "authRealm.id"},
    )
    parts = {
        "endpoints[]": _ENDPOINT,
        "endpoints[].lookups[]": _LOOKUP,
        "endpoints[].enrichMapping[]": _LOOKUP,
        "endpoints[].queries[]": _QUERY,
    }
    rules: Mapping[str, Rule] = {
        **TAGS,
        "endpoints": Keyed(("id",)),
        "endpoints[].code": AsText(),
        "endpoints[].lookups[].columnsMapping": Exclusive(),
        "endpoints[].enrichMapping[].columnsMapping": Exclusive(),
    }

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return str(author["id"])

    def from_dss(self, document: Document, known: Known) -> Document:
        author = super().from_dss(document, known)
        if author.get("name") == author.get("id"):
            author.pop("name", None)
        return author

    def place_of(self, project: str | None, object_id: str) -> str:
        return super().place_of(project, object_id) + "/settings"

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        listing = super().read_all(node, project)
        # The endpoints of a list item are not whole.
        return {key: {name: item[name] for name in item if name != "endpoints"} for key, item in listing.items()}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        node.post(path_of("projects", resource.project, self.call, resource.name), None)
        return resource.name
