# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kind is: the only place that knows one type of DSS object."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from operator import attrgetter
from pathlib import Path

from .._errors import Location
from .._plan.compare import MISSING, Document, Rules, Unknown, no_defaults
from .._plan.values import PLAIN, substituted
from .shape import Schema, Shape

SENSITIVE = "(sensitive)"

# Names of parameters that hold secrets: dss-api.md 2.16 [headless redaction tests], webhooks 2.7 [export].
_SECRET = re.compile(
    r"(pass(word|wd|phrase)|secret|token(?!s|iz|_?(count|limit))|api_?key|access_?key|private_?key|encryption_?key|webhook_?url|credential|"
    r"appsecretcontent|keyjsondata|keybase64data|keypassphrase)",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"(credentials_?mode|secret_?name|key_?name)$", re.IGNORECASE)
_MEMBER = re.compile(r"\[[^\]]*\]")
_VALUE_OF = re.compile(r"\[([^\]]*)\]\.value$")


@dataclass(frozen=True)
class Ref:
    """Stands where DSS wants the id that the server gave to another object of the configuration."""

    kind: str
    name: str

    @property
    def unknown(self) -> Unknown:
        return Unknown(self.name)


@dataclass(frozen=True)
class TypeOfConnection:
    """Stands where DSS wants the dataset type that fits a connection; only the node knows it."""

    connection: str


_OPEN = (Ref, TypeOfConnection)


@dataclass(frozen=True, slots=True)
class Resource:
    """One declared object.

    ``declared`` is the part of DSS's own JSON that the configuration names (``Ref`` where an id is not known yet);
    ``first`` is sent only when the object is made, and ``first_notes`` are for then; ``references`` are (kind, name) of what it needs;
    ``identity`` is what finds the object on the node; an ``external`` one is only looked for. ``lookups`` are (kind, name)
    of what it names by a ``Ref`` although the configuration does not declare it: the node has to say its id. ``aside`` is
    what its kind wants to know after it was written.
    """

    kind: str
    project: str | None
    name: str
    declared: Document
    location: Location = Location()
    path: str = ""
    identity: Mapping[str, t.Any] = field(default_factory=dict)
    first: Document = field(default_factory=dict)
    rules: Rules = field(default_factory=dict)
    references: tuple[tuple[str, str], ...] = ()
    depends_on: tuple[str, ...] = ()
    prevent_destroy: bool = False
    ignore_changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    first_notes: tuple[str, ...] = ()
    external: bool = False
    lookups: tuple[tuple[str, str], ...] = ()
    aside: Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return address(self.kind, self.project, self.name)


def address(kind: str, project: str | None, name: str) -> str:
    """``dataset.PROJECT.NAME``, ``connection.NAME``; a singleton of a project is ``variables.PROJECT``."""
    owned = f"{kind}.{project}" if project else kind
    return f"{owned}.{name}" if name and name != project else owned


