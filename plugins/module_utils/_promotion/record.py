# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of a promotion outside DSS, so that a run that was killed is finished or undone by the next one."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from .._errors import DssError
from .._kinds.base import SENSITIVE, is_secret, redacted
from .._state.backend import Backend
from .image import Image

FORMAT, VERSION = "dataiku_iac.dss promotion", 1

OPEN = "open"  # being brought in, or being undone
WAITING = "waiting"  # active, and its gates have not said anything yet
ACCEPTED = "accepted"
UNDONE = "undone"
STATUSES = (OPEN, WAITING, ACCEPTED, UNDONE)


@dataclass(frozen=True)
class Record:
    """The last promotion of a project to an environment.

    ``before`` is what was active and good then, with no bundle where nothing was; ``switched_off`` are scenarios of a
    first promotion that failed: the next one switches them on. ``run`` tells two promotions apart, ``at`` is an ISO time.
    """

    run: str
    status: str
    bundle: str
    checksum: str
    at: str
    by: str
    before: Image
    switched_off: Mapping[str, bool] = field(default_factory=dict)

    @property
    def unfinished(self) -> bool:
        return self.status in (OPEN, WAITING)


class Records:
    """The record of one project in one environment on a backend. Raises ``DssError``.

    Secrets in variables are kept only where the backend encrypts.
    """

    def __init__(self, backend: Backend, environment: str, project: str) -> None:
        self._backend = backend
        self._name = f"{environment}/{project}.promotion.json"
        self._version: str | None = None

    def read(self) -> Record | None:
        blob = self._backend.read(self._name)
        self._version = blob.version if blob else None
        return _load(blob.data, f"{self._backend.place}/{self._name}") if blob else None

    def write(self, record: Record) -> None:
        """Replace what was read last; raises ``Moved`` where somebody else has written."""
        content = asdict(record)
        if not getattr(self._backend, "encrypts", False):
            content["before"]["variables"] = redacted(content["before"]["variables"], is_secret)
        data = json.dumps({"format": FORMAT, "version": VERSION, **content}, indent=1, sort_keys=True) + "\n"
        self._version = self._backend.write(self._name, data.encode(), self._version)


def covered(value: t.Any) -> bool:
    """Whether a value of a record is a secret that was not kept, or holds one."""
    if isinstance(value, Mapping):
        return any(covered(inner) for inner in value.values())
    if isinstance(value, list):
        return any(covered(inner) for inner in value)
    return bool(value == SENSITIVE)


def _load(data: bytes, place: str) -> Record:
    try:
        content = json.loads(data)
        version = content.pop("version")
        if content.pop("format") != FORMAT or content["status"] not in STATUSES:
            raise ValueError
        if version == VERSION:
            return Record(**{**content, "before": Image(**content["before"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DssError(
            f"{place} is damaged: move it away once it is clear what is active on the node; the next promotion then takes "
            "that for good"
        ) from None
    raise DssError(f"{place} has version {version}, this collection knows {VERSION}: update the collection")
