# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for S3: moto's server in a process of its own; ``python -m support.moto_server``.

Requests are answered one at a time: moto compares the tag of a conditional write and stores in two steps, where S3
itself takes one.
"""

from __future__ import annotations

import logging
import sys
import threading
import typing as t

BUCKET = "states"
KEYS = {"access_key": "state-access-key", "secret_key": "state-secret-key"}


def options_of(url: str, folder: str = "project") -> dict[str, t.Any]:
    """A ``state_backend`` that uses the server."""
    return {"type": "object_store", "url": f"s3://{BUCKET}/{folder}", "endpoint": url, "region": "eu-west-1", **KEYS}


def serve() -> None:
    """Print the address, then answer until the standard input ends."""
    import boto3
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    one_at_a_time = threading.Lock()

    def answer(environ: t.Any, start: t.Any) -> t.Any:
        with one_at_a_time:
            return list(application(environ, start))

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    keys = {"aws_access_key_id": KEYS["access_key"], "aws_secret_access_key": KEYS["secret_key"]}
    client = boto3.client("s3", endpoint_url=url, region_name="eu-west-1", **keys)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    print(url, flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    serve()