@dataclass(frozen=True)
class Known:
    """What else a project on a node holds: by kind the names of its objects by id."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, str]:
        return self.names.get(kind, {})


@dataclass(frozen=True)
class Neighbours:
    """What a resource may refer to: the names that the configuration declares by kind.

    ``outputs`` gives what each recipe writes, as (type, name) with DSS's own type (DATASET, MANAGED_FOLDER); ``authors``
    the author mappings by kind, ``fields`` the author fields that each declares, by kind and name.
    """

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    outputs: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    authors: Mapping[str, tuple[Mapping[str, t.Any], ...]] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], Collection[str]] = field(default_factory=dict)
    _named: dict[tuple[str, str], Mapping[str, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def has(self, kind: str, name: str) -> bool:
        return name in self.names.get(kind, ())

    @cached_property
    def writers(self) -> Mapping[str, tuple[str, ...]]:
        """The recipes that write an object, by its name."""
        found: dict[str, list[str]] = {}
        for recipe, written in self.outputs.items():
            for name in dict.fromkeys(name for _type, name in written):
                found.setdefault(name, []).append(recipe)
        return {name: tuple(recipes) for name, recipes in found.items()}

    def named_by(self, kind: str, key: str) -> Mapping[str, str]:
        """The names of the objects of a kind by the text of one of their author fields."""
        if (kind, key) not in self._named:
            authors = self.authors.get(kind, ())
            self._named[kind, key] = {
                author[key]: str(author["name"]) for author in authors if isinstance(author.get(key), str)
            }
        return self._named[kind, key]

    def declares(self, kind: str, name: str, key: str) -> bool:
        """Whether the declaration of an object has an author field."""
        return key in self.fields.get((kind, name), ())


class Node(t.Protocol):
    """The calls that a kind makes; raw JSON in, raw JSON out. Raises ``NodeError``."""

    def get(self, path: str, /, **query: t.Any) -> t.Any: ...

    def put(self, path: str, body: t.Any, **query: t.Any) -> t.Any: ...

    def post(self, path: str, body: t.Any, **query: t.Any) -> t.Any: ...

    def delete(self, path: str, **query: t.Any) -> t.Any: ...

    def post_bytes(self, path: str, data: bytes) -> t.Any: ...

    def upload(self, path: str, file: Path, **query: t.Any) -> t.Any: ...

    def stopped(self) -> str: ...


@dataclass(frozen=True)
class Done:
    """An object that an apply has made or written; ``changed`` are the author fields with their paths that differed."""

    resource: Resource
    object_id: str
    made: bool
    changed: tuple[str, ...] = ()


FollowUp = t.Callable[[Node], str]  # makes calls, and gives a warning or an empty text


class Kind:
    """Base of the kinds. Everything but the calls at the end is pure."""

    name: str
    section: str
    scope: t.Literal["project", "instance"] = "project"
    singleton = False
    order = 0  # of the sections in documents and plans
    summary: str  # one sentence for the docs
    identifier: Mapping[str, Schema]  # the author fields that say which object is meant
    required: tuple[str, ...] = ()
    shape: Shape
    rules: Rules = {}
    replaced_by: tuple[str, ...] = ()  # dotted paths whose change needs a new object
    surveyed = False  # whether a plan lists its objects though the configuration does not speak of any
    creatable = True  # whether the API has a call that makes one
    deletable = True  # whether the API has a call that deletes one
    names_of: tuple[str, ...] = ()  # kinds whose names the author form uses in place of ids
    listing_is_complete = True  # whether the list answer carries everything that is compared
    read_by_name = False  # whether the id is the name, and one call gives an object by it
    made_with: tuple[str, ...] | None = ()  # the fields that the body of its creation carries; None: all of them
    whole_items: tuple[
        str, ...
    ] = ()  # what a list item holds that can be written back; empty: a new object is read alone
    git_folder = ""  # holds the files of the objects in the project's Git; empty for what is not in it
    unsure_in_git: tuple[str, ...] = ()  # dotted paths whose change may make no commit; the list answer tells them
    renamed_by: t.Literal["", "field", "call"] = ""  # how DSS gives an object, whose id the name is, another one
    changed_by_others: tuple[str, ...] = ()  # dotted paths that change with other objects, which is no conflict
    concerns_caller = False  # whether it can take rights from whoever writes it
    data = ""  # what is lost with an object when its data is dropped too, for plans
    data_goes_along = False  # whether DSS cannot delete an object and keep its data
    gone = ""  # what goes with an object and comes back by no call, in the words of an undo; that histories go is unverified
    history = (
        ""  # what of it an object that is made again has not, besides its id and its tags: dss-api.md 2.3, 2.5, 2.7
    )
    rights: str  # what the key must be allowed to do, for the docs

    @property
    def schema(self) -> dict[str, t.Any]:
        """JSON Schema of one author mapping."""
        return {
            "type": "object",
            "description": self.summary,
            "properties": {**self.identifier, **self.shape.properties()},
            "required": list(self.required),
            "additionalProperties": False,
        }

    @property
    def names_project(self) -> bool:
        """Whether its author fields hold the key of its project."""
        return "key" in self.identifier

    @property
    def known_by(self) -> str:
        """The author field that names an object of a kind that is no singleton."""
        return next((key for key in ("name", "login", "id") if key in self.required), "name")

    def identity(self, author: Mapping[str, t.Any]) -> str:
        """The name in the address."""
        return "" if self.singleton else str(author["name"])

    def resource(
        self, author: Mapping[str, t.Any], project: str | None, neighbours: Neighbours, location: Location, path: str
    ) -> Resource:
        """The desired side of one author mapping."""
        lifecycle = author.get("lifecycle") or {}
        depends_on = tuple(author.get("depends_on") or ())
        if author.get("external"):
            identity = {key: author[key] for key in self.identifier if key in author}
            return Resource(
                self.name,
                project,
                self.identity(author),
                {},
                location,
                path,
                identity,
                depends_on=depends_on,
                external=True,
            )
        author, notes = self.prepare(author, neighbours)
        built = Resource(
            kind=self.name,
            project=project,
            name=self.identity(author),
            declared=self.shape_of(author.get("type")).to_dss(author),
            location=location,
            path=path,
            identity={key: author[key] for key in self.identifier if key in author},
            rules=self.rules,
            depends_on=depends_on,
            prevent_destroy=bool(lifecycle.get("prevent_destroy")),
            ignore_changes=tuple(self.dss_path(entry) for entry in lifecycle.get("ignore_changes") or ()),
            notes=notes,
        )
        return self.finish(built, author, neighbours)

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        """Hook: short forms of the author form written out, and notes on what is not applied."""
        return author, ()

    def shape_of(self, object_type: t.Any) -> Shape:
        """The table of fields for a type of object; a few fields have other places in some types."""
        return self.shape

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        """Hook: references, ids to be resolved, rules that depend on the resource."""
        return built

    def from_dss(self, document: Document, known: Known) -> Document:
        """The author form of an object."""
        author = {key: document[key] for key in self.identifier if document.get(key)}
        rest = {key: value for key, value in document.items() if key not in {*self.identifier, "projectKey"}}
        return {**author, **self.shape_of(document.get("type")).from_dss(rest)}

    def defaults(self, document: Mapping[str, t.Any]) -> t.Callable[[str, t.Any], Mapping[str, t.Any]]:
        """What DSS adds by itself: a function of the pattern of a part ("" for the whole) and the part."""
        standard = self.shape_of(document.get("type")).defaults(document)
        return lambda pattern, part: standard if not pattern else self.part_defaults(pattern, part)

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        """What DSS adds to a member of a list."""
        return no_defaults(pattern, part)

    def is_secret(self, path: str) -> bool:
        """Whether the value at a path must never be shown."""
        return is_secret(path)

    def dss_path(self, author_path: str) -> str:
        """The path in DSS's JSON of an author path; a path of DSS itself is returned as it is."""
        return self.shape.dss_path(author_path)

    def author_path(self, path: str) -> str:
        """The author's name for a path of DSS, for people."""
        return self.shape.author_path(path)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        """The id under which the node lists the object, or None."""
        return resource.name if resource.name in listing else None

    def can_make(self, resource: Resource) -> bool:
        """Whether the API has a call that makes this one; of some kinds only some types."""
        return self.creatable

    def uses(self, document: Document) -> t.Iterator[tuple[str, str]]:
        """Objects that a document of DSS names and needs, as (kind, id)."""
        return iter(())

    def refusal(self, resource: Resource, held: Document) -> str:
        """Why what the node holds must not become what is declared; empty where it may. It stops the plan."""
        return ""

    def is_inherent(self, object_id: str) -> bool:
        """Whether an object comes with its project and cannot be deleted, such as the default zone of a flow."""
        return False

    def cautions(self, resource: Resource, before: Document, caller: Mapping[str, t.Any]) -> tuple[str, ...]:
        """What a write of an object that holds ``before`` brings about besides what is declared.

        ``caller`` is what ``/auth/info`` says of the key, empty where nothing ``concerns_caller``.
        """
        return ()

    def protected(self, document: Document) -> str:
        """Why an object of the node is never deleted; empty where it may be."""
        return (
            "" if self.deletable else f"the API of DSS cannot delete a {self.name.replace('_', ' ')}: delete it in DSS"
        )

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        """The files of an object in the project's Git: dss-object-shapes.md, "Directory layout"."""
        return (f"{self.git_folder}/{object_id}.json",)

    def ids_in_git(self, name: str) -> tuple[str, ...]:
        """The ids of which a file may be, by its path below ``git_folder``; empty where that is not known.

        More than one where names hold dots. Git quotes what is not ASCII, with the last two characters.
        """
        parts = name.split(".")
        if any(sign in name for sign in ("/", "\\", '"')):
            return ()
        return tuple(".".join(parts[:count]) for count in range(1, len(parts)))

    def label(self, object_id: str, document: Document) -> str:
        """The name in the address of an object on the node."""
        return object_id

    def complete(self, document: Document, resource: Resource) -> Document:
        """Hook: what a document needs before it is written besides what is declared."""
        return document

    def follow_ups(self, done: Sequence[Done], drop_data: bool) -> Sequence[Sequence[FollowUp]]:
        """Hook: what must follow once everything is written, in batches; those of a batch may run at the same time."""
        return ()

    def made(self, document: Document, resource: Resource) -> Document:
        """The part of a document that a creation brings about, as far as is known: what else is declared has to follow."""
        if self.made_with is None:
            return document
        return {key: document[key] for key in self.made_with if key in document}

    # The calls -----------------------------------------------------------------------------------------------------

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        """All objects by id, with the fewest calls; the content may be lacking (``listing_is_complete``)."""
        raise NotImplementedError

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        """One object, complete. Raises ``NodeError`` with ``missing`` when it is not there."""
        raise NotImplementedError

    def read_declared(self, node: Node, resource: Resource, object_id: str) -> Document:
        """One object for the sake of a resource: a kind may leave out what costs calls and is not declared."""
        return self.read_one(node, resource.project, object_id)

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        """Make the object and return its id; ``document`` is what it is to become."""
        raise NotImplementedError

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        """Replace the document of an object."""
        raise NotImplementedError

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """Delete the object; its data only with ``drop_data``."""
        raise NotImplementedError

    def rename(self, node: Node, project: str | None, object_id: str, name: str) -> None:
        """Give the object the id ``name``, where ``renamed_by`` is ``call``."""
        raise NotImplementedError


