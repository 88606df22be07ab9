# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a project exposes to others and what its bundles hold, as authors write it: dss-api.md 2.3."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import Document, Keyed, OnCreateOnly, Rule
from .blocks import Block
from .flow_items import BUILT, SHOWN
from .shape import FLAG, OBJECT, TEXT, Field, Schema, described

# Types of exposed objects that are known by an id which DSS makes, and the kind that declares such objects.
KIND_OF_TYPE: Mapping[str, str] = {entry.type: entry.kind for entry in (*BUILT, *SHOWN) if entry.by_id}


def _rules_to_dss(projects: t.Any) -> t.Any:
    return [{"targetProject": entry} if isinstance(entry, str) else _RULE.to_dss(entry) for entry in projects]


def _rules_from_dss(rules: t.Any) -> t.Any:
    return [_rule_from_dss(rule) for rule in rules]


def _rule_from_dss(rule: Document) -> t.Any:
    shown = {key: value for key, value in rule.items() if (key, value) != ("appearOnFlow", True)}  # the default: 2.3
    return shown["targetProject"] if shown.keys() == {"targetProject"} else _RULE.from_dss(shown)


_RULE = Block(
    (
        Field("project", "targetProject", described(TEXT, "Key of the other project.")),
        Field("appear_on_flow", "appearOnFlow", described(FLAG, "Whether it appears on the flow of that project.")),
    )
)
_EXPOSED = Block(
    (
        Field("type", "type", described(TEXT, "DSS's type, such as DATASET, MANAGED_FOLDER, SAVED_MODEL, SCENARIO.")),
        Field("name", "localName", described(TEXT, "Name of the object.")),
        Field(
            "projects",
            "rules",
            described(
                {"type": "array", "items": {"anyOf": [TEXT, _RULE.schema]}}, "Keys of the projects that may use it."
            ),
            _rules_to_dss,
            _rules_from_dss,
        ),
        Field("quick_sharing", "quickSharingEnabled", described(FLAG, "Whether users may share it further at once.")),
    )
)
EXPOSED: Schema = {
    "type": "array",
    "items": {"anyOf": [_EXPOSED.schema, {"type": "object", "required": ["localName"]}]},
}
EXPOSED_RULES: Mapping[str, Rule] = {
    "exposedObjects.objects": Keyed(("localName",)),
    "exposedObjects.objects[].rules": Keyed(("targetProject",)),
}
_PART_DEFAULTS: Mapping[str, Document] = {
    "exposedObjects.objects[]": {"quickSharingEnabled": False, "rules": []},
    "exposedObjects.objects[].rules[]": {"appearOnFlow": True},
}


def part_defaults(pattern: str) -> Mapping[str, t.Any]:
    """What DSS adds to an exposed object, and to what is said of one other project."""
    return _PART_DEFAULTS.get(pattern, {})


def exposed_to_dss(objects: t.Any) -> t.Any:
    """DSS's own form of exposed objects; members that have it already are kept."""
    return [entry if "localName" in entry else _EXPOSED.to_dss(entry) for entry in objects]


def exposed_from_dss(objects: t.Any) -> t.Any:
    return [
        _EXPOSED.from_dss(
            {key: value for key, value in entry.items() if (key, value) != ("quickSharingEnabled", False)}
        )
        for entry in objects
    ]


# Bundles ------------------------------------------------------------------------------------------------------------

