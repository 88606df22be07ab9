# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules state and state_lock: look at what is recorded, and change it without touching the node."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ._errors import DssError, NodeError
from ._kinds import KINDS
from ._kinds.base import SENSITIVE, Kind, redacted
from ._node.client import DssNode
from ._node.options import node_options
from ._report.state import lock_of, state_report
from ._state.fingerprint import Fingerprint
from ._state.holder import UnreadableLock, holder_from, timestamp
from ._state.layouts import read_layout
from ._state.ledger import Ledger
from ._state.lock import break_lock, read_holder
from ._state.model import INSTANCE, Recorded, State, UnusableState
from ._state.open import lease_of, open_backend
from ._state.store import Store
from ._task import Caller
from ._work import ledger_of

Result = dict[str, t.Any]


def manage_lock(params: Mapping[str, t.Any], caller: Caller) -> Result:
    """Show the lock of a project in an environment, or break it. Raises ``DssError``."""
    ledger = _ledger(params, caller)
    try:
        name = ledger.primary.lock_name
        whose = "which nobody can read"
        try:
            holder = read_holder(ledger.backend, name)
        except UnreadableLock:
            if params["action"] == "show":
                raise
            holder = None
        else:
            if params["action"] == "show" or holder is None:
                return {"changed": False, "lock": lock_of(holder)}
            whose = f"of {holder.owner} on {holder.host}"
        if not caller.check_mode:
            break_lock(ledger.backend, name)
        return {"changed": True, "lock": lock_of(holder), "msg": f"the lock {whose} is broken"}
    finally:
        ledger.close()


def manage_state(params: Mapping[str, t.Any], caller: Caller) -> Result:
    """Do one thing with the state of a project in an environment. Raises ``DssError``."""
    with caller.guard:
        ledger = _ledger(params, caller)
        caller.guard.lost = lambda: ledger.lost
        try:
            return _managed(params, caller, ledger)
        finally:
            ledger.close()


def _managed(params: Mapping[str, t.Any], caller: Caller, ledger: Ledger) -> Result:
    action = params["action"]
    if action in _READS:
        ledger.read(tidy=False)
        return {"changed": False, **_READS[action](params, ledger), "warnings": ledger.warnings}
    if not caller.check_mode:
        lease = lease_of(params.get("state_backend"))
        ledger.lock(
            f"state {action}", True, caller.environ, lease, params["lock_timeout"], lambda: caller.guard.stopped
        )
    if action == "restore":
        return _restore(params, caller, ledger.primary)
    ledger.read(tidy=not caller.check_mode)
    changed = _CHANGES[action](params, caller, ledger)
    if changed is None:
        return {"changed": False, "warnings": ledger.warnings}
    message, resources = changed
    if not caller.check_mode:
        if ledger.lost:
            raise DssError(f"nothing was written: {ledger.lost}")
        state = replace(ledger.state, resources=resources, reading=None)
        ledger.primary.write(state, action, holder_from(caller.environ, "").owner, _now())
    return {"changed": True, "msg": message, "warnings": ledger.warnings}


def _list(params: Mapping[str, t.Any], ledger: Ledger) -> Result:
    """Everything about a state but what was declared."""
    holder = read_holder(ledger.backend, ledger.primary.lock_name)
    journal = ledger.unended(holder, datetime.datetime.now(datetime.UTC))
    scope, place = ledger.project or INSTANCE, ledger.primary.place
    state = ledger.state if ledger.state.serial else None
    return {"state": state_report(ledger.environment, scope, place, state, holder, journal, KINDS)}


def _show(params: Mapping[str, t.Any], ledger: Ledger) -> Result:
    """One resource with its declared fields, in DSS's own form and without secrets."""
    entry = _existing(_address(params, ledger), ledger.state.resources, ledger)
    shown = {name: getattr(entry, name) for name in _SHOWN}
    declared = redacted(_covered(entry.declared), KINDS[entry.kind].is_secret)
    dependencies, modes = list(entry.dependencies), dict(entry.modes)
    return {"resource": {**shown, "declared": declared, "dependencies": dependencies, "modes": modes}}


