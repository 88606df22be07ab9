# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a remapping before anything moves (dss-api.md 2.14): pure, from what was read of both sides."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from .._remapping import Remapping
from .places import place_of
from .rows import ERROR, NOTE, WARNING, Finding, Row, some
from .sides import Side, Use, Uses

INSTALLS = "INSTALL_IF_MISS"  # code environments that are missing come with the bundle, dss-api.md 2.14
# A dataset has the type of its connection but for these: dss-api.md 2.16, last line.
_CONNECTION_TYPES = {"S3": "EC2", "SCP": "SSH", "SFTP": "SSH", "UploadedFiles": "", "FilesInFolder": ""}


def judge(
    uses: Uses, source: Side | None, target: Side, remapping: Remapping, import_mode: str = INSTALLS
) -> list[Row]:
    """A row for every connection, code environment and container configuration that a project uses or an entry renames.

    ``source`` is None where the node that the project comes from is not known: then no two tables can be compared.
    ``import_mode`` is ``importTimeMode`` of DSS, what happens with a code environment that is missing.
    """
    by_connection: dict[str, list[Use]] = {}
    for use in uses.objects:
        by_connection.setdefault(use.connection, []).append(use)
    rows = []
    for name in sorted({*by_connection, *remapping.connections}):
        used = by_connection.get(name, [])
        rows.append(_connection(name, remapping.connections.get(name, name), used, uses, source, target))
    for name, to, used_by in _names(uses.code_envs, remapping.code_envs):
        findings = _code_env(to, to != name, target.code_envs, import_mode)
        rows.append(Row(name, to, "code_env", used_by, _softer(findings, used_by)))
    for name, to, used_by in _names(uses.containers, remapping.containers):
        findings = _listed("container configuration", to, target.containers)
        rows.append(Row(name, to, "container", used_by, _softer(findings, used_by)))
    return rows


def _connection(name: str, to: str, used: Sequence[Use], uses: Uses, source: Side | None, target: Side) -> Row:
    used_by = tuple(sorted(use.label for use in used))
    return Row(name, to, "connection", used_by, _softer([*_lacks(name, to, used, uses, source, target)], used_by))


def _lacks(name: str, to: str, used: Sequence[Use], uses: Uses, source: Side | None, target: Side) -> Iterator[Finding]:
    there = target.has(to)
    if there is None:
        yield Finding(WARNING, "the key may not list the connections of the target: nothing is known of it", "unknown")
        return
    if not there:
        seen = "is missing on the target" if target.definitions is not None else "is missing, or the key may not use it"
        advice = f": make it there, or name another one for {name} in connections"
        yield Finding(ERROR, f"connection {to} {seen}{advice}", "missing")
        return
    yield from _other_type(name, to, used, source, target)
    definition = target.definition(to)
    if definition is None:
        yield Finding(WARNING, f"the key may not see {to}: rights to write and its place are not known", "unknown")
        return
    yield from _not_writable(to, used, definition)
    yield from _not_allowed(to, used, definition, target)
    yield from _same_place(name, to, used, uses, source, target)


def _other_type(name: str, to: str, used: Sequence[Use], source: Side | None, target: Side) -> Iterator[Finding]:
    found = target.type_of(to)
    declared = source.type_of(name) if source else ""
    wanted = {declared} if declared else {_CONNECTION_TYPES.get(use.type, use.type) for use in used if use.type} - {""}
    if found and wanted and wanted != {found}:
        yield Finding(ERROR, f"connection {to} has type {found} and not {' or '.join(sorted(wanted))}", "type")


def _not_writable(to: str, used: Sequence[Use], definition: Mapping[str, t.Any]) -> Iterator[Finding]:
    written = [use.label for use in used if use.written]
    if written and definition.get("allowWrite") is False:
        yield Finding(ERROR, f"connection {to} may not be written, but {some(written)} is", "not_writable")


def _not_allowed(to: str, used: Sequence[Use], definition: Mapping[str, t.Any], target: Side) -> Iterator[Finding]:
    if definition.get("usableBy") == "ALLOWED":
        allowed = sorted(map(str, definition.get("allowedGroups") or ()))
        if target.groups is None:
            yield Finding(
                WARNING, f"connection {to} is for {_groups(allowed)}; those of the key are not known", "unknown"
            )
        elif not target.groups & set(allowed):
            yield Finding(
                ERROR, f"connection {to} is for {_groups(allowed)}, to which the key does not belong", "not_allowed"
            )
    for kind, flag in (("dataset", "allowManagedDatasets"), ("managed_folder", "allowManagedFolders")):
        managed = [use.label for use in used if use.kind == kind and use.managed]
        if managed and definition.get(flag) is False:
            what = f"managed {'datasets' if kind == 'dataset' else 'folders'}"
            yield Finding(ERROR, f"connection {to} takes no {what}, such as {some(managed)}", "not_allowed")


def _same_place(
    name: str, to: str, used: Sequence[Use], uses: Uses, source: Side | None, target: Side
) -> Iterator[Finding]:
    """Whether what is written on the target is what the source reads and writes."""
    if source is None:
        if any(use.written for use in used):
            yield Finding(NOTE, "whether it holds the tables of the source is not known: give source", "unknown")
        return
    ours, theirs = source.definition(name), target.definition(to)
    if ours is None or theirs is None:
        if any(use.written for use in used):
            text = f"whether it holds the tables of {name} is not known: the source does not show that connection"
            yield Finding(WARNING, text, "unknown")
        return
    values = source.values(uses), target.values(uses)
    same: dict[bool, list[str]] = {True: [], False: []}
    open_: list[str] = []
    for use in used:
        before = place_of(use, ours, values[0], source.machine)
        after = place_of(use, theirs, values[1], target.machine)
        if before is None or after is None:
            open_ += [use.label] if use.written else []
        elif before[0] == after[0]:
            same[use.written].append(f"{use.label} ({after[1]})")
    if same[True]:
        yield Finding(ERROR, f"{some(same[True])} would be written where the source has it", "same_table")
    if same[False]:
        yield Finding(NOTE, f"{some(same[False])} is read where the source reads it", "same_table")
    if open_:
        yield Finding(WARNING, f"whether {some(open_)} lies where the source has it is not known", "unknown")


def _code_env(to: str, renamed: bool, known: frozenset[str] | None, import_mode: str) -> list[Finding]:
    if known is not None and to not in known and not renamed and import_mode == INSTALLS:
        return [Finding(NOTE, f"code environment {to} is missing on the target and comes with the bundle", "missing")]
    return _listed("code environment", to, known)


def _listed(what: str, name: str, known: frozenset[str] | None) -> list[Finding]:
    if known is None:
        return [Finding(WARNING, f"the key may not list the {what}s of the target: {name} is not judged", "unknown")]
    if name not in known:
        return [Finding(ERROR, f"{what} {name} is missing on the target", "missing")]
    return []


def _names(
    used: Mapping[str, tuple[str, ...]], renamed: Mapping[str, str]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name in sorted({*used, *renamed}):
        yield name, renamed.get(name, name), used.get(name, ())


def _softer(findings: Sequence[Finding], used_by: Sequence[str]) -> tuple[Finding, ...]:
    """An entry that nobody uses breaks nothing."""
    if used_by:
        return tuple(findings)
    return tuple(
        Finding(WARNING, finding.text, finding.code) if finding.severity == ERROR else finding for finding in findings
    )


def _groups(names: Sequence[str]) -> str:
    return f"the groups {some(names)}" if names else "no group"
