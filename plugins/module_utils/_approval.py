# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that are saved in check mode, approved by somebody, and applied later: exactly those, or a refusal."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ._configuration.load import Configuration
from ._errors import DssError
from ._kinds.base import Resource
from ._plan import saved
from ._plan.compare import Document
from ._plan.model import Options, Plan
from ._plan.render import text
from ._state.backend import ANYTHING, Backend, BackendError, Blob, Expected
from ._state.encryption import Clear, Encrypted
from ._state.ledger import Ledger
from ._task import Caller
from ._work import Work

_BY_DIGEST = "sha256:"
_NAME = "plan"


class Approval:
    """The option ``plan_file`` of one run: a path, or the digest of a plan that the backend keeps."""

    def __init__(self, params: Mapping[str, t.Any], caller: Caller, configuration: Configuration) -> None:
        self._file: str | None = params["plan_file"]
        self._check_mode = caller.check_mode
        self._base = caller.base
        self._key: str | None = params.get("encryption_key")
        self._plan: Document | None = None
        if configuration.settings.require_approval and not self._file and not caller.check_mode:
            raise DssError(
                f"environment {configuration.environment} has require_approval: make a plan in check mode with plan_file, "
                "have it approved, and apply it by giving the same plan_file"
            )
        if self._file and self._file.startswith(_BY_DIGEST) and caller.check_mode:
            raise DssError("plan_file in check mode is the path that the plan is written to, not a digest")

    def prepare(self, ledger: Ledger) -> None:
        """Read the plan that is to be applied."""
        if not self._file or self._check_mode:
            return
        if self._file.startswith(_BY_DIGEST):
            self._plan = saved.load(ledger.primary.saved_plan(self._file), f"the plan {self._file}")
        else:
            self._plan = saved.load(self._read(Path(self._base, self._file)), self._file)

    def settle(self, plan: Plan, desired: Mapping[str, Resource], options: Options, work: Work) -> dict[str, t.Any]:
        """Save the plan in check mode, otherwise refuse what is not the saved plan; returns the digest for the result.

        Raises ``DssError`` that says what moved.
        """
        ledger = work.ledger
        # Fingerprints are compared with those of the plan: made with its salt, in whichever state the secret is kept.
        salt = self._plan["salt"] if self._plan else ledger.state.salt
        cover = work.cover
        cover = replace(cover, salts=dict.fromkeys(cover.salts, salt))
        now = saved.saved(
            plan,
            desired,
            ledger.states,
            options,
            node=work.options.url,
            environment=work.environment,
            salt=salt,
            cover=cover.declared,
        )
        if self._plan is not None:
            moved = saved.moved(self._plan, now)
            if moved:
                raise DssError(f"the plan {self._file} cannot be applied any more: {moved}; make a new plan")
        elif self._file and not plan.problems:
            data = saved.dump(now, work.scrubbed(text(plan)))
            self._opened(Path(self._base, self._file)).write(_NAME, data, ANYTHING)
            if work.is_shared:
                ledger.primary.save_plan(now["digest"], data)
        return {"digest": now["digest"]}

    def _read(self, path: Path) -> bytes:
        blob = self._opened(path).read(_NAME)
        if blob is None:
            raise DssError(f"plan_file {path} does not exist: make it in check mode, or give the digest of a kept plan")
        return blob.data

    def _opened(self, path: Path) -> Backend:
        return Encrypted(_File(path), self._key) if self._key else Clear(_File(path))


class _File:
    """A backend of one file, for a plan; it is replaced whole and readable for its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def read(self, name: str) -> Blob | None:
        try:
            return Blob(self._path.read_bytes(), "")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BackendError(f"plan_file {self._path} cannot be read: {error.strerror}") from None

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        unfinished = self._path.with_name(f".{self._path.name}.tmp")
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
            os.replace(unfinished, self._path)
        except OSError as error:
            raise BackendError(f"plan_file {self._path} cannot be written: {error.strerror}") from None
        return ""

    def remove(self, name: str) -> None:
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is kept open."""
