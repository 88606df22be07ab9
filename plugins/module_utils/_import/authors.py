# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From documents to what an author would write: only what differs from the defaults, without a secret."""

from __future__ import annotations

import copy
import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .._errors import ConfigurationError, DssError, Location, Problem
from .._kinds.base import Kind, Known, Neighbours, Resource, address
from .._plan.compare import AsSet, Document
from .._plan.desired import Declaration, desired
from .reading import Documents
from .secrets import Secrets

_STRANGE = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # of a document that is not as expected
_FIRST = (
    "key",
    "id",
    "name",
    "type",
    "dataset",
    "folder",
    "object",
    "column",
)  # what people look for first in a mapping


@dataclass(frozen=True)
class Authored:
    """One object in author form; ``document`` is what DSS holds."""

    kind: Kind
    name: str
    object_id: str
    address: str
    author: Document
    document: Document = field(repr=False)


@dataclass(frozen=True)
class Authors:
    """All objects of a project in author form, in the order of the configuration.

    ``problems`` are objects and fields that cannot be declared, ``warnings`` what is kept as ``raw`` or left to DSS.
    """

    objects: tuple[Authored, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def authors_of(
    documents: Documents, project: str, kinds: Mapping[str, Kind], known: Known, secrets: Secrets
) -> Authors:
    """The author form of every object that was read; ``secrets`` learns those that are not written."""
    objects: list[Authored] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for name, held in documents.items():
        kind = kinds[name]
        labels = Counter(kind.label(object_id, document) for object_id, document in held.items())
        taken: set[str] = set()
        for object_id, document in sorted(held.items(), key=lambda item: (kind.label(*item), item[0])):
            label = "" if kind.singleton else kind.label(object_id, document)
            found = _authored(kind, project, object_id, label, document, known, secrets, warnings)
            if labels[label] == 1 and _server_made(kind):
                found.author.pop("id", None)
            if found.address in taken:
                problems.append(
                    Problem(
                        f"{found.address} ({object_id}): another {kind.name.replace('_', ' ')} has the same name, and two "
                        "cannot be told apart in a configuration: rename one of them in DSS"
                    )
                )
                continue
            taken.add(found.address)
            for field_name, value in list(found.author.items()):
                spilt = secrets.spilt_in(value)
                if spilt is not None:
                    del found.author[field_name]
                    problems.append(
                        Problem(
                            f"{found.address} {field_name}: holds in clear the secret of {spilt.address} {spilt.path}, and is "
                            "therefore not written: put a variable of DSS in its place there"
                        )
                    )
            objects.append(found)
    return Authors(tuple(objects), tuple(problems), tuple(warnings))


@dataclass(frozen=True)
class _Declaration:
    """An author form as a declaration, to see what it declares."""

    kind: str
    fields: Document
    location: Location = Location()
    path: str = ""


def resources_of(objects: Iterable[Authored], project: str) -> dict[str, Resource]:
    """What the author forms declare, by address; what no kind makes sense of is left out, and named by the plan."""
    objects = list(objects)
    declarations = [_Declaration(entry.kind.name, entry.author) for entry in objects]
    return resources_and_problems(declarations, project, {entry.kind.name: entry.kind for entry in objects})[0]


def resources_and_problems(
    declarations: Iterable[Declaration], project: str | None, kinds: Mapping[str, Kind]
) -> tuple[dict[str, Resource], list[Problem]]:
    """The resources of those declarations of which the kinds make sense, and what is wrong with the others.

    A server may hold what no kind expects, so that it can fail in any way.
    """
    declarations = list(declarations)
    try:
        return desired(declarations, project, kinds), []
    except (ConfigurationError, *_STRANGE):
        sound = []
        problems: list[Problem] = []
        for declaration in declarations:
            found = _problems_of(declaration, project, kinds)
            problems += found
            if not found:
                sound.append(declaration)
        return desired(sound, project, kinds), problems


def _problems_of(declaration: Declaration, project: str | None, kinds: Mapping[str, Kind]) -> list[Problem]:
    try:
        desired([declaration], project, kinds)
    except ConfigurationError as error:
        return list(error.problems)
    except _STRANGE as error:
        message = f"has a form that this version of the collection does not know ({type(error).__name__}: {error})"
        shown = address(declaration.kind, project, kinds[declaration.kind].identity(declaration.fields))
        return [Problem(f"{shown} {message}", declaration.path, declaration.location)]
    return []


def _authored(
    kind: Kind,
    project: str,
    object_id: str,
    label: str,
    document: Document,
    known: Known,
    secrets: Secrets,
    warnings: list[Problem],
) -> Authored:
    shown = address(kind.name, project, project if kind.singleton else label)
    covered = secrets.covered(kind, shown, document)
    try:
        author = _named(kind.from_dss(copy.deepcopy(covered), known), kind, project)
        makes = _can_make(kind, author, project)
    except (DssError, *_STRANGE) as error:
        author, makes = _named(_raw(kind, covered), kind, project), kind.creatable
        warnings.append(
            Problem(
                f"{shown} has a form that this version of the collection does not know ({type(error).__name__}: {error}): "
                "all of it is kept as raw",
                severity="warning",
            )
        )
    if not makes:
        author = {**{key: author[key] for key in (*kind.identifier, *kind.required) if key in author}, "external": True}
    return Authored(kind, label or project, object_id, shown, tidy(author, kind, project), document)


def _raw(kind: Kind, document: Document) -> Document:
    """What says which object is meant, and all the rest as it is."""
    named = {key: document[key] for key in (*kind.identifier, *kind.required, "name") if document.get(key)}
    computed = {path.partition(".")[0] for path in kind.shape.computed if "." not in path}
    rest = {key: value for key, value in document.items() if key not in {*named, *computed, "projectKey"}}
    return {**named, "raw": rest} if rest else named


def _named(author: Document, kind: Kind, project: str) -> Document:
    return {"key": project, **author} if kind.names_project else author


def _can_make(kind: Kind, author: Document, project: str) -> bool:
    """Whether the API could make the object on another node; what it could not is declared to be made elsewhere."""
    try:
        return kind.can_make(kind.resource(author, project, Neighbours(), Location(), ""))
    except DssError:  # it says itself what is wrong with it when it is planned
        return kind.creatable


def _server_made(kind: Kind) -> bool:
    """Whether DSS makes the ids of a kind, so that they say nothing on another node."""
    return "id" in kind.identifier and type(kind).label is not Kind.label


def tidy(author: Document, kind: Kind, project: str) -> Document:
    """The same with its sets sorted, and its keys in an order that does not depend on the server.

    In a field whose keys are in an order that means something, such as renamings, they stay.
    """
    sets = {path for path, rule in kind.rules.items() if isinstance(rule, AsSet)}
    names = {entry.name for entry in kind.shape_of(author.get("type")).fields if entry.path in sets}
    author = {name: sorted(value) if name in names and _is_texts(value) else value for name, value in author.items()}
    tidied = {name: in_order(value) for name, value in author.items()}
    wanted = _declared_by(author, kind, project)
    if wanted is None or _declared_by(tidied, kind, project) == wanted:
        return tidied
    return {
        name: value if _declared_by({**author, name: value}, kind, project) == wanted else author[name]
        for name, value in tidied.items()
    }


def _declared_by(author: Document, kind: Kind, project: str) -> Document | None:
    """What an author form declares, None where it does not make sense by itself."""
    try:
        return kind.resource(author, project, Neighbours(), Location(), "").declared
    except (DssError, *_STRANGE):
        return None


def _is_texts(value: t.Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def in_order(value: t.Any) -> t.Any:
    """A value in which the keys of every mapping are sorted, those that name it first."""
    if isinstance(value, Mapping):
        return {key: in_order(value[key]) for key in sorted(value, key=_rank)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def _rank(key: str) -> tuple[int, str]:
    return (_FIRST.index(key) if key in _FIRST else len(_FIRST), key)
