# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The author fields of ``P/settings`` and what DSS puts there by itself: dss-api.md 2.3, dss-object-shapes.md "Project"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import Document
from .blocks import CLUSTER, CODE_ENV, CONTAINER, Block, Selection
from .dataset_types import ENGINE_CONFIG
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, WHOLE, Field, Schema, described

LANGUAGES = ("python", "r", "julia")
_INHERIT = {"mode": "INHERIT", "preventOverride": False}
_REQUESTS: Schema = {"enum": ["INHERIT", "ENABLED", "DISABLED"]}

# What a project gets by itself. "settings" is the block of that name in the document of the same name.
DEFAULTS: Document = {
    "settings": {
        "flowAnchorSourcesAndSinks": True,
        "flowDisplaySettings": {
            "zonesGraphRenderingAlgorithm": "DOT_OLDRANK",
            "zonesGraphConnectZones": True,
            "zonesGraphForJobs": True,
            "respectTraversalOrder": False,
            "zonesManualPositioning": False,
            "showFlowZoneDescriptions": True,
        },
        "gitCommitMode": "AUTO",
        "useRemoteGit": True,
        "disableAutomaticTriggers": False,
        "flowBuildSettings": {
            "mergeSparkPipelines": False,
            "pruneBeforeSparkPipelines": True,
            "mergeSqlPipelines": False,
            "pruneBeforeSqlPipelines": True,
            "defaultRecipeHashPropagationBehavior": "ENABLED",
        },
        "sharingRequestsEnabled": "INHERIT",
        "limitedVisibilityEnabled": "INHERIT",
        "accessRequestsEnabled": "INHERIT",
        "relocationSettings": {"sqlLikeRecipesInitializationMode": "RESOLVED_TABLE_REFERENCES"},
        "codeEnvs": dict.fromkeys(LANGUAGES, _INHERIT),
        "container": {"containerMode": "INHERIT"},
        "containerForVisualRecipesWorkloads": {"containerMode": "INHERIT"},
        "datasetsCreationSettings": {
            "useGlobal": True,
            "preferedStorageFormats": "CSV_ESCAPING_NOGZIP_FORHIVE,CSV_EXCEL_GZIP,PARQUET_HIVE",
            "virtualizable": False,
        },
        "cluster": {"clusterMode": "INHERIT"},
        "k8sCluster": {"clusterMode": "INHERIT"},
        "wikiSettings": {"promoted": False},
    },
    "projectAppType": "REGULAR",
    "hasSetupSection": False,
    "imgPattern": 1,  # unverified: what a project that is made through the API gets
    "showInitials": False,
    "metrics": {"probes": [], "engineConfig": ENGINE_CONFIG, "displayedState": {"columns": [], "metrics": []}},
    "metricsChecks": {"runOnBuild": False, "checks": [], "displayedState": {"checks": []}},
}

# What other calls or other kinds own, and what DSS alone decides, if P/settings holds it at all (unknown 6 of dss-api.md).
NOT_SETTINGS = frozenset(
    {
        "additionalDashboardUsers",
        "bundleExporterSettings",
        "checklists",
        "creationTag",
        "customFields",
        "customMeta",
        "dashboardAuthorizations",
        "description",
        "exposedObjects",
        "name",
        "owner",
        "permissions",
        "permissionsVersion",
        "projectKey",
        "projectType",
        "shortDesc",
        "tags",
        "tutorialId",
        "tutorialProject",
        "versionTag",
    }
)

_BUILD = Block(
    (
        Field("merge_spark_pipelines", "mergeSparkPipelines", described(FLAG, "Whether Spark recipes are merged.")),
        Field("prune_before_spark_pipelines", "pruneBeforeSparkPipelines", described(FLAG, "Whether to prune before.")),
        Field("merge_sql_pipelines", "mergeSqlPipelines", described(FLAG, "Whether SQL recipes are merged.")),
        Field("prune_before_sql_pipelines", "pruneBeforeSqlPipelines", described(FLAG, "Whether to prune before.")),
        Field(
            "recipe_hash_propagation",
            "defaultRecipeHashPropagationBehavior",
            described(TEXT, "Whether a changed recipe makes its outputs outdated, such as V(ENABLED)."),
        ),
    )
)
_DISPLAY = Block(
    (
        Field("rendering", "zonesGraphRenderingAlgorithm", described(TEXT, "Algorithm, such as V(DOT_OLDRANK).")),
        Field("connect_zones", "zonesGraphConnectZones", described(FLAG, "Whether zones are connected.")),
        Field("zones_for_jobs", "zonesGraphForJobs", described(FLAG, "Whether jobs show zones.")),
        Field("respect_traversal_order", "respectTraversalOrder", described(FLAG, "Whether the order of work counts.")),
        Field("manual_positioning", "zonesManualPositioning", described(FLAG, "Whether zones are placed by hand.")),
        Field("zone_descriptions", "showFlowZoneDescriptions", described(FLAG, "Whether zones show descriptions.")),
    )
)
_ENGINES = Block(
    (
        Field("forbidden", "forbiddenEngines", described(TEXTS, "Engines that no recipe may use.")),
        Field("preferred", "enginesPreferenceOrder", described(TEXTS, "Engines, the preferred one first.")),
        Field("forbidden_by_type", "forbiddenByRecipeType", described(OBJECT, "The first by type of recipe.")),
        Field("preferred_by_type", "preferenceByRecipeType", described(OBJECT, "The second by type of recipe.")),
    )
)
_DATASETS = Block(
    (
        Field("use_global", "useGlobal", described(FLAG, "Whether the settings of the node count.")),
        Field("preferred_formats", "preferedStorageFormats", described(TEXT, "Formats, separated by commas.")),
        Field("virtualizable", "virtualizable", described(FLAG, "Whether new datasets may be virtual.")),
        Field(
            "uploads_without_connection",
            "allowUploadsWithoutConnection",
            described(FLAG, "Whether uploads need no connection."),
        ),
    )
)
_CLUSTER = Block(
    (
        Field("name", "clusterId", described(TEXT, "Name of the cluster; it may hold variables of DSS.")),
        Field("fallback", "defaultClusterId", described(TEXT, "The cluster to use where the variables give none.")),
    )
)
_CODE_ENVS = Block(
    tuple(
        Field(
            language,
            language,
            described(Selection.schema, "V(inherit), V(builtin) or a name; a mapping is DSS's own."),
            CODE_ENV.to_dss,
            CODE_ENV.from_dss,
        )
        for language in LANGUAGES
    )
)


