# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the option ``state_backend`` to a backend."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from .._errors import DssError
from .backend import Backend
from .encryption import Clear, Encrypted
from .git import Git
from .git_command import GitCommand
from .http import Http
from .http_service import Service
from .local import Local
from .lock import LEASE
from .object_store import Bucket, ObjectStore

Options = Mapping[str, t.Any]

_TEXTS = {
    "local": ("path",),
    "object_store": ("url", "region", "endpoint", "access_key", "secret_key", "session_token"),
    "git": ("url", "path", "branch", "username", "password"),
    "http": (
        "address",
        "lock_address",
        "lock_method",
        "unlock_method",
        "update_method",
        "username",
        "password",
        "token",
        "ca_path",
    ),
}
_MAPS = {"object_store": ("config",), "http": ("headers",)}
_SWITCHES = {"http": ("validate_certs",)}

_BRANCH = re.compile(r"(?!.*(\.\.|//|/\.|\.lock$|\.lock/))\w([\w./-]*\w)?", re.ASCII)

# Settings of obstore that have the name of their variable in small letters.
_VARIABLES = {
    "s3": (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY"),
    "az": (
        "AZURE_STORAGE_ACCOUNT_NAME",
        "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_STORAGE_SAS_KEY",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "AZURE_TENANT_ID",
    ),
}
_S3_SETTINGS = {
    "region": "aws_region",
    "endpoint": "aws_endpoint",
    "access_key": "aws_access_key_id",
    "secret_key": "aws_secret_access_key",
    "session_token": "aws_session_token",
}


def open_backend(
    options: Options | None, base: Path, environ: Mapping[str, str], encryption_key: str | None = None
) -> Backend:
    """The backend that ``state_backend`` describes; makes no call, imports no optional library, starts nothing.

    Relative paths are relative to ``base``; credentials that are not options come from ``environ``. With a key all but
    the locks is encrypted, and the backend has ``encrypts = True``. Raises ``DssError`` that says what to write.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    lease_of(given)
    kind = _kind(given)
    _check(kind, given)
    backend = _MAKERS[kind](given, base, environ)
    if encryption_key is None:
        return Clear(backend)
    if not encryption_key:
        raise DssError("encryption_key is empty: give a passphrase, or leave it out")
    return Encrypted(backend, encryption_key)


def lease_of(options: Options | None) -> float:
    """Seconds that a lock holds without being renewed."""
    value = (options or {}).get("lease")
    if value is None:
        return LEASE
    try:
        lease = float(value)
    except (TypeError, ValueError):
        lease = 0.0
    if isinstance(value, bool) or not 0.5 <= lease <= 3600:
        raise DssError("lease in state_backend has to be a number of seconds from 0.5 to 3600")
    return lease


def _kind(given: Options) -> str:
    kind = given.get("type", "local")
    if not isinstance(kind, str) or kind not in _TEXTS:
        raise DssError(f"type {kind!r} in state_backend is not known: use {_listed(_TEXTS)}")
    return kind


def _check(kind: str, given: Options) -> None:
    maps, switches = _MAPS.get(kind, ()), _SWITCHES.get(kind, ())
    allowed = (*_TEXTS[kind], *maps, *switches)
    for name, value in given.items():
        if name in ("type", "lease"):
            continue
        if name not in allowed:
            raise DssError(f"{name} in state_backend is not known for type {kind}: use {_listed([*allowed, 'lease'])}")
        if name in switches and not isinstance(value, bool):
            raise DssError(f"{name} in state_backend has to be true or false")
        if name in maps and not (isinstance(value, Mapping) and all(map(_is_plain, value.values()))):
            raise DssError(f"{name} in state_backend has to be a mapping of names to texts")
        if name in _TEXTS[kind] and not (isinstance(value, str) and value):
            raise DssError(f"{name} in state_backend has to be a text")


def _is_plain(value: t.Any) -> bool:
    return isinstance(value, (str, int, float))


def _local(given: Options, base: Path, environ: Mapping[str, str]) -> Backend:
    return Local(base / Path(given.get("path", ".dataiku/state")).expanduser())


def _object_store(given: Options, base: Path, environ: Mapping[str, str]) -> Backend:
    url = _required(given, "url", "object_store", "s3://bucket/prefix")
    parts = _split(url, "url")
    if parts.scheme not in _VARIABLES or not parts.hostname or parts.query or "@" in parts.netloc:
        raise DssError("url in state_backend is no address of a bucket: write it as s3://, gs:// or az://bucket/prefix")
    settings = {name.lower(): environ[name] for name in _VARIABLES[parts.scheme] if environ.get(name)}
    for name, setting in _S3_SETTINGS.items():
        if name in given:
            if parts.scheme != "s3":
                raise DssError(f"{name} in state_backend is for s3:// only: give the settings of obstore as config")
            settings[setting] = given[name]
    settings |= {name: _setting(value) for name, value in given.get("config", {}).items()}
    in_clear = any(value.startswith("http://") for name, value in settings.items() if "endpoint" in name)
    return ObjectStore(Bucket(url, settings, allow_http=in_clear))


def _setting(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _git(given: Options, base: Path, environ: Mapping[str, str]) -> Backend:
    if ("url" in given) == ("path" in given):
        raise DssError("state_backend of type git takes either url or path, the repository that keeps the state")
    branch = given.get("branch", "dataiku-state")
    if not _BRANCH.fullmatch(branch):
        raise DssError(f"branch {branch!r} in state_backend is no name of a branch")
    if "path" in given:
        return Git(GitCommand(str(base / Path(given["path"]).expanduser()), environ=environ), branch)
    if given["url"].startswith("-"):
        raise DssError("url in state_backend is no address of a repository")
    url, username, password = _without_password(given["url"], given)
    return Git(GitCommand(url, username or "git", password, environ), branch)


def _http(given: Options, base: Path, environ: Mapping[str, str]) -> Backend:
    example = "https://gitlab.example.com/api/v4/projects/1/terraform/state/{name}"
    wanted = _required(given, "address", "http", example)
    locking = given.get("lock_method", "POST").upper()
    lock_address = given.get("lock_address", wanted if locking == "LOCK" else f"{wanted}/lock")
    for name, address in (("address", wanted), ("lock_address", lock_address)):
        parts = _split(address, name)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or "{name}" not in parts.path:
            raise DssError(f"{name} in state_backend cannot be used: write it as {example}")
    ca_path = given.get("ca_path") or environ.get("REQUESTS_CA_BUNDLE")
    if ca_path and not (base / ca_path).exists():
        raise DssError(f"ca_path {ca_path} in state_backend does not exist: give the certificates of the authority")
    address, username, password = _without_password(wanted, given)
    headers = {name: str(value) for name, value in given.get("headers", {}).items()}
    if "token" in given:
        headers["Authorization"] = f"Bearer {given['token']}"
    return Http(
        Service(
            address=address,
            lock_address=_without_password(lock_address, given)[0],
            lock_method=locking,
            unlock_method=given.get("unlock_method", "UNLOCK" if locking == "LOCK" else "DELETE").upper(),
            update_method=given.get("update_method", "POST").upper(),
            username=username or environ.get("TF_HTTP_USERNAME", ""),
            password=password or environ.get("TF_HTTP_PASSWORD", ""),
            headers=headers,
            verify=given.get("validate_certs", True) and (str(base / ca_path) if ca_path else True),
            environ=environ,
        )
    )


_MAKERS: Mapping[str, Callable[[Options, Path, Mapping[str, str]], Backend]] = {
    "local": _local,
    "object_store": _object_store,
    "git": _git,
    "http": _http,
}


def _required(given: Options, name: str, kind: str, example: str) -> str:
    if name not in given:
        raise DssError(f"state_backend of type {kind} needs {name}, such as {example}")
    return str(given[name])


def _split(url: str, name: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port  # only now it is looked at
    except ValueError:
        raise DssError(f"{name} in state_backend is not an address") from None
    return parts


def _without_password(url: str, given: Options) -> tuple[str, str, str]:
    """The address alone, user and password; options count before what stands in the address."""
    username, password = given.get("username", ""), given.get("password", "")
    parts = _split(url, "url")
    if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return url, username, password
    alone = parts._replace(netloc=parts.netloc.rsplit("@", 1)[1]).geturl()
    return alone, username or unquote(parts.username or ""), password or unquote(parts.password or "")


def _listed(names: t.Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"
