# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption of states, journals and plans at rest, around any backend. Locks stay readable: they hold no secret."""

from __future__ import annotations

import base64
import json
import os
import threading
import typing as t
from collections.abc import Mapping

from .._errors import MissingLibrary
from .backend import Backend, BackendError, Blob, Expected
from .contents import LOCK

_FORMAT = "dataiku_iac.dss encrypted"
_MARK = b'{"format": "' + _FORMAT.encode() + b'"'
_VERSION = 1
_COST = 2**14  # of scrypt with r=8 and p=1: 16 MB and about 50 ms for each guess


class Clear:
    """A backend without a key: says so when it meets something encrypted."""

    encrypts = False

    def __init__(self, backend: Backend) -> None:
        self.inner = backend

    @property
    def place(self) -> str:
        return self.inner.place

    def read(self, name: str) -> Blob | None:
        blob = self.inner.read(name)
        if blob is not None and blob.data.startswith(_MARK):
            raise BackendError(f"{self.place}/{name} is encrypted: give its encryption_key")
        return blob

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        return self.inner.write(name, data, expected, beside)

    def remove(self, name: str) -> None:
        self.inner.remove(name)

    def close(self) -> None:
        self.inner.close()


class Encrypted:
    """A backend whose contents only the passphrase ``key`` opens (AES-GCM, key by scrypt).

    A content is bound to its name: one that was copied under another name is refused. What was written before there
    was a key is still read; the next write encrypts it.
    """

    encrypts = True

    def __init__(self, backend: Backend, key: str) -> None:
        self.inner = backend
        self._passphrase = key.encode()
        self._keys: dict[bytes, t.Any] = {}
        self._salt: bytes | None = None
        self._deriving = threading.Lock()

    @property
    def place(self) -> str:
        return self.inner.place

    def read(self, name: str) -> Blob | None:
        blob = self.inner.read(name)
        if blob is None or not blob.data.startswith(_MARK):
            return blob
        return Blob(self._opened(name, blob.data), blob.version)

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        copies = {other: self._sealed(other, content) for other, content in (beside or {}).items()}
        return self.inner.write(name, self._sealed(name, data), expected, copies)

    def remove(self, name: str) -> None:
        self.inner.remove(name)

    def close(self) -> None:
        self.inner.close()

    def _sealed(self, name: str, data: bytes) -> bytes:
        if name.endswith(LOCK):
            return data
        salt = self._salt or os.urandom(16)
        nonce = os.urandom(12)
        sealed = self._cipher(salt).encrypt(nonce, data, name.encode())
        content = {
            "format": _FORMAT,
            "version": _VERSION,
            "salt": salt.hex(),
            "nonce": nonce.hex(),
            "data": base64.b64encode(sealed).decode(),
        }
        return json.dumps(content).encode() + b"\n"

    def _opened(self, name: str, data: bytes) -> bytes:
        where = f"{self.place}/{name}"
        try:
            content = json.loads(data)
            version = content["version"]
            salt, nonce = bytes.fromhex(content["salt"]), bytes.fromhex(content["nonce"])
            sealed = base64.b64decode(content["data"], validate=True)
        except (ValueError, KeyError, TypeError):
            raise BackendError(f"{where} is damaged: restore it from one of its former versions") from None
        if version != _VERSION:
            raise BackendError(f"{where} is encrypted in version {version} of the form: update the collection")
        cipher = self._cipher(salt)
        from cryptography.exceptions import InvalidTag

        try:
            opened: bytes = cipher.decrypt(nonce, sealed, name.encode())
        except (InvalidTag, ValueError):
            raise BackendError(
                f"{where} cannot be decrypted: encryption_key is another one, or the file was altered"
            ) from None
        return opened

    def _cipher(self, salt: bytes) -> t.Any:
        """The cipher for a salt. What is written next uses the salt of what was read, because deriving is slow."""
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
            from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
        except ImportError:
            raise MissingLibrary("cryptography") from None
        with self._deriving:
            self._salt = self._salt or salt
            if salt not in self._keys:
                derived = Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(self._passphrase)
                self._keys[salt] = AESGCM(derived)
            return self._keys[salt]
