# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which node and how: options, then environment, then the configuration file of Dataiku's own client."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .._errors import DssError


@dataclass(frozen=True)
class NodeOptions:
    """How to reach a node. ``timeout`` is in seconds, for each call; ``verify`` is true, false or a CA file.

    At most ``workers`` calls are in flight at a time, of them ``write_connections`` that write (None: all of them may).
    """

    url: str
    api_key: str
    verify: bool | str = True
    client_certificate: str | None = None
    timeout: float = 60.0
    workers: int = 8
    write_connections: int | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"NodeOptions(url={self.url!r})"


def node_options(params: Mapping[str, t.Any], environ: Mapping[str, str]) -> NodeOptions:
    """Node options from task options; raises ``DssError`` that says what is missing.

    Order: the option, ``DKU_DSS_URL`` and ``DKU_API_KEY``, then ``~/.dataiku/config.json`` as Dataiku's client
    reads it (C(instance), or its default instance). An ``api_key`` that is given empty is none, and no other is taken.
    """
    instance = params.get("instance")
    url, key = params.get("url"), params.get("api_key")
    if not instance:
        url, key = url or environ.get("DKU_DSS_URL"), environ.get("DKU_API_KEY") or None if key is None else key
    entry = {} if url and key is not None else _configured(instance, environ)
    url, key = url or entry.get("url"), entry.get("api_key") if key is None else key
    if not url:
        raise DssError(
            "no DSS node given: set url, or DKU_DSS_URL, or instance with an entry in ~/.dataiku/config.json"
        )
    if key is not None and not str(key).strip():
        raise DssError(
            f"no API key given for {url}: api_key is empty, and the key of another node is not taken; set api_key, or "
            "the variable dss_api_key beside dss_url"
        )
    if not key:
        raise DssError(f"no API key given for {url}: set api_key, or DKU_API_KEY, or add it to ~/.dataiku/config.json")
    return NodeOptions(
        url=checked_url(str(url)),
        api_key=_checked_key(str(key)),
        verify=_verify(params, entry, environ),
        client_certificate=_existing(
            params.get("client_certificate"), "client_certificate", "the certificate and its key"
        ),
        timeout=_between("timeout", params.get("timeout"), 0.001, 86_400, 60.0),
        workers=int(_between("workers", params.get("workers"), 1, 256, 8)),
        write_connections=_writes(params.get("write_connections")),
        environ=environ,
    )


def proxies(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The proxy for a node, from the environment of the task; none for this machine, which no proxy can reach."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or host == "::1" or host.startswith("127."):
        return {}
    excluded = _either("no_proxy", environ).replace(" ", "").split(",")
    if any(
        name == "*" or host == name.lstrip(".") or (name and host.endswith("." + name.lstrip("."))) for name in excluded
    ):
        return {}
    proxy = _either(f"{parts.scheme}_proxy", environ) or _either("all_proxy", environ)
    return {parts.scheme: proxy} if proxy else {}


def _either(name: str, environ: Mapping[str, str]) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _between(name: str, value: t.Any, least: float, most: float, default: float) -> float:
    number = default if value is None else float(value)
    if not least <= number <= most:
        raise DssError(f"{name} {number:g} cannot be used: give a number from {least:g} to {most:g}")
    return number


def _writes(value: t.Any) -> int | None:
    return None if value is None else int(_between("write_connections", value, 1, 256, 8))


def _existing(path: t.Any, name: str, content: str) -> str | None:
    if path and not Path(path).exists():
        raise DssError(f"{name} {path} does not exist: give a file with {content}")
    return str(path) if path else None


def _verify(params: Mapping[str, t.Any], entry: Mapping[str, t.Any], environ: Mapping[str, str]) -> bool | str:
    wanted = params.get("validate_certs")
    if wanted is False or (wanted is None and entry.get("no_check_certificate")):
        return False
    ca_path = params.get("ca_path") or environ.get("REQUESTS_CA_BUNDLE")
    return _existing(ca_path, "ca_path", "the certificates of the authority") or True


def checked_url(url: str) -> str:
    """The base address of a node as its client wants it. Raises ``DssError`` for what is no address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or " "
        valid = (
            parts.scheme in ("http", "https")
            and host.isprintable()
            and " " not in host
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        valid = False
    if valid and parts.username is not None:
        raise DssError(f"url holds a user or password: give https://{host} alone, and the key as api_key")
    if not valid:
        raise DssError(f"url {url!r} is not an address: write it as https://dss.example.com:11200")
    return url.rstrip("/").removesuffix("/dip/publicapi").removesuffix("/public/api")


def _checked_key(key: str) -> str:
    key = key.strip()
    if not key.isascii() or not key.isprintable():
        raise DssError("api_key holds a character that no key has: copy it again from DSS")
    return key


def _configured(instance: str | None, environ: Mapping[str, str]) -> Mapping[str, t.Any]:
    path = Path(environ.get("HOME", "~")).expanduser() / ".dataiku" / "config.json"
    if not path.is_file():
        if instance:
            raise DssError(f"instance {instance} is not known: there is no {path}")
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = dict(content.get("dss_instances") or {})
        name = instance or content.get("default_instance")
        entry = dict(known.get(name) or {})
    except (ValueError, TypeError, AttributeError):
        raise DssError(f"{path} is not the JSON that Dataiku's client writes: correct it or remove it") from None
    except OSError as error:
        raise DssError(
            f"{path} cannot be read ({error.strerror}): give url and api_key, or correct its rights"
        ) from None
    if instance and instance not in known:
        raise DssError(f"instance {instance} is not in {path}; it has: {', '.join(sorted(known)) or 'none'}")
    return entry
