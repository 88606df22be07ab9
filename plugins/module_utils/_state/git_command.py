# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command git: without questions, hooks or anybody's repository, and with a time limit."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .backend import BackendError

_TIMEOUT = 60.0  # seconds
# No hooks of the user, no housekeeping, and no waiting for the disk: what counts is the repository that is pushed to.
_SETTINGS = ("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "core.fsync=none")
# What another writer's push looks like to git, or to the server that is just doing it.
_PASSING = re.compile(r"stale info|fetch first|non-fast-forward|lock ref|failed to lock|already exists|\.lock", re.I)
_NOISE = re.compile(r"^(remote: *)?((fatal|error|warning|hint): *)?", re.I)


class Failed(Exception):
    """A command of git failed; ``passing`` says that somebody else pushed at the same time."""

    def __init__(self, text: str) -> None:
        self.passing = bool(_PASSING.search(text))
        lines = [_NOISE.sub("", line.strip()) for line in text.splitlines()]
        said = [
            line for line in lines if line and not line.startswith(("To ", "Please make sure", "and the repository"))
        ]
        super().__init__(said[0][:200] if said else "git gave no reason")


@dataclass(frozen=True)
class GitCommand:
    """``url`` is an address or a folder, without a password; ``environ`` that of the task."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    def run(self, folder: Path, *arguments: str, data: bytes = b"") -> bytes:
        """What the command printed, run on the bare repository ``folder``. Raises ``Failed`` and ``BackendError``."""
        try:
            process = subprocess.Popen(
                ["git", *_SETTINGS, *arguments],
                cwd=folder,
                env=self._environ(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # no terminal to ask at, and a group that can be ended as a whole
            )
        except FileNotFoundError:
            raise BackendError("the command git is missing: install it, or use another state_backend") from None
        try:
            output, errors = process.communicate(data, _TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise BackendError(f"{self.url}: git {arguments[0]} did not end within {_TIMEOUT:g} s") from None
        if process.returncode:
            raise Failed(self._without_secret(errors.decode("utf-8", "replace")))
        return output

    def _environ(self, folder: Path) -> dict[str, str]:
        # Variables of a Git hook or of a user's shell would lead to another repository.
        kept = {name: value for name, value in self.environ.items() if not name.startswith("GIT_") or name in _KEPT}
        kept |= {"GIT_DIR": str(folder), "GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"}
        kept |= {"GIT_ASKPASS": "true"}  # says nothing, so that a refused password is an error at once
        if self.password:
            # In the environment: arguments are seen by every user of the machine, a file would outlive us.
            basic = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            kept |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self.url}.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
            }
        return kept

    def _without_secret(self, text: str) -> str:
        return text.replace(self.password, "***") if self.password else text


_KEPT = frozenset({"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_CONFIG_GLOBAL"})
