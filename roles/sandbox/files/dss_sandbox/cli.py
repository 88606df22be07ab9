# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `python -m dss_sandbox`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .database import Database
from .errors import DssError
from .node import Node, new_secret
from .server import serve

_KEY_VARIABLE = "DSS_SANDBOX_API_KEY"  # keeps a key off the process list


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dss_sandbox", description="A local stand-in for a Dataiku DSS node.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--database", default=":memory:", help="SQLite file that survives a restart (default: in memory)"
    )
    parser.add_argument("--latency-ms", type=int, default=0, help="wait this long before every answer")
    parser.add_argument("--api-key", help=f"the admin key (default: ${_KEY_VARIABLE}, else a random one)")
    parser.add_argument(
        "--switch", action="append", default=[], metavar="NAME=VALUE", help="set a switch, see docs/sandbox.md"
    )
    parser.add_argument("--node-type", default="design", choices=["design", "automation", "deployer"])
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent process ends")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    api_key = options.api_key or os.environ.get(_KEY_VARIABLE) or new_secret()
    database = Database(options.database)
    node = Node(database, api_key, options.node_type, options.latency_ms)
    try:
        for assignment in options.switch:
            node.switches.set_text(assignment)
    except DssError as error:
        print(error.message, file=sys.stderr)
        return 2
    try:
        serve(node, options.host, options.port, api_key, options.exit_with_parent)
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    finally:
        database.close()
    return 0
