# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML that would declare what DSS holds now, for the fields that drifted."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._kinds.base import SENSITIVE, Kind, Known, redacted
from .._kinds.shape import Field, at
from .._plan.accept import accepting
from .._plan.compare import MISSING, Change, Document
from .._plan.drift import covers
from .._state.fingerprint import Fingerprint, holds_fingerprint
from .._state.model import Recorded
from .author_yaml import author_yaml
from .compared import Found


@dataclass(frozen=True)
class Acceptance:
    """A section of a configuration as YAML, None where there is nothing to say; ``left_out`` are fields with secrets."""

    text: str | None = None
    left_out: tuple[str, ...] = ()


def acceptance(found: Found, kind: Kind, known: Known) -> Acceptance:
    """What would declare the object and its drifted fields as DSS holds them, without secrets."""
    if found.recorded is None or not found.changes:
        return Acceptance()
    fields, left_out = _fields(found, found.recorded, kind, known)
    renamed = any(change.path in kind.identifier for change in found.changes)
    if not fields and not renamed:
        return Acceptance(None, left_out)
    author = {**_identity(found, found.recorded, kind, known), **fields}
    content = {kind.section: author if kind.singleton else [author]}
    return Acceptance(author_yaml(content), left_out)


def is_sensitive(kind: Kind, change: Change) -> bool:
    """Whether neither side of a change may be shown: what was a secret may have become another one."""
    return holds_fingerprint(change.after) or kind.is_secret(change.path)


def _fields(found: Found, recorded: Recorded, kind: Kind, known: Known) -> tuple[Document, tuple[str, ...]]:
    """The drifted fields in author form, null where DSS no longer holds one, and those that lack a secret."""
    paths = {change.path for change in found.changes if not is_sensitive(kind, change)}
    hidden = redacted(accepting(recorded.declared, found.document, found.rules, paths), kind.is_secret)
    accepted = t.cast(Document, _without_secrets(hidden))
    author = _author(kind, found.document, accepted, known)
    fields: Document = {}
    left_out = {kind.author_path(change.path) for change in found.changes if is_sensitive(kind, change)}
    for path in sorted(paths):
        field = _field(kind, found.document, path)
        place = field.path if field else path.partition(".")[0].partition("[")[0]
        value = at(accepted, place)
        if _holds_secret(at(hidden, place)):
            left_out.add(field.name if field else place)
        if field is None:
            if value is not MISSING and place not in kind.identifier:
                fields.setdefault("raw", {})[place] = value
        elif value is MISSING or value is None:
            fields[field.name] = None
        else:
            # An author form leaves out what DSS adds by itself; here it has to be said.
            fields[field.name] = author.get(field.name) or field.from_dss(value)
    return fields, tuple(sorted(left_out))


def _without_secrets(value: t.Any) -> t.Any:
    """A value without what a secret stood for: a field that is not declared is left alone."""
    if isinstance(value, Mapping):
        return {key: _without_secrets(inner) for key, inner in value.items() if not _is_secret(inner)}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value if not _is_secret(inner)]
    return value


def _holds_secret(value: t.Any) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return _is_secret(value) or any(map(_holds_secret, inner))


def _is_secret(value: t.Any) -> bool:
    return isinstance(value, Fingerprint) or (isinstance(value, str) and value == SENSITIVE)


def _identity(found: Found, recorded: Recorded, kind: Kind, known: Known) -> Document:
    """What says which object is meant, and what has to be said of every object of the kind."""
    author = _author(kind, found.document, found.document, known)
    if kind.name == "project" and found.object_id:
        author["key"] = found.object_id
    kept = {key: author[key] for key in kind.required if key in author}
    if "id" in kind.identifier and kind.identity(kept) != recorded.name:
        kept["id"] = found.object_id
    return kept


def _author(kind: Kind, document: Document, part: Document, known: Known) -> Document:
    """The author form of a part of a document; the parts that a kind expects are there, if empty."""
    parts: Document = {key: {} for key, value in document.items() if isinstance(value, Mapping)}
    return kind.from_dss({**parts, **part, **_kept(document)}, known)


def _kept(document: Document) -> Document:
    return {key: document[key] for key in ("type", "name", "id") if key in document}


def _field(kind: Kind, document: Document, path: str) -> Field | None:
    """The author field that holds a path of DSS."""
    fields = kind.shape_of(document.get("type")).fields
    holding = [field for field in fields if covers(field.path, path)]
    return max(holding, key=lambda field: len(field.path), default=None)
