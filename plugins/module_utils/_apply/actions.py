# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each action does on the node."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Collection, Mapping
from dataclasses import replace
from threading import Lock

from .._errors import Conflict, DssError, NodeError, Problem
from .._kinds.base import Kind, Node, Ref, Resource, address, resolved
from .._kinds.shape import overlay
from .._node.answer import understood
from .._plan.build import differences, effective_rules
from .._plan.cascade import inputs_of
from .._plan.compare import Document, merge
from .._plan.drift import covers
from .._plan.model import CREATE, DELETE, RENAME, REPLACE, Action, Options, Plan

_LOOKS = (0.0, 0.2)
_LOOKS_AFTER_TIMEOUT = (0.0, 0.2, 0.4, 0.8, 1.6)


class Doer:
    """Does one action at a time; safe on several threads as each touches its own address.

    ``listed`` are the ids that the node held before, by kind: what was there already was not made by a lost answer.
    """

    def __init__(
        self,
        node: Node,
        kinds: Mapping[str, Kind],
        plan: Plan,
        options: Options,
        listed: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.node = node
        self.kinds = kinds
        self.options = options
        self._without_secrets = replace(options, update_secrets="never")
        self.ids: dict[str, str] = {
            action.address: action.object_id for action in plan.actions if action.object_id is not None
        }
        self._listed = listed or {}
        self._planned = {action.address: action for action in plan.changed}
        self.doubts: list[Problem] = []
        self.unread: set[str] = set()  # what was made and not looked at, as its creation carries all that is declared
        self._replacing = Lock()  # a recipe that reads two replaced datasets is taken along twice

    def do(self, action: Action) -> bool:
        """Carry out one action; false if what it made has still to be completed, which one list tells for many.

        Raises ``DssError`` when it did not surely succeed.
        """
        with understood(action.address):
            return self._do(action)

    def held_before(self, kind: str) -> int:
        """How many objects of a kind the node held before, as far as that is known."""
        return len(self._listed.get(kind, ()))

    def list(self, kind: str, project: str | None) -> dict[str, Document]:
        """All objects of a kind, to ``complete`` those that were made. Raises ``DssError``."""
        with understood(kind):
            return self.kinds[kind].read_all(self.node, project)

    def complete(self, action: Action, listing: Mapping[str, Document] | None = None) -> None:
        """Write what the creation of an object did not carry, over the object as it is: its item of a list, if that is whole.

        Raises ``DssError`` when it did not surely succeed.
        """
        with understood(action.address):
            kind, object_id = self.kinds[action.kind], self.ids[action.address]
            fresh = (listing or {}).get(object_id)
            if fresh is None or not all(key in fresh for key in kind.whole_items):
                fresh = self._read_new(kind, t.cast(Resource, action.resource), object_id)
            if self.left_to_do(action, fresh):
                self._write(action, object_id, fresh, resend=False)

    def _do(self, action: Action) -> bool:
        if action.carried:
            if action.resource and action.changes:
                self._update(action)
        elif action.action == CREATE:
            if not self._make(action):
                if self.kinds[action.kind].whole_items:
                    return False
                self.complete(action)
        elif action.action == REPLACE:
            with self._replacing:
                self._replace(action)
        elif action.action == RENAME:
            self._rename(action)
        elif action.action == DELETE:
            self._delete(action)
        else:
            self._update(action)
        return True

    def declared(self, action: Action) -> Document:
        """The declared document with the ids that are known by now."""
        resource = t.cast(Resource, action.resource)

        def lookup(value: t.Any) -> t.Any:
            if isinstance(value, Ref):
                return self.ids[address(value.kind, resource.project, value.name)]
            return action.declared["type"]  # TypeOfConnection: settled by the plan

        return t.cast(Document, resolved(resource.declared, lookup))

    def left_to_do(self, action: Action, actual: Document, resend: bool = False) -> list[t.Any]:
        """The declared fields that the object does not hold yet."""
        resource = t.cast(Resource, action.resource)
        options = self.options if resend else self._without_secrets
        return differences(self.kinds[action.kind], resource, self.declared(action), actual, options)

    def _make(self, action: Action) -> bool:
        """Make the object; whether its creation carries all that is declared. Then the verification is the first to read it."""
        kind, resource = self.kinds[action.kind], t.cast(Resource, action.resource)
        wanted = kind.complete(merge(overlay(resource.first, self.declared(action)), {}, {}), resource)
        self.ids[action.address] = self._created(kind, resource, wanted)
        made = kind.made(wanted, resource)
        is_whole = made is wanted or not self.left_to_do(action, made)
        if is_whole:
            self.unread.add(action.address)
        return is_whole

    def _created(self, kind: Kind, resource: Resource, document: Document) -> str:
        try:
            with understood(resource.address, doubtful=True):
                return kind.create(self.node, resource, document)
        except NodeError as error:
            if not error.doubtful:
                raise
            found = self._looked_up(kind, resource, _LOOKS_AFTER_TIMEOUT if error.error_type == "timeout" else _LOOKS)
            if found is None:
                raise NodeError(
                    f"{error}; {resource.address} is not on the node: look there, then run again to create it",
                    doubtful=True,
                ) from None
            return found

    def _looked_up(self, kind: Kind, resource: Resource, pauses: tuple[float, ...]) -> str | None:
        """The id of an object whose creation was not answered; the node may still be making it."""
        for pause in pauses:
            time.sleep(pause)
            found = self.made(kind, resource)
            if found is not None:
                return found
        return None

    def made(self, kind: Kind, resource: Resource) -> str | None:
        """The id of an object that this run has made, or made again; not of another one that has its name."""
        planned = self._planned.get(resource.address)
        own = planned.object_id if planned else None
        before = self._listed.get(kind.name, ())
        held = kind.read_all(self.node, resource.project)
        return kind.find(resource, {key: document for key, document in held.items() if key == own or key not in before})

    def _read_new(self, kind: Kind, resource: Resource, object_id: str) -> Document:
        try:
            return kind.read_declared(self.node, resource, object_id)
        except NodeError as error:
            if error.missing:
                raise DssError(
                    "the node accepted the creation but holds no such object: run again to create it"
                ) from None
            raise

    def _update(self, action: Action) -> None:
        fresh, left = self._fresh(action)
        if left:
            self._write(action, t.cast(str, action.object_id), fresh, resend=True)

    def _rename(self, action: Action) -> None:
        """Give the object its new name, by a call of its own or as one of its fields, and change what else differs."""
        kind, former = self.kinds[action.kind], t.cast(str, action.object_id)
        name = t.cast(Resource, action.resource).name
        if kind.renamed_by == "call" and former != name:
            self._fresh(action)
            try:
                kind.rename(self.node, action.project, former, name)
            except NodeError as error:
                if not (error.doubtful and self._is_gone(kind, action.project, former)):
                    raise
            self.ids[action.address] = name
            action = replace(action, object_id=name)
        self._update(action)

    def _fresh(self, action: Action) -> tuple[Document, list[t.Any]]:
        """The object as it is now, and what is left to do. Raises ``Conflict`` if something declared is neither as planned nor done."""
        kind, object_id = self.kinds[action.kind], t.cast(str, action.object_id)
        fresh = kind.read_declared(self.node, t.cast(Resource, action.resource), object_id)
        # A part may be done already: DSS may itself put the new name of a dataset into the recipes that use it (unverified).
        planned = self.left_to_do(action, action.before, resend=True)
        left = self.left_to_do(action, fresh, resend=True)
        new = [change for change in left if change not in planned]
        if any(not any(covers(path, change.path) for path in kind.changed_by_others) for change in new):
            raise Conflict(
                f"{action.address} was changed by somebody else since the plan was made; nothing was overwritten: "
                "run again to see the new plan"
            )
        return fresh, left

    def _write(self, action: Action, object_id: str, fresh: Document, resend: bool) -> None:
        kind, resource = self.kinds[action.kind], t.cast(Resource, action.resource)
        declared = self.declared(action)
        rules = effective_rules(resource, self.options if resend else self._without_secrets)
        document = kind.complete(
            merge(without(declared, resource.ignore_changes), fresh, rules, kind.defaults(fresh)), resource
        )
        try:
            kind.write(self.node, resource, object_id, document, fresh)
        except NodeError as error:
            if not error.doubtful or self.left_to_do(action, kind.read_declared(self.node, resource, object_id)):
                raise

    def _delete(self, action: Action) -> None:
        kind, object_id = self.kinds[action.kind], t.cast(str, action.object_id)
        if action.kind == "dataset":
            self._check_readers(action)
        try:
            kind.delete(self.node, action.project, object_id, self.options.drop_data)
        except NodeError as error:
            if not error.missing and not (error.doubtful and self._is_gone(kind, action.project, object_id)):
                raise

    def _is_gone(self, kind: Kind, project: str | None, object_id: str) -> bool:
        try:
            return object_id not in kind.read_all(self.node, project)
        except NodeError as error:
            if error.project_unreadable:
                return True
            raise

    def _check_readers(self, dataset: Action) -> None:
        """DSS deletes with a dataset the recipes that read it: only those that the plan has shown may go."""
        for name, recipe in self.kinds["recipe"].read_all(self.node, dataset.project).items():
            planned = self._planned.get(address("recipe", dataset.project, name))
            if (
                dataset.object_id in inputs_of(recipe)
                and name not in dataset.carries
                and not (planned and planned.destroys)
            ):
                raise Conflict(
                    f"{dataset.address}: recipe {name} reads it since the plan was made and would be deleted with it; "
                    "nothing was deleted: run again to see the new plan"
                )

    def _replace(self, action: Action) -> None:
        recipes = self.kinds["recipe"]
        former, _left = self._fresh(action)
        saved = {name: recipes.read_one(self.node, action.project, name) for name in action.carries}
        self._delete(action)
        try:
            if not self._make(action):
                self.complete(action)
        except DssError as error:
            raise DssError(f"{error}; {self._put_back(action, former, saved)}") from None
        self._restore(saved, action)

    def _put_back(self, action: Action, former: Document, recipes: Mapping[str, Document]) -> str:
        """After a failed replacement: the object as it was, unless the new one is there, and the recipes. Says how it went."""
        kind, object_id = self.kinds[action.kind], t.cast(str, action.object_id)
        if kind.scope == "instance":
            return "the former one is deleted: run again to create it"
        try:
            if self._is_gone(kind, action.project, object_id):
                self._make_again(kind, t.cast(Resource, action.resource), object_id, former)
            self._restore(recipes, action)
        except DssError as error:
            lost = f", and with it {', '.join(recipes)}" if recipes else ""
            return f"what was there before is deleted{lost}, and could not be put back: {error}"
        return "what was there before was put back"

    def _restore(self, recipes: Mapping[str, Document], dataset: Action) -> None:
        """Make the recipes again that DSS deleted with a dataset; more than one try, as nothing else holds them."""
        failed: dict[str, DssError] = {}
        for name, document in recipes.items():
            for _attempt in range(3):
                try:
                    self._make_again(
                        self.kinds["recipe"], Resource("recipe", dataset.project, name, document), name, document
                    )
                    failed.pop(name, None)
                    break
                except DssError as error:
                    failed[name] = error
                    if getattr(error, "doubtful", False):
                        self._doubt(name)
        if failed:
            raise DssError(
                f"{', '.join(f'recipe {name}' for name in failed)}, which DSS deleted with it, could not be made again: "
                f"{'; '.join(map(str, failed.values()))}"
            )

    def _doubt(self, recipe: str) -> None:
        """A write is tried again, and the first try may arrive after all and undo what was written since."""
        text = f"recipe {recipe} was written twice, as an answer was lost; the first try may arrive late: plan again"
        self.doubts.append(Problem(text, severity="warning"))

    def _make_again(self, kind: Kind, resource: Resource, object_id: str, document: Document) -> None:
        if self._is_gone(kind, resource.project, object_id):
            object_id = self._created(kind, resource, document)
        fresh = kind.read_one(self.node, resource.project, object_id)
        kind.write(self.node, resource, object_id, {**document, **_own(fresh)}, fresh)


def _own(document: Document) -> Document:
    """What DSS gives an object that it makes: no other object has it."""
    return {key: document[key] for key in ("id", "versionTag", "creationTag") if key in document}


def without(declared: Document, ignored: tuple[str, ...]) -> Document:
    """A declared document without the fields whose differences are ignored: they keep the value that DSS holds."""
    if not ignored:
        return declared

    def strip(value: t.Any, path: str) -> t.Any:
        if isinstance(value, dict):
            below = {key: (f"{path}.{key}" if path else key, inner) for key, inner in value.items()}
            return {key: strip(inner, where) for key, (where, inner) in below.items() if where not in ignored}
        return value

    return t.cast(Document, strip(declared, ""))
