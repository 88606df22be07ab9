# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who holds a lock: what its record says, and whether that process is known to be gone."""

from __future__ import annotations

import datetime
import getpass
import json
import os
import platform
import secrets
import typing as t
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from .._errors import visible
from .backend import BackendError
from .process import Process, this_process

FORMAT = "dataiku_iac.dss lock"
VERSION = 1


class UnreadableLock(BackendError):
    """The record of a lock is damaged or of a newer version."""


@dataclass(frozen=True)
class Holder:
    """One run that holds a lock, or wants to.

    ``since`` and ``expires`` are ISO times in UTC, ``lease`` is in seconds, ``job`` an address or number. ``nonce``
    tells two runs of the same owner apart, ``renewals`` one renewal from the next. ``machine`` and ``started`` are those
    of a ``Process``.
    """

    owner: str
    host: str
    pid: int
    operation: str
    since: str
    job: str
    nonce: str
    machine: str
    started: str
    lease: float = 0.0
    expires: str = ""
    renewals: int = 0

    def __str__(self) -> str:
        job = f", {self.job}" if self.job else ""
        return f"{self.owner} on {self.host} (process {self.pid}{job}), since {self.since} for {self.operation}"

    def expired_for(self, now: datetime.datetime) -> float:
        """Seconds since its lease ended by the clocks of both machines; negative while it runs."""
        return (now - datetime.datetime.fromisoformat(self.expires)).total_seconds()

    @property
    def surely_gone(self) -> bool:
        """Whether it was a process of this very machine that no longer exists."""
        return Process(self.machine, self.pid, self.started).surely_gone


def holder_from(environ: Mapping[str, str], operation: str) -> Holder:
    """This process. Owner and job are those of AWX or of the CI job, where there is one."""
    here = this_process()
    return Holder(
        owner=_owner(environ),
        host=platform.node() or "unknown host",
        pid=here.pid,
        operation=operation,
        since=timestamp(datetime.datetime.now(datetime.UTC)),
        job=_job(environ),
        nonce=secrets.token_hex(8),
        machine=here.machine,
        started=here.started,
    )


def timestamp(at: datetime.datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record_of(holder: Holder) -> bytes:
    """The record of a lock that is held."""
    return _record({"held": True, **asdict(holder)})


def free_record(why: str) -> bytes:
    """The record of a lock that nobody holds; no two are equal."""
    return _record({"held": False, "why": why, "nonce": secrets.token_hex(8)})


def _record(content: Mapping[str, t.Any]) -> bytes:
    return (json.dumps({"format": FORMAT, "version": VERSION, **content}, indent=1) + "\n").encode()


def parsed(data: bytes, where: str) -> Holder | None:
    """The holder that a record names, None when it is free. Raises ``UnreadableLock``."""
    try:
        content = json.loads(data)
        version, held = content.pop("version"), content.pop("held")
        if content.pop("format") != FORMAT:
            raise ValueError
        if version != VERSION:
            raise UnreadableLock(
                f"{where} has version {version}, this collection knows {VERSION}: update the collection"
            )
        if not held:
            return None
        fields: dict[str, t.Any] = {
            key: visible(value) if isinstance(value, str) else value for key, value in content.items()
        }
        holder = Holder(**fields)
        ends = datetime.datetime.fromisoformat(holder.expires)
        if not (holder.lease > 0 and 0 < holder.pid < 2**31 and ends.tzinfo):
            raise ValueError
        return holder
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnreadableLock(f"{where} is damaged: run the module state_lock with action: break") from None


def _owner(environ: Mapping[str, str]) -> str:
    # AWX gives its user to playbooks as a variable only; the first two are for those who pass it on.
    for name in ("AWX_USER_NAME", "TOWER_USER_NAME", "GITLAB_USER_LOGIN", "GITHUB_ACTOR", "BUILD_USER_ID"):
        if environ.get(name):
            return environ[name]
    for name in ("LOGNAME", "USER"):
        if environ.get(name):
            return environ[name]
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # containers run under ids that have no name
        return f"uid {os.getuid()}"


def _job(environ: Mapping[str, str]) -> str:
    awx = environ.get("AWX_JOB_ID") or environ.get("TOWER_JOB_ID")
    if awx:
        return f"AWX job {awx}"
    if environ.get("GITHUB_RUN_ID"):
        server = environ.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{environ.get('GITHUB_REPOSITORY', '')}/actions/runs/{environ['GITHUB_RUN_ID']}"
    return environ.get("CI_JOB_URL") or environ.get("BUILD_URL") or ""
