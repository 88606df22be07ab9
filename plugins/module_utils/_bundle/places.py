# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an object lies physically, so that two connections with different names are known to be one database."""

from __future__ import annotations

import posixpath
import re
import typing as t
from collections.abc import Mapping
from urllib.parse import urlsplit

from .sides import Use

Place = tuple[str, ...]

_VARIABLE = re.compile(r"\$\{([^${}]+)\}")
_URL = re.compile(r"//(?P<host>\[[^\]]+\]|[^:/;?]+)(?::(?P<port>\d+))?(?:[/;](?:databaseName=)?(?P<db>[^?;]*))?")
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0"})
_PORTS = {
    "PostgreSQL": "5432",
    "Redshift": "5439",
    "Greenplum": "5432",
    "MySQL": "3306",
    "SQLServer": "1433",
    "Oracle": "1521",
    "ElasticSearch": "9200",
    "MongoDB": "27017",
    "SSH": "22",
    "FTP": "21",
}
# Object stores: their buckets have one name in the world, or in one account.
_STORES: Mapping[str, tuple[str, ...]] = {"EC2": (), "GCS": (), "Azure": ("storageAccount",)}
_BUCKETS = ("bucket", "container")
_DEFAULT_BUCKETS = ("chbucket", "chcontainer", "defaultManagedBucket", "defaultManagedContainer")
_ROOTS = ("chroot", "root")
_ACCOUNTS = ("host", "server", "account", "projectId", "endpoint", "url", "connectionString")
_DATABASES = ("db", "database", "keyspace", "defaultDatabase")
_OBJECTS = ("table", "collection", "index", "topic")


def machine_of(url: str) -> str:
    """The host of an address; one name for all that mean the machine itself."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return "localhost" if host in _HERE else host


def expanded(text: t.Any, variables: Mapping[str, t.Any]) -> str:
    """A text with the variables that are known; the others stay as they stand."""
    result = str(text)
    for _level in range(4):  # a variable may hold another one
        result, before = _VARIABLE.sub(lambda found: str(variables.get(found[1], found[0])), result), result
        if result == before:
            break
    return result


def place_of(
    use: Use, definition: Mapping[str, t.Any], variables: Mapping[str, t.Any], machine: str
) -> tuple[Place, str] | None:
    """Where an object lies: something that equals for one place alone, and how a reader calls it.

    None where it has no place of its own (a query) or the definition does not tell; ``machine`` is the host of the node.
    """
    kind = str(definition.get("type") or "")
    given = {
        key: expanded(value, variables) for key, value in (definition.get("params") or {}).items() if _plain(value)
    }
    own = {**variables, "odbId": use.id or use.name}
    params = {key: expanded(value, own) for key, value in use.params.items() if _plain(value)}
    place = _in_store(kind, given, params) if kind in _STORES else _in_server(kind, given, params, machine)
    if place is None or any(_VARIABLE.search(part) for part in place[0]):
        return None
    return (kind, *place[0]), place[1]


def _in_store(kind: str, given: Mapping[str, str], params: Mapping[str, str]) -> tuple[Place, str] | None:
    bucket = _first(params, _BUCKETS) or _first(given, _DEFAULT_BUCKETS)
    if not bucket or "path" not in params:
        return None
    account = [given.get(name, "").lower() for name in _STORES[kind]]
    endpoint = given.get("regionOrEndpoint", "").lower().rstrip("/")
    path = _joined(_first(given, _ROOTS), params["path"])
    return (*account, endpoint if "://" in endpoint else "", bucket, path), f"{bucket}{path}"


def _in_server(
    kind: str, given: Mapping[str, str], params: Mapping[str, str], machine: str
) -> tuple[Place, str] | None:
    name = _first(params, _OBJECTS)
    if name:
        server = _server(kind, given, machine)
        schema = params.get("schema") or given.get("schema") or given.get("defaultSchema") or ""
        shown = ".".join(part for part in (params.get("catalog", ""), schema, name) if part)
        return ((*server, shown.casefold()), shown) if server else None
    if "path" not in params:
        return None
    path = _joined(_first(given, _ROOTS), params["path"])
    if kind == "HDFS":  # its cluster is in no definition: one root counts as one place
        return ("", path), path
    server = _server(kind, given, machine) if kind != "Filesystem" else (machine,)
    return ((*server, path), path) if server else None


def _server(kind: str, given: Mapping[str, str], machine: str) -> Place | None:
    """The server and the database of a connection; None where its definition does not name a server."""
    if _on(given, "useURL") or (not _first(given, _ACCOUNTS[:-2]) and given.get("url", "").startswith("jdbc:")):
        found = _URL.search(given.get("url", ""))
        if not found:
            return None
        return _host(found["host"], machine), found["port"] or _PORTS.get(kind, ""), (found["db"] or "").strip("/")
    host = _first(given, _ACCOUNTS)
    if not host:
        return None
    return _host(host, machine), given.get("port") or _PORTS.get(kind, ""), _first(given, _DATABASES)


def _host(name: str, machine: str) -> str:
    lower = name.strip().lower().rstrip(".")
    return machine if lower in _HERE else lower


def _joined(root: str, path: str) -> str:
    return posixpath.normpath("/" + root.strip("/") + "/" + path.strip("/")).replace("//", "/")


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _on(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "").lower() == "true"


def _plain(value: t.Any) -> bool:
    return isinstance(value, (str, int, float, bool))