# Lists of objects by id and name: the author field, DSS's key, the kind that declares such objects.
INCLUDED = (
    ("saved_models", "includedSavedModels", "saved_model", "Saved models whose versions go along."),
    ("model_evaluation_stores", "includedModelEvaluationStores", "model_evaluation_store", "Model evaluation stores."),
    ("managed_folders", "includedManagedFolders", "managed_folder", "Managed folders whose files go along."),
    ("knowledge_banks", "includedKnowledgeBanks", "knowledge_bank", "Knowledge banks."),
    ("code_studios", "includedCodeStudios", "", "Code Studios, by id."),
    ("labeling_tasks", "includedLabelingTasks", "", "Labelling tasks, by id."),
)
# All kinds whose objects are named in place of their ids.
NAMED = tuple(dict.fromkeys((*KIND_OF_TYPE.values(), *(kind for _name, _key, kind, _text in INCLUDED if kind))))
_FLAGS = (
    ("uploads", "exportUploads", "Whether uploaded files go along."),
    ("managed_datasets", "exportManagedFS", "Whether the data of managed datasets on file systems goes along."),
    ("all_datasets", "exportAllDatasets", "Whether the data of all datasets goes along."),
    ("all_input_datasets", "exportAllInputDatasets", "Whether the data of all input datasets goes along."),
    ("editable_datasets", "exportEditableDatasets", "Whether the data of editable datasets goes along."),
    ("all_managed_folders", "exportManagedFolders", "Whether the files of all managed folders go along."),
    ("all_input_managed_folders", "exportAllInputManagedFolders", "Whether those of all input folders go along."),
    ("analysis_models", "exportAnalysisModels", "Whether models of analyses go along."),
    ("all_saved_models", "exportSavedModels", "Whether all saved models go along."),
    (
        "saved_models_required_versions",
        "exportSavedModelsRequiredVersions",
        "Whether versions that are needed go along.",
    ),
    ("all_model_evaluation_stores", "exportModelEvaluationStores", "Whether all model evaluation stores go along."),
    ("all_knowledge_banks", "exportKnowledgeBanks", "Whether all knowledge banks go along."),
    ("all_labeling_tasks", "exportLabelingTasks", "Whether all labelling tasks go along."),
    ("insights", "exportInsightsData", "Whether the data of insights goes along."),
    ("notebook_outputs", "exportNotebooksWithOutputs", "Whether notebooks keep their outputs."),
    ("project_resources", "exportProjectResources", "Whether resource files of the project go along."),
    ("git_repository", "exportGitRepository", "Whether the Git history goes along."),
    ("foreign_objects", "exportForeignObjectsReferences", "Whether references to objects of other projects go along."),
    ("share_all_input_datasets", "shareAllInputDatasets", "Whether all input datasets are shared instead."),
    ("manual_plugins", "useManualPluginsInfo", "Whether the plugins that are needed are listed by hand."),
    ("for_new_branch", "exportForNewBranch", "Whether it is for a new branch."),
)
_OPTIONS = "exportOptions"


def _names_to_dss(names: t.Any) -> t.Any:
    return [{"name": entry} if isinstance(entry, str) else entry for entry in names]


def _datasets_from_dss(members: t.Any) -> t.Any:
    """The type in a member is that of the dataset, and DSS writes it: it is left to DSS."""
    return [member["name"] if not member.keys() - {"name", "type"} else member for member in members]


_CONTENTS = Block(
    (
        *(Field(name, f"{_OPTIONS}.{key}", described(FLAG, text)) for name, key, text in _FLAGS),
        Field(
            "datasets",
            f"{_OPTIONS}.includedDatasetsData",
            described({"type": "array", "items": {"anyOf": [TEXT, OBJECT]}}, "Datasets whose data goes along."),
            _names_to_dss,
            _datasets_from_dss,
        ),
        *(
            Field(name, f"{_OPTIONS}.{key}", described({"type": "array", "items": {"anyOf": [TEXT, OBJECT]}}, text))
            for name, key, _kind, text in INCLUDED
        ),
    )
)
CONTENTS: Schema = {"anyOf": [_CONTENTS.schema, {"type": "object", "required": [_OPTIONS]}]}
CONTENTS_RULES: Mapping[str, Rule] = {
    f"bundleExporterSettings.{_OPTIONS}.includedDatasetsData": Keyed(("name",)),
    **{f"bundleExporterSettings.{_OPTIONS}.{key}": Keyed(("id", "name")) for _name, key, _kind, _text in INCLUDED},
    # Older projects keep no name beside the id.
    **{f"bundleExporterSettings.{_OPTIONS}.{key}[].name": OnCreateOnly() for _name, key, _kind, _text in INCLUDED},
}

# The newest form of dss-api.md 2.3; what is true there by itself is unverified.
_TRUE = frozenset(
    {
        "exportProjectResources",
        "exportInsightsData",
        "exportSavedModelsRequiredVersions",
        "exportNotebooksWithOutputs",
        "exportEditableDatasets",
        "exportForeignObjectsReferences",
    }
)
CONTENTS_DEFAULTS: Document = {
    _OPTIONS: {
        **{key: key in _TRUE for _name, key, _text in _FLAGS},
        "includedDatasetsData": [],
        **{key: [] for _name, key, _kind, _text in INCLUDED},
    }
}


def contents_to_dss(author: t.Any) -> t.Any:
    """DSS's own form of what a bundle holds; what has it already is kept."""
    return author if _OPTIONS in author else _CONTENTS.to_dss(author)


def contents_from_dss(document: t.Any) -> t.Any:
    return _CONTENTS.from_dss(document)


def with_members(contents: Document, member: t.Callable[[str, t.Any], t.Any]) -> Document:
    """What a bundle holds, with each member of the lists of ids as ``member(kind, entry)`` gives it."""
    options = dict(contents.get(_OPTIONS) or {})
    for _name, key, kind, _text in INCLUDED:
        if isinstance(options.get(key), list):
            options[key] = [member(kind, entry) for entry in options[key]]
    return {**contents, _OPTIONS: options} if options else contents


def by_id(_kind: str, entry: t.Any) -> t.Any:
    """A member of which the id is given."""
    return {"id": entry} if isinstance(entry, str) else entry
