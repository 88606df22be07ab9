# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `python -m dss_sandbox`."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence

from .database import Database
from .errors import DssError, bad_request
from .node import Node, new_secret
from .node_types import NODE_TYPES
from .server import serve
from .site import Site

_KEY_VARIABLE = "DSS_SANDBOX_API_KEY"  # keeps a key off the process list
_MEMORY = ":memory:"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # also a part of a file name and of a ready line


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dss_sandbox", description="A local stand-in for nodes of Dataiku DSS.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on, further nodes take the next ones (default: free ones)"
    )
    parser.add_argument(
        "--database",
        default=_MEMORY,
        help="SQLite file that survives a restart (default: in memory); with several nodes FILE.NAME for each",
    )
    parser.add_argument("--latency-ms", type=int, default=0, help="wait this long before every answer")
    parser.add_argument("--api-key", help=f"the admin key (default: ${_KEY_VARIABLE}, else a random one for each node)")
    parser.add_argument(
        "--switch", action="append", default=[], metavar="NAME=VALUE", help="set a switch, see docs/sandbox.md"
    )
    parser.add_argument(
        "--node-type",
        action="append",
        default=[],
        metavar="[NAME=]TYPE",
        help=f"{', '.join(NODE_TYPES)}; repeat it for several nodes (default: design)",
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent process ends")
    return parser


def _name_and_type(text: str) -> tuple[str, str]:
    name, equals, node_type = text.rpartition("=")
    if node_type not in NODE_TYPES:
        raise bad_request(f"A node is {', '.join(NODE_TYPES)}, not {node_type!r}")
    if equals and not _NAME.fullmatch(name):
        raise bad_request(f"A node's name has letters, digits, - and _, not {name!r}")
    return name or node_type, node_type


def _database_file(file: str, name: str, several: bool) -> str:
    return f"{file}.{name}" if several and file != _MEMORY else file


def _site(options: argparse.Namespace) -> Site:
    site = Site()
    wanted = [_name_and_type(text) for text in options.node_type or ["design"]]
    given_key = options.api_key or os.environ.get(_KEY_VARIABLE)
    for name, node_type in wanted:
        database = Database(_database_file(options.database, name, len(wanted) > 1))
        api_key = NODE_TYPES[node_type].key(given_key or new_secret())
        node = Node(database, api_key, node_type, options.latency_ms, name)
        site.add(node)
        for assignment in options.switch:
            node.switches.set_text(assignment)
    return site


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        site = _site(options)
    except DssError as error:
        print(error.message, file=sys.stderr)
        return 2
    try:
        serve(site, options.host, options.port, options.exit_with_parent)
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    finally:
        for node in site:
            node.database.close()
    return 0