def _covered(value: t.Any) -> t.Any:
    """A recorded value in which a fingerprint is a word."""
    if isinstance(value, Fingerprint):
        return SENSITIVE
    if isinstance(value, Mapping):
        return {key: _covered(inner) for key, inner in value.items()}
    return [_covered(inner) for inner in value] if isinstance(value, list) else value


_SHOWN = ("address", "kind", "name", "object_id", "status", "deployed_at", "deployed_by", "prevent_destroy", "checksum")
_READS: Mapping[str, Callable[[Mapping[str, t.Any], Ledger], Result]] = {"list": _list, "show": _show}

Changed = t.Optional[tuple[str, Mapping[str, Recorded]]]


def _move(params: Mapping[str, t.Any], caller: Caller, ledger: Ledger) -> Changed:
    """Let what is recorded under one address be that of another one of the same kind."""
    source, target, resources = _address(params, ledger), params["to"], dict(ledger.state.resources)
    if source not in resources and target in resources:
        return None
    entry = _existing(source, resources, ledger)
    kind = _kind_of(target, ledger)
    if kind.name != entry.kind:
        raise DssError(f"{source} is a {entry.kind}, {target} a {kind.name}: an address moves within its kind")
    if target in resources:
        raise DssError(f"{target} is recorded already: forget it first if it is {source} that is meant")
    del resources[source]
    resources[target] = replace(entry, address=target, name=_name_in(target, ledger))
    return f"{source} is {target} now", resources


def _forget(params: Mapping[str, t.Any], caller: Caller, ledger: Ledger) -> Changed:
    """Take an address out of the state; the object stays on the node."""
    resources = dict(ledger.state.resources)
    if resources.pop(_address(params, ledger), None) is None:
        return None
    return f"{params['address']} is not recorded any more; the object stays", resources


def _adopt(params: Mapping[str, t.Any], caller: Caller, ledger: Ledger) -> Changed:
    """Record an object that the node holds."""
    key, resources = _address(params, ledger), dict(ledger.state.resources)
    kind, name = _kind_of(key, ledger), _name_in(key, ledger)
    node = DssNode(node_options(params, caller.environ))
    try:
        listing = kind.read_all(node, ledger.project)
    except NodeError as error:
        if error.project_unreadable and not error.unauthenticated:
            raise DssError(f"project {ledger.project} does not exist, or the key may not read it") from None
        raise
    finally:
        node.close()
    found = [
        object_id for object_id, document in listing.items() if name in (object_id, kind.label(object_id, document))
    ]
    if params["id"]:
        found = [object_id for object_id in listing if object_id == params["id"]]
    if len(found) != 1:
        told = (
            f"{len(found)} objects are named so ({', '.join(sorted(found))}): give the id" if found else "there is none"
        )
        raise DssError(f"{key} cannot be adopted from {node.options.url}: {told}")
    if key in resources and resources[key].object_id == found[0]:
        return None
    at, by = _now(), holder_from(caller.environ, "").owner
    resources[key] = Recorded(
        key, kind.name, name, found[0], owner=ledger.project or "", deployed_at=at, deployed_by=by
    )
    return f"{key} is recorded as the object {found[0]}", resources