@lru_cache(maxsize=16_384)
def is_secret(path: str) -> bool:
    """Whether a name on a path is that of a secret, or that of the member whose ``value`` it is."""
    if "[" not in path:
        return _is_secret(path)
    named = _VALUE_OF.search(path) if path.endswith(".value") else None
    return _is_secret(_MEMBER.sub("", path)) or (named is not None and _is_secret_name(named[1]))


@lru_cache(maxsize=4096)
def _is_secret(path: str) -> bool:
    return bool(_SECRET.search(path)) and any(map(_is_secret_name, path.split(".")))


def _is_secret_name(name: str) -> bool:
    return bool(_SECRET.search(name)) and not _NOT_SECRET.search(name)


def redacted(value: t.Any, secret: t.Callable[[str], bool], path: str = "") -> t.Any:
    """A value in which every secret is replaced, at whatever depth; what holds none is given back and not copied."""
    if value is None or value is MISSING or value == "" or isinstance(value, bool):
        return value
    if path and secret(path):
        return SENSITIVE
    if type(value) in PLAIN:
        return value
    result = value
    if isinstance(value, Mapping):
        named = "value" in value and (value.get("secret") is True or secret(str(value.get("name", ""))))
        for key, inner in value.items():
            hidden = named and key == "value"
            shown = SENSITIVE if hidden else redacted(inner, secret, f"{path}.{key}" if path else str(key))
            if shown is not inner:
                result = {**value} if result is value else result
                result[key] = shown
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            shown = redacted(inner, secret, path)
            if shown is not inner:
                result = [*value] if result is value else result
                result[index] = shown
    return result


