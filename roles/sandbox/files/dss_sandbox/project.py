# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One project: its objects in memory, every save a row and, in AUTO mode, a commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import database as db
from . import layout
from .documents import Document, dumps, tag
from .repository import Repository

if TYPE_CHECKING:
    from .scenario_runs import Run

_STAMPED = frozenset(
    {"datasets", "recipes", "managed_folders", layout.ARTICLES, *layout.ASSET_KINDS}
)  # zones and new scenarios have no creationTag
_IDENTITY = ("name", "projectKey", "id", "smartName", "versionTag")
_WITH_PAYLOAD = frozenset({"recipes", "scenarios", layout.ARTICLES})
_NAMED = frozenset({"datasets", "recipes"})  # their file name is the name; for the others it is the id


class Entry:
    """An object as stored. Replaced at each save, never changed, so that a snapshot is a shallow copy."""

    __slots__ = ("document", "payload", "served", "tag")

    def __init__(self, document: Document, payload: str | None, version_tag: Document) -> None:
        self.document = document
        self.payload = payload
        self.tag = version_tag
        self.served: str | None = None


class Project:
    def __init__(self, key: str, database: db.Database) -> None:
        self.key = key
        self._db = database
        self.repository = Repository(key, database)
        self.objects: dict[str, dict[str, Entry]] = {kind: {} for kind in layout.OBJECT_KINDS}
        self.params = Entry({}, None, {})
        self.variables: Document = {}
        self.local_variables: Document = {}
        self.tags: Document = {}
        self.library_folders: list[str] = []  # those that hold no file
        self.uploads: dict[str, list[Document]] = {}
        self.folder_files: dict[str, dict[str, tuple[bytes, int]]] = {}
        self.attachments: dict[str, bytes] = {}
        self.runs: dict[str, tuple[Run, ...]] = {}
        self.jobs: dict[str, Document] = {}
        self.rule_results: dict[str, tuple[Document, ...]] = {}
        self.metric_values: dict[tuple[str, str], tuple[Document, ...]] = {}
        self.standards_report: Document | None = None

    # -- reading --

    def served(self, kind: str, object_id: str) -> str:
        """The document with the identity that its file name carries, as JSON text."""
        entry = self.objects[kind][object_id]
        if entry.served is None:
            entry.served = dumps(self.full(kind, object_id))
        return entry.served

    def full(self, kind: str, object_id: str) -> Document:
        entry = self.objects[kind][object_id]
        document = dict(entry.document)
        document["name" if kind in _NAMED else "id"] = object_id
        document["projectKey"] = self.key
        if kind == "datasets":
            document["smartName"] = object_id
        if entry.tag:
            document["versionTag"] = entry.tag
        return document

    @property
    def explicit_commits(self) -> bool:
        return bool(self.params.document.get("settings", {}).get("gitCommitMode") == "EXPLICIT")

    # -- writing --

    def save(
        self,
        kind: str,
        object_id: str,
        document: Document,
        payload: str | None,
        login: str,
        version_tag: Document | None = None,
        quietly: bool = False,
    ) -> Entry:
        old = self.objects[kind].get(object_id)
        document.pop("creationTag", None)
        if old is not None:
            if "creationTag" in old.document:
                document["creationTag"] = old.document["creationTag"]
        elif kind in _STAMPED:
            document["creationTag"] = tag(login)
        if version_tag is None and kind != "zones":
            version_tag = tag(login, old.tag.get("versionNumber", -1) + 1 if old else 0)
        entry = Entry(document, payload, version_tag or {})
        self.objects[kind][object_id] = entry
        self._put_tag(f"{kind}/{object_id}", entry.tag)
        stored, code = layout.apart(kind, object_id, document)
        self.repository.write(layout.document_path(kind, object_id), layout.content(stored), quietly)
        for place, text in code.items():
            self.repository.write(place, text, quietly)
        path = layout.payload_path(kind, object_id, document)
        if path is not None and (payload is not None or kind == "scenarios"):
            self.repository.write(path, payload or "")
        return entry

    def remove(self, kind: str, object_id: str) -> None:
        """A stale payload of another type goes with its recipe."""
        del self.objects[kind][object_id]
        self._put_tag(f"{kind}/{object_id}", None)
        prefix = f"{kind}/{object_id}."
        for path in [
            path for path in self.repository.files if path.startswith(prefix) and "/" not in path[len(prefix) :]
        ]:
            if path == prefix + "json" or kind in _WITH_PAYLOAD:
                self.repository.delete(path)

    def rename(self, kind: str, old: str, new: str, login: str) -> None:
        """The object keeps its creationTag and goes on counting its saves."""
        entry = self.objects[kind][old]
        self.remove(kind, old)
        self.objects[kind][new] = entry
        self.save(kind, new, dict(entry.document), entry.payload, login)

    def save_params(self, document: Document, login: str, quietly: bool = False) -> None:
        number = self.params.tag.get("versionNumber", -1) + 1
        self.params = Entry(document, None, tag(login, number))
        self._put_tag("PROJECT", self.params.tag)
        self.repository.write(layout.PARAMS, layout.content(document), quietly)

    def save_variables(self, standard: Document, local: Document, quiet_local: bool) -> None:
        self.variables, self.local_variables = standard, local
        self.repository.write(layout.VARIABLES, dumps(standard))
        self.repository.write(layout.LOCAL_VARIABLES, dumps(local), quiet_local)

    def save_tags(self, tags: Document) -> None:
        self.tags = tags
        self.repository.write(layout.TAGS, dumps({"tags": tags}))

    def forget_results(self, dataset: str, new_name: str | None = None) -> None:
        """Those of data quality rules and metrics go with their dataset, or to its new name."""
        results = {name: kept for name, kept in self.rule_results.items() if name not in (dataset, new_name)}
        if new_name is not None:
            results[new_name] = self.rule_results.get(dataset, ())
        self.rule_results = results
        old, new = ("datasets", dataset), ("datasets", new_name or dataset)
        values = {key: kept for key, kept in self.metric_values.items() if key not in (old, new)}
        if new_name is not None:
            values[new] = self.metric_values.get(old, ())
        self.metric_values = values

    def _put_tag(self, name: str, version_tag: Document | None) -> None:
        self._db.put(db.PUT_TAG, (self.key, name, None if version_tag is None else dumps(version_tag)))

    # -- loading --

    def load(self, files: dict[str, str], stored_tags: dict[str, Document], login: str) -> None:
        """Rebuild every object from the files of the working tree; `stored_tags` win over what the files say."""
        exported = layout.parse(layout.VERSION_TAGS, files.get(layout.VERSION_TAGS, "{}")).get("tags", {})
        self.objects = {kind: {} for kind in layout.OBJECT_KINDS}
        for path, text in files.items():
            found = layout.object_of(path)
            if found is None:
                continue
            kind, object_id = found
            document = layout.parse(path, text)
            if not isinstance(document, dict):
                raise ValueError(f"{path} is not a JSON object")
            document = layout.together(kind, object_id, document, files)
            in_file = self._without_identity(kind, document)
            version_tag = (
                stored_tags.get(f"{kind}/{object_id}")
                or in_file
                or exported.get(f"{layout.TAG_NAMES.get(kind)}.{object_id}")
                or document.get("creationTag")
                or tag(login)
            )
            payload_path = layout.payload_path(kind, object_id, document)
            payload = files.get(payload_path) if payload_path else None
            self.objects[kind][object_id] = Entry(document, payload, {} if kind == "zones" else version_tag)
        of_project = next((value for name, value in exported.items() if name.startswith("PROJECT.")), None)
        self._load_settings(files, stored_tags.get("PROJECT") or of_project, login)

    def become(self, files: dict[str, str], stored_tags: dict[str, Document], login: str, message: str) -> None:
        """Take these files for all that it was, in one commit. They stay as they are, so that objects read back as stored.

        Raises ValueError, KeyError, TypeError or AttributeError if they are no project; then nothing is written.
        """
        self.load(files, stored_tags, login)
        for path in self.repository.files.keys() - files.keys():
            self.repository.delete(path)
        for path, text in files.items():
            if path != layout.VERSION_TAGS:
                self.repository.write(path, text)
        self.keep_tags()
        self.repository.commit(login, message)

    def version_tags(self) -> Document:
        """The content of version-tags.json in an archive."""
        tags = {"PROJECT." + self.key: self.params.tag}
        for kind, name in layout.TAG_NAMES.items():
            tags.update({f"{name}.{object_id}": entry.tag for object_id, entry in self.objects[kind].items()})
        return tags

    def _load_settings(self, files: dict[str, str], version_tag: Document | None, login: str) -> None:
        params = layout.parse(layout.PARAMS, files.get(layout.PARAMS, "{}"))
        in_file = params.pop("versionTag", None)
        self.params = Entry(params, None, version_tag or in_file or params.get("creationTag") or tag(login))
        self.variables = layout.parse(layout.VARIABLES, files.get(layout.VARIABLES, "{}"))
        self.local_variables = layout.parse(layout.LOCAL_VARIABLES, files.get(layout.LOCAL_VARIABLES, "{}"))
        self.tags = layout.parse(layout.TAGS, files.get(layout.TAGS, "{}")).get("tags", {})

    @staticmethod
    def _without_identity(kind: str, document: Document) -> Document | None:
        """Older files repeat identity and version tag (dss-object-shapes.md, What changed over the years)."""
        version_tag: Document | None = document.get("versionTag")
        for key in _IDENTITY:
            if key != "name" or kind in _NAMED:
                document.pop(key, None)
        return version_tag

    def keep_tags(self) -> None:
        """Store the tags of all objects, after a load that had none stored."""
        for name, entry in self.entries():
            self._put_tag(name, entry.tag)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Everything that has a version tag, under the name of its row."""
        yield "PROJECT", self.params
        for kind, entries in self.objects.items():
            for object_id, entry in entries.items():
                yield f"{kind}/{object_id}", entry

    # -- undo of one call --

    def snapshot(self) -> dict[str, Any]:
        repository = self.repository
        return {
            "self": {**self.__dict__, "objects": {kind: dict(entries) for kind, entries in self.objects.items()}},
            "copies": {name: dict(getattr(self, name)) for name in ("uploads", "folder_files", "attachments")},
            "repository": {
                name: type(value)(value) if isinstance(value, (dict, set)) else value
                for name, value in repository.__dict__.items()
            },
        }

    def go_back(self, snapshot: dict[str, Any]) -> None:
        self.__dict__.update(snapshot["self"])
        self.__dict__.update(snapshot["copies"])
        self.repository.__dict__.update(snapshot["repository"])
