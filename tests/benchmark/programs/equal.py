# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that the collection made, one after the other through Dataiku's client: ``equal.py CALLS``."""

from __future__ import annotations

import json
import os
import sys
import time

import dataikuapi
from dataikuapi.utils import DataikuException


def main() -> None:
    client = dataikuapi.DSSClient(os.environ["DKU_DSS_URL"], os.environ["DKU_API_KEY"])
    with open(sys.argv[1], encoding="utf-8") as file:
        levels = json.load(file)
    began = time.perf_counter()
    done = 0
    for level in levels:
        for chain in level:
            for method, path, body, may_fail in chain:
                try:
                    client._perform_http(method, path, raw_body=body.encode() if body else None)
                except DataikuException:
                    if not may_fail:
                        raise
                done += 1
    print(json.dumps({"seconds": time.perf_counter() - began, "calls": done}))


if __name__ == "__main__":
    main()