def _cluster_to_dss(value: t.Any) -> t.Any:
    if isinstance(value, Mapping) and "name" in value:
        return {"clusterMode": CLUSTER.explicit, **_CLUSTER.to_dss(value)}
    return CLUSTER.to_dss(value)


def _cluster_from_dss(value: t.Any) -> t.Any:
    found = CLUSTER.from_dss(value)
    if found is value and value.get("clusterMode") == CLUSTER.explicit and value.get("clusterId"):
        return _CLUSTER.from_dss({key: inner for key, inner in value.items() if key != "clusterMode"})
    return found


def _container(name: str, key: str, what: str) -> Field:
    text = f"Where {what} run: V(inherit), V(none) or the name of a configuration; a mapping is DSS's own."
    path = f"settings.settings.{key}"
    return Field(name, path, described(Selection.schema, text), CONTAINER.to_dss, CONTAINER.from_dss)


def _clusters(name: str, key: str, what: str) -> Field:
    schema = {"anyOf": [TEXT, _CLUSTER.schema, {"type": "object", "required": ["clusterMode"]}]}
    text = f"{what} cluster: V(inherit), a name, or C(name) with a C(fallback)."
    return Field(name, f"settings.settings.{key}", described(schema, text), _cluster_to_dss, _cluster_from_dss)


def _requests(name: str, key: str, what: str) -> Field:
    return Field(name, f"settings.settings.{key}", described(_REQUESTS, f"Whether {what}."))


def _block(name: str, key: str, block: Block, text: str) -> Field:
    return Field(name, f"settings.settings.{key}", described(block.schema, text), block.to_dss, block.from_dss)


FIELDS = (
    Field("status", "settings.projectStatus", described(TEXT, "Status of the project, one of those of the node.")),
    _block("code_envs", "codeEnvs", _CODE_ENVS, "Default code environments by language."),
    _container("container", "container", "code"),
    _container("container_for_visual_recipes", "containerForVisualRecipesWorkloads", "visual recipes"),
    _clusters("cluster", "cluster", "Hadoop or Spark"),
    _clusters("k8s_cluster", "k8sCluster", "Kubernetes"),
    Field(
        "git_commit_mode",
        "settings.settings.gitCommitMode",
        described({"enum": ["AUTO", "EXPLICIT"]}, "Whether DSS commits each change, or users do."),
    ),
    Field(
        "disable_automatic_triggers",
        "settings.settings.disableAutomaticTriggers",
        described(FLAG, "Whether no trigger of a scenario fires."),
    ),
    _block("flow_build", "flowBuildSettings", _BUILD, "How the flow is built."),
    _block("flow_display", "flowDisplaySettings", _DISPLAY, "How the flow is drawn."),
    _block("recipe_engines", "recipeEnginesPreferences", _ENGINES, "Engines of recipes."),
    _block("dataset_creation", "datasetsCreationSettings", _DATASETS, "How datasets are made."),
    _requests("sharing_requests", "sharingRequestsEnabled", "users may ask for objects to be shared"),
    _requests("limited_visibility", "limitedVisibilityEnabled", "users without access see that the project exists"),
    _requests("access_requests", "accessRequestsEnabled", "users may ask for access"),
    Field("promote_wiki", "settings.settings.wikiSettings.promoted", described(FLAG, "Whether the wiki is promoted.")),
    Field("app_type", "settings.projectAppType", described(TEXT, "V(REGULAR), V(APP_TEMPLATE) or V(APP_INSTANCE).")),
    Field("image_pattern", "settings.imgPattern", described(WHOLE, "Number of the pattern of its picture.")),
    Field("show_initials", "settings.showInitials", described(FLAG, "Whether its picture shows initials.")),
    Field("metrics", "settings.metrics", described(OBJECT, "Probes and their engines, with DSS's own names.")),
    Field("checks", "settings.metricsChecks.checks", described(OBJECTS, "Checks, with DSS's own names.")),
    Field("quality", "settings.metricsChecks", described(OBJECT, "How checks are run, with DSS's own names.")),
)


def with_builtin_in_step(settings: Document) -> Document:
    """The settings in which the older key of a code environment says what its mode says, as the client writes both."""
    envs = (settings.get("settings") or {}).get("codeEnvs")
    if not isinstance(envs, Mapping) or not any("useBuiltinEnv" in held for held in envs.values()):
        return settings
    in_step = {
        language: {**held, "useBuiltinEnv": held.get("mode") == "USE_BUILTIN_MODE"} if "useBuiltinEnv" in held else held
        for language, held in envs.items()
    }
    return {**settings, "settings": {**settings["settings"], "codeEnvs": in_step}}