def _migrate(params: Mapping[str, t.Any], caller: Caller, ledger: Ledger) -> Changed:
    """Copy the state into another backend, or take over the file of another tool."""
    if params["source"]:
        path = Path(caller.base, params["source"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DssError(f"source {path} cannot be read: {error.strerror}") from None
        scope = ledger.project or INSTANCE
        found = read_layout(data, str(path), ledger.environment, scope, KINDS)
        if found is None:
            raise DssError(f"source {path} is no state of another tool that this collection knows")
        recorded, warnings = found
        ledger.warnings += warnings
        _refuse_other(ledger.state, ledger.primary, recorded)
        if ledger.state.resources.keys() == recorded.keys():
            return None
        return f"{len(recorded)} resources of {path} are recorded in {ledger.primary.place}", recorded
    target = open_backend(params["target"], caller.base, caller.environ, params.get("encryption_key"))
    try:
        return _copied(ledger, Store(target, ledger.environment, ledger.project or INSTANCE), caller)
    finally:
        target.close()


def _copied(ledger: Ledger, store: Store, caller: Caller) -> Changed:
    there = store.read()
    if there is not None and there.lineage == ledger.state.lineage and there.resources == ledger.state.resources:
        return None
    if there is not None and there.lineage != ledger.state.lineage:
        raise DssError(f"{store.place} is the state of another lineage: move it away before you migrate to it")
    if ledger.interrupted is not None:
        raise DssError(f"a run on {ledger.primary.place} did not end: apply or roll back first, then migrate")
    if not caller.check_mode:
        state = replace(ledger.state, versions=())  # the former ones stay where they are, with their journals
        store.write(state, "migrate", holder_from(caller.environ, "").owner, _now())
    return (
        f"{ledger.primary.place} was copied to {store.place}: let state_backend name that place now",
        ledger.state.resources,
    )


def _refuse_other(state: State, store: Store, recorded: Mapping[str, Recorded]) -> None:
    if state.resources and state.resources.keys() != recorded.keys():
        raise DssError(f"{store.place} records resources already: migrate into an empty state")


_CHANGES: Mapping[str, Callable[[Mapping[str, t.Any], Caller, Ledger], Changed]] = {
    "move": _move,
    "forget": _forget,
    "adopt": _adopt,
    "migrate": _migrate,
}


def _restore(params: Mapping[str, t.Any], caller: Caller, store: Store) -> Result:
    """Make a former version the state again; the node is not touched. It also replaces a state that cannot be read."""
    try:
        present = store.read()
    except UnusableState:
        present = None
        store.overwrite_unusable()
    if present is not None and present.serial == params["version"]:
        return {"changed": False}
    wanted = store.version(params["version"])
    if present is not None and present.resources == wanted.resources:
        return {"changed": False}
    if not caller.check_mode:
        newest = present or wanted
        state = replace(wanted, serial=newest.serial, versions=newest.versions, reading=None)
        store.write(state, "restore", holder_from(caller.environ, "").owner, _now())
    return {
        "changed": True,
        "msg": f"{store.place} holds what version {params['version']} held; the node was not touched",
    }


def _ledger(params: Mapping[str, t.Any], caller: Caller) -> Ledger:
    return ledger_of(params, caller, params["environment"], params["project"] or None)


def _address(params: Mapping[str, t.Any], ledger: Ledger) -> str:
    _kind_of(params["address"], ledger)
    return t.cast(str, params["address"])


def _kind_of(address: str, ledger: Ledger) -> Kind:
    name, _dot, rest = address.partition(".")
    kind = KINDS.get(name)
    if kind is None:
        raise DssError(f"{address} is no address: it starts with one of {', '.join(KINDS)}")
    scope = "instance" if ledger.project is None else "project"
    inside = rest == ledger.project or rest.startswith(f"{ledger.project}.")
    if kind.scope != scope or (ledger.project is not None and not inside):
        owner = f"project {ledger.project}" if ledger.project else "the instance; give project"
        raise DssError(f"{address} does not belong to {owner}")
    return kind


def _name_in(address: str, ledger: Ledger) -> str:
    rest = address.partition(".")[2]
    return rest.removeprefix(f"{ledger.project}.") if ledger.project else rest


def _existing(address: str, resources: Mapping[str, Recorded], ledger: Ledger) -> Recorded:
    if address not in resources:
        raise DssError(
            f"{ledger.primary.place} does not record {address}: the module state (action: list) lists what it does"
        )
    return resources[address]


def _now() -> str:
    return timestamp(datetime.datetime.now(datetime.UTC))