def without_secrets(value: t.Any, secret: t.Callable[[str], bool]) -> t.Any:
    """A value without what is secret: a node gives it encrypted, so that it means nothing elsewhere."""
    return _without_sensitive(redacted(value, secret))


def _without_sensitive(value: t.Any) -> t.Any:
    if isinstance(value, Mapping):
        return {key: _without_sensitive(inner) for key, inner in value.items() if inner != SENSITIVE}
    return [_without_sensitive(inner) for inner in value] if isinstance(value, list) else value


def resolved(value: t.Any, lookup: t.Callable[[t.Any], t.Any]) -> t.Any:
    """A declared value in which every ``Ref`` and ``TypeOfConnection`` is replaced by what ``lookup`` says.

    What holds none is given back as it is and not copied.
    """
    return substituted(value, _OPEN, lookup)


_NAMES = tuple(entry.name for entry in fields(Resource))
_values = attrgetter(*_NAMES)


def with_references(resource: Resource, *references: tuple[str, str], **changes: t.Any) -> Resource:
    """A resource that also needs the given (kind, name)."""
    # What dataclasses.replace does, in a third of the time: every resource passes here.
    values = dict(zip(_NAMES, _values(resource)))
    values.update(changes, references=tuple(dict.fromkeys([*resource.references, *references])))
    return Resource(**values)
