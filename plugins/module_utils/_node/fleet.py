# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleet Manager (dss-api.md 2.20): its instances, and the key of one of them."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from .._errors import NodeError
from .client import DssNode
from .options import NodeOptions
from .parallel import gather

T = t.TypeVar("T")

CLIENTS = {"aws": "FMClientAWS", "azure": "FMClientAzure", "gcp": "FMClientGCP"}
_ADDRESSES = {
    "public_url": "publicURL",
    "public_dns": "publicDNS",
    "private_dns": "privateDNS",
    "public_ip": "publicIP",
    "private_ip": "privateIP",
}


class FleetManager(DssNode):
    """One Fleet Manager; ``options.api_key`` is the secret of its key. The same time limits and errors as for a node."""

    def __init__(self, options: NodeOptions, cloud: str, key_id: str, tenant: str = "main") -> None:
        self._arguments = (cloud, key_id, tenant)
        super().__init__(options)

    def instances(self) -> list[dict[str, t.Any]]:
        """Each instance: ``id label type tags network`` and ``addresses`` by kind, without those that it has not."""
        found = self._asked("/instances", self._client.list_instances)
        return gather([partial(self._instance, each) for each in found], self.options.workers, lambda: None)

    def admin_key(self, instance: str) -> str:
        """The API key of an administrator of an instance."""
        path = f"/instances/{quote(instance, safe='')}/admin-api-key"
        return self._asked(path, lambda: str(self._client._perform_tenant_json("GET", path)["adminAPIKey"]))

    def _instance(self, handle: t.Any) -> dict[str, t.Any]:
        told = handle.instance_data
        status = self._asked(f"/instances/{handle.id}/status", lambda: dict(handle.get_status()))
        return {
            "id": str(handle.id),
            "label": str(told.get("label") or handle.id),
            "type": str(told.get("dssNodeType") or "").lower(),
            "tags": [str(tag) for tag in told.get("fmTags") or ()],
            "network": [str(told[key]) for key in ("virtualNetworkLabel", "virtualNetworkId") if told.get(key)],
            "addresses": {name: str(status[key]) for name, key in _ADDRESSES.items() if status.get(key)},
        }

    def _asked(self, path: str, ask: Callable[[], T]) -> T:
        try:
            return self._call("GET", path, ask)
        except NodeError as error:
            said = str(error).replace("check api_key or DKU_API_KEY", "check key_id and key_secret")
            raise NodeError(f"Fleet Manager: {said}", error.status, error.error_type) from None
        except (KeyError, TypeError, ValueError, AttributeError):
            message = f"Fleet Manager: GET {path}: {self.options.url} answered something else than Fleet Manager does"
            raise NodeError(f"{message}: is url right?") from None

    def _new_client(self, options: NodeOptions) -> t.Any:
        import dataikuapi

        cloud, key_id, tenant = self._arguments
        connect = getattr(dataikuapi, CLIENTS[cloud])
        return connect(options.url, key_id, options.api_key, tenant, client_certificate=options.client_certificate)
