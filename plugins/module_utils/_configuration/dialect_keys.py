# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every key of the dialects of earlier tools, and what becomes of it here (peer-config-format.md).

The translation takes its reasons from this table, and ``docs/dialects.md`` is made of it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

A, PLUS, BLOCKS, B = "A", "A+", "A-blocks", "B"
EVERY = (A, PLUS, BLOCKS, B)


@dataclass(frozen=True)
class Key:
    """One key: where it stands, and the author field of the kind that it becomes, or why nothing is done with it.

    ``place`` is a section and the path in one of its members, as in ``datasets.params.sampling``. ``becomes`` is a field of
    the same section, or a section and a field where that is another one. With ``why`` it is not applied, and each use
    of it is a warning. ``note`` says what else there is to know.
    """

    dialects: tuple[str, ...]
    place: str
    becomes: str = ""
    why: str = ""
    note: str = ""

    @property
    def section(self) -> str:
        return self.place.partition(".")[0]

    @property
    def path(self) -> str:
        return self.place.partition(".")[2]


_TRAINED = "a model is trained in DSS: train it there and declare the saved model as external"
_REGISTRY = "DSS has no registry of blocks: declare what the block stands for, or make a template of it"
_SAMPLING = "DSS samples when it shows data, not in a dataset"
_NO_STEP = "DSS has no step of this type"

