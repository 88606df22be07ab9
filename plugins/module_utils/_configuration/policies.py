# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a configuration says besides its resources: about drift, about the state, about how an environment is run."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .._errors import Location

DriftPolicy = t.Literal["alert_only", "auto_correct"]


@dataclass(frozen=True)
class IgnoreRule:
    """Drift that is left alone.

    ``resource`` is an address or a pattern with ``*``; ``fields`` are paths of the author or of DSS, all of them when
    empty; ``expires`` is the last day on which the rule counts.
    """

    resource: str
    fields: tuple[str, ...]
    reason: str
    expires: datetime.date | None = None
    location: Location = Location()


@dataclass(frozen=True)
class Removed:
    """A resource that was declared once: with ``forget`` it only leaves the state, otherwise it is to be deleted."""

    address: str
    forget: bool = False
    location: Location = Location()


@dataclass(frozen=True)
class Moved:
    """A resource that has another address now: ``source`` was its address when it was recorded."""

    source: str
    target: str
    location: Location = Location()


@dataclass(frozen=True)
class Settings:
    """How an environment is run; ``audit_log`` is None where the environment does not say."""

    drift_policy: DriftPolicy | None = None
    require_approval: bool = False
    audit_log: bool | None = None


@dataclass(frozen=True)
class ToolSettings:
    """The node of an environment and the place of the states.

    ``api_key_file`` is absolute and was not looked at; ``state_backend`` is the option of that name, None where nothing
    is said.
    """

    host: str | None = None
    api_key_file: Path | None = None
    state_backend: Mapping[str, t.Any] | None = None
