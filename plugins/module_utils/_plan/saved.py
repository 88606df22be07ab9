# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that is saved in check mode and applied later: exactly that plan, or a refusal that says what moved."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Mapping

from .._errors import DssError
from .._kinds.base import Ref, Resource, TypeOfConnection, resolved
from .._state.model import State, digest_of, parsed
from .compare import Document
from .model import Action, Options, Plan
from .render import plain

FORMAT = "dataiku_iac.dss plan"
VERSION = 1

Covering = Callable[[str, t.Any], t.Any]


def saved(
    plan: Plan,
    desired: Mapping[str, Resource],
    states: Mapping[str, State],
    options: Options,
    node: str,
    environment: str,
    salt: str,
    cover: Covering,
) -> Document:
    """What a plan rests on and what it does, as plain data with its own digest; secrets are fingerprints.

    ``cover(kind, value)`` hides the secrets of a value with ``salt``.
    """
    body: Document = {
        "format": FORMAT,
        "version": VERSION,
        "node": node,
        "environment": environment,
        "salt": salt,
        "states": {scope: [state.lineage, state.serial] for scope, state in states.items() if state.serial},
        "options": _plain_options(options),
        "configuration": {
            key: digest_of(cover(resource.kind, resolved(resource.declared, _open)))
            for key, resource in desired.items()
        },
        "rules": digest_of(
            [[rule.resource, rule.fields, str(rule.expires)] for rule in options.ignored] + sorted(options.forget)
        ),
        "actions": {action.address: _action(action, cover) for action in plan.changed},
        "forgets": dict(plan.forgets),
    }
    return {**body, "digest": _digest(body)}


def _digest(body: Document) -> str:
    """The digest of a plan; the salt is that of the state, which every first plan makes anew."""
    return digest_of({key: value for key, value in body.items() if key != "salt"})


def _open(value: t.Any) -> t.Any:
    if isinstance(value, Ref):
        return {"$ref": [value.kind, value.name]}
    return {"$type_of": value.connection} if isinstance(value, TypeOfConnection) else value


def _action(action: Action, cover: Covering) -> Document:
    changes = [[change.path, plain(change.before), plain(change.after), change.cause] for change in action.changes]
    return {"action": action.action, "object_id": action.object_id, "changes": digest_of(cover(action.kind, changes))}


def _plain_options(options: Options) -> Document:
    return {
        "absent": options.absent,
        "prune": options.prune,
        "drop_data": options.drop_data,
        "update_secrets": options.update_secrets,
        "ignore_tags": sorted(options.ignore_tags),
        "on_drift": options.on_drift,
    }


def dump(plan: Document, text: str) -> bytes:
    """The saved plan as JSON (``docs/schemas/saved_plan.schema.json``) with its text for people."""
    body = {**plan, "text": text}
    return (json.dumps({**body, "checksum": digest_of(body)}, indent=1, ensure_ascii=False) + "\n").encode()


def load(data: bytes, place: str) -> Document:
    """The saved plan. Raises ``DssError`` where it is not one, damaged or changed."""
    content = parsed(data, place, FORMAT, VERSION, "make a new plan")
    content.pop("text", None)
    told = content.pop("digest", None)
    if told != _digest(content):
        raise DssError(f"{place} was changed after the plan was made: make a new plan")
    return {**content, "digest": told}


def moved(plan: Document, now: Document) -> str:
    """What is no longer as the saved plan has it, in one sentence; an empty text if the plan still is the plan."""
    reasons = []
    for key, words in (
        ("node", "it was made for another node"),
        ("environment", "it was made for another environment"),
    ):
        if plan[key] != now[key]:
            reasons.append(f"{words} ({plan[key]})")
    changed = _differing(plan["configuration"], now["configuration"])
    if changed:
        reasons.append(f"the configuration of {_names(changed)} changed")
    if plan["rules"] != now["rules"]:
        reasons.append("ignore_drift or removed changed")
    if plan["options"] != now["options"]:
        names = ", ".join(key for key in now["options"] if plan["options"].get(key) != now["options"][key])
        reasons.append(f"other options were given ({names})")
    if plan["states"] != now["states"]:
        reasons.append("the state is another one: something was applied since")
    objects = [key for key in _differing(plan["actions"], now["actions"]) if key not in changed]
    if objects and not reasons:
        reasons.append(f"the objects on the node changed ({_names(objects)})")
    if not reasons and plan["digest"] != now["digest"]:
        reasons.append("what is to be forgotten changed")
    return "; ".join(reasons)


def _differing(former: Mapping[str, t.Any], now: Mapping[str, t.Any]) -> list[str]:
    return [key for key in {**former, **now} if former.get(key) != now.get(key)]


def _names(addresses: list[str]) -> str:
    return ", ".join(addresses[:5]) + (f" and {len(addresses) - 5} more" if len(addresses) > 5 else "")