KEYS: tuple[Key, ...] = (
    Key(EVERY, "version", note="the version of the format; nothing in DSS"),
    Key(EVERY, "metadata", note="notes on the file, here as there; nothing in DSS"),
    # Project
    Key(EVERY, "project.key", "key"),
    Key(EVERY, "project.name", "name"),
    Key(EVERY, "project.description", "description"),
    Key((B,), "project.owner", "owner"),
    Key(EVERY, "project.settings", "settings", note="with DSS's own names, but for the keys below"),
    Key(EVERY, "project.settings.owner", "owner"),
    Key(EVERY, "project.settings.exposed", why="exposed objects are declared one by one in project_sharing"),
    Key((A, PLUS), "project.settings.git", "project_git.remote", note="the remote; enabled has no counterpart"),
    Key((A, PLUS), "project.settings.git.remote", "project_git.remote"),
    Key((A, PLUS), "project.settings.git.enabled", why="every project of DSS is in Git"),
    Key((A, PLUS), "project.settings.permissions", "permissions.groups", note="role read or write of each group"),
    # Datasets
    Key(EVERY, "datasets.name", "name"),
    Key(EVERY, "datasets.type", "type", note="any spelling of the dialects, in any case"),
    Key(EVERY, "datasets.connection", "connection"),
    Key(EVERY, "datasets.description", "description"),
    Key((BLOCKS,), "datasets.comment", "description"),
    Key((B,), "datasets.managed", "managed"),
    Key(EVERY, "datasets.format_type", "format_type"),
    Key((PLUS,), "datasets.format", "format_type"),
    Key((BLOCKS,), "datasets.table", "table"),
    Key((BLOCKS,), "datasets.path", "path"),
    Key(EVERY, "datasets.params", "params", note="with DSS's own names, but for the keys below"),
    Key((PLUS,), "datasets.params.partition_by", why="partitions are declared in partitioning"),
    Key((PLUS,), "datasets.params.compression", "format_params", note="compression of parquet; of other formats a warning"),
    Key((PLUS,), "datasets.params.sampling", why=_SAMPLING),
    Key((PLUS,), "datasets.params.sample_size", why=_SAMPLING),
    Key(EVERY, "datasets.schema", "schema", note="a mapping with columns, or a list of them"),
    Key(EVERY, "datasets.schema.columns.name", "schema", note="name of the column"),
    Key(EVERY, "datasets.schema.columns.type", "schema", note="type of the column; varchar(255) is string with maxLength"),
    Key((PLUS,), "datasets.schema.columns.nullable", why="DSS does not say which columns may be empty"),
    Key((PLUS,), "datasets.checks", "checks"),
    Key((PLUS,), "datasets.checks.not_null", "checks", note="a rule of data quality, ColumnNotEmptyRule"),
    Key((PLUS,), "datasets.checks.unique", "checks", note="ColumnUniqueValuesRule"),
    Key((PLUS,), "datasets.checks.freshness", why="DSS has no rule about the age of rows: declare a check in Python"),
    Key((B,), "datasets.build_mode", why="how a dataset is built is chosen by the scenario that builds it"),
    Key((B,), "datasets.partition_spec", why="partitions are declared in partitioning"),
    # Recipes
    Key(EVERY, "recipes.name", "name"),
    Key(EVERY, "recipes.type", "type", note="any spelling of the dialects, in any case"),
    Key(EVERY, "recipes.inputs", "inputs", note="names, {dataset, alias} or {ref, role}"),
    Key((PLUS,), "recipes.inputs.alias", "params", note="only to read the conditions of a join"),
    Key(EVERY, "recipes.outputs", "outputs"),
    Key((PLUS,), "recipes.output", "outputs"),
    Key(EVERY, "recipes.params", "params"),
    Key((A,), "recipes.params.engine", why="code runs where its type says: a container is named in container",
        note="of a code recipe"),
    Key(EVERY, "recipes.code", "code"),
    Key((PLUS, B), "recipes.code_file", "code", note="the file is read"),
    Key((BLOCKS,), "recipes.code_ref", "code", note="the file is read"),
    Key((PLUS,), "recipes.sql_file", "code", note="the file is read"),
    Key((BLOCKS,), "recipes.sql", "code"),
    Key(EVERY, "recipes.description", "description"),
    Key((PLUS,), "recipes.code_env", "code_env"),
    Key((B,), "recipes.engine", "engine"),
    Key((PLUS,), "recipes.connection", why="an SQL recipe runs in the connection of its inputs"),
    Key((PLUS,), "recipes.resources",
        why="memory and cores belong to the container configuration: name one in container"),
    Key((PLUS,), "recipes.cluster", why="the cluster belongs to the settings of the project"),
    Key((B,), "recipes.compute_schema_updates", "update_output_schemas"),
    Key((PLUS,), "recipes.join_config.type", "params", note="join_type"),
    Key((PLUS,), "recipes.join_config.conditions", "params", note="join_conditions"),
    Key((PLUS,), "recipes.join_config.select", why="the columns of a join are declared in join"),
    # Scenarios
    Key((PLUS, BLOCKS, B), "scenarios.name", "name"),
    Key((PLUS,), "scenarios.type", "type"),
    Key((PLUS,), "scenarios.description", "description"),
    Key((B,), "scenarios.active", "active"),
    Key((B,), "scenarios.params", "params"),
    Key((PLUS, B), "scenarios.triggers", "triggers"),
    Key((PLUS,), "scenarios.triggers.schedule", "triggers", note="a temporal trigger, if DSS has such a schedule; else a warning"),
    Key((PLUS, B), "scenarios.triggers.manual", note="nothing to declare: every scenario can be run by hand"),
    Key((B,), "scenarios.triggers.temporal", "triggers"),
    Key((B,), "scenarios.triggers.dataset", "triggers", note="ds_modified; event_type created is a warning"),
    Key((B,), "scenarios.triggers.sql", "triggers", note="sql_query"),
    Key((PLUS, B), "scenarios.steps", "steps"),
    Key((PLUS, B), "scenarios.steps.build_dataset", "steps", note="build_flowitem"),
    Key((B,), "scenarios.steps.build_flowitem", "steps"),
    Key((PLUS, B), "scenarios.steps.run_recipe", "steps", note="build_flowitem of what the recipe writes"),
    Key((B,), "scenarios.steps.run_scenario", "steps"),
    Key((B,), "scenarios.steps.execute_sql", "steps", note="exec_sql"),
    Key((B,), "scenarios.steps.python", "steps", note="custom_python"),
    Key((B,), "scenarios.steps.shell", why=_NO_STEP),
    Key((PLUS,), "scenarios.steps.conditional", why=_NO_STEP),
    Key((PLUS,), "scenarios.steps.notification", why=_NO_STEP),
    # Dashboards, and what is no object of a project
    Key((PLUS,), "models", why=_TRAINED),
    Key((PLUS,), "dashboards.name", "name"),
    Key((PLUS,), "dashboards.type", why="DSS has one type of dashboard"),
    Key((PLUS,), "dashboards.pages", "pages"),
    Key((PLUS,), "dashboards.pages.name", "pages", note="title"),
    Key((PLUS,), "dashboards.pages.tiles", why="a tile shows an insight: declare one in insights and name it in insight"),
    Key((BLOCKS,), "blocks", why=_REGISTRY),
    Key((BLOCKS,), "solutions", why=_REGISTRY),
)  # fmt: skip

# The keys of a member of a section that is not applied as a whole.
MEMBERS: t.Mapping[str, tuple[str, ...]] = {
    "models": (
        "name", "type", "training_dataset", "target_column", "prediction_type", "algorithms", "features", "deployment",
    ),
    "blocks": ("ref", "instance_name", "zone_name", "inputs", "outputs", "extends"),
    "solutions": ("ref", "instance_name", "zone_prefix", "inputs", "outputs", "block_overrides"),
}  # fmt: skip


def not_applied(place: str) -> dict[str, str]:
    """The keys directly below a place that are not applied, each with the reason."""
    below = f"{place}."
    found = {key.place.removeprefix(below): key.why for key in KEYS if key.why and key.place.startswith(below)}
    return {key: why for key, why in found.items() if "." not in key}


def sections_not_applied() -> dict[str, str]:
    """The sections that are not applied as a whole, each with the reason."""
    return {key.place: key.why for key in KEYS if key.why and "." not in key.place}
