# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States in a bucket: S3, Google Cloud Storage or Azure, through obstore. Only S3 is tested (against moto's server)."""

from __future__ import annotations

import json
import os
import random
import re
import time
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .._errors import MissingLibrary
from .backend import ANYTHING, BackendError, Blob, Expected
from .contents import checked, moved

_TIMEOUT = "30s"  # of one request
_TRIES = 4
# Not by obstore: after a lost answer its second try meets the first one's object and calls it somebody else's.
_RETRY: t.Any = {"max_retries": 0}
_PASSING = re.compile(r"\b(429|5\d\d) |error sending request|timed out|timeout|connection|body", re.I)

_Result = t.TypeVar("_Result")

# The process whose obstore has started its threads. They do not live on in a child, where every call would hang.
_started_in: int | None = None


@dataclass(frozen=True)
class Bucket:
    """``url`` is ``s3://bucket/prefix`` (``gs://``, ``az://``); ``config`` are settings of obstore, secrets among them."""

    url: str
    config: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_http: bool = False


class ObjectStore:
    """One object a name; the store itself compares the version of a conditional write."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._store: t.Any = None

    @property
    def place(self) -> str:
        return self._bucket.url.rstrip("/")

    def read(self, name: str) -> Blob | None:
        path, store = checked(name), self._open()
        return self._repeated(name, lambda: self._get(store, path))

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        for other, content in (beside or {}).items():
            self._put(other, content, ANYTHING)
        return self._put(name, data, expected)

    def remove(self, name: str) -> None:
        path, store = checked(name), self._open()
        self._repeated(name, lambda: _unless_missing(lambda: store.delete(path)))

    def close(self) -> None:
        self._store = None

    def _put(self, name: str, data: bytes, expected: Expected) -> str:
        path, store = checked(name), self._open()
        doubtful = False

        def put() -> str:
            nonlocal doubtful
            kept = self._get(store, path) if doubtful else None
            if kept is not None and kept.data == data:
                return kept.version  # it was written, and only the answer was lost
            doubtful = True
            return _version(store.put(path, data, mode=_mode(expected), use_multipart=False))

        return self._repeated(name, put)

    @staticmethod
    def _get(store: t.Any, path: str) -> Blob | None:
        answer = _unless_missing(lambda: store.get(path))
        return Blob(bytes(answer.bytes()), _version(answer.meta)) if answer else None

    def _repeated(self, name: str, call: Callable[[], _Result]) -> _Result:
        """A call, tried again after what may pass."""
        from obstore.exceptions import AlreadyExistsError, GenericError, PreconditionError

        for left in range(_TRIES - 1, -1, -1):
            try:
                return call()
            except (AlreadyExistsError, PreconditionError):
                raise moved(self.place, name) from None
            except GenericError as error:
                if not left or not _PASSING.search(str(error)):
                    raise self._sentence(error, name) from None
            except Exception as error:
                raise self._sentence(error, name) from None
            time.sleep(0.1 * 2 ** (_TRIES - 1 - left) * random.uniform(0.5, 1.0))
        raise AssertionError("unreachable")

    def _open(self) -> t.Any:
        global _started_in
        if _started_in not in (None, os.getpid()):
            raise BackendError(
                f"{self.place} was used by the process that started this one, after which obstore hangs: use it in "
                "tasks only"
            )
        if self._store is None:
            try:
                from obstore.store import from_url
            except ImportError:
                raise MissingLibrary("obstore") from None
            limits: t.Any = {"timeout": _TIMEOUT, "connect_timeout": "10s", "allow_http": self._bucket.allow_http}
            config: t.Any = dict(self._bucket.config)
            try:
                self._store = from_url(self._bucket.url, config=config, client_options=limits, retry_config=_RETRY)
            except Exception as error:
                raise self._sentence(error, "") from None
            _started_in = os.getpid()
        return self._store

    def _sentence(self, error: Exception, name: str) -> BackendError:
        """One sentence out of obstore's many lines, which may hold what was sent."""
        text = str(error).split("\n\nDebug source", maxsplit=1)[0]
        for secret in filter(None, self._bucket.config.values()):
            text = text.replace(secret, "***")
        code = re.search(r"<Code>(\w+)</Code>", text)
        status = re.search(r"non-2xx status code: ([^:\n]*)", text)
        reason = code[1] if code else status[1] if status else text.strip().splitlines()[-1].rsplit(": ", 1)[-1]
        where = f"{self.place}/{name}" if name else self.place
        return BackendError(
            f"{where} cannot be used ({reason[:160]}): check url, region, endpoint and credentials in state_backend"
        )


def _unless_missing(call: Callable[[], t.Any]) -> t.Any:
    """What a call gives, None where the object is missing; a missing bucket is an error."""
    try:
        return call()
    except FileNotFoundError as error:
        if re.search("bucket|container", str(error).partition("<Message>")[2].partition("</Message>")[0], re.I):
            raise
        return None


def _version(meta: t.Any) -> str:
    """What a conditional write needs: S3 and Azure compare the tag, Google the version."""
    return json.dumps({key: meta[key] for key in ("e_tag", "version") if meta.get(key) is not None})


def _mode(expected: Expected) -> t.Any:
    if isinstance(expected, str):
        return json.loads(expected)
    return "create" if expected is None else "overwrite"
