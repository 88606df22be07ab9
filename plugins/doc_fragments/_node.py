# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How to reach a node."""

    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the DSS node, for example V(https://dss.example.com:11200).
      - Falls back to the variable C(dss_url), then to E(DKU_DSS_URL), then to C(~/.dataiku/config.json) of Dataiku's client.
    type: str
  api_key:
    description:
      - API key.
      - Falls back to the variable C(dss_api_key) beside C(dss_url), then to E(DKU_API_KEY), then to C(~/.dataiku/config.json).
      - Address and key are taken from one origin. A task with O(url) or O(instance) reads none of C(dss_url), C(dss_api_key) and
        C(dss_instance). Where C(dss_url) names the node, only this option or C(dss_api_key) gives the key.
    type: str
  instance:
    description:
      - Name of an entry of C(~/.dataiku/config.json). The environment variables are not read then.
      - Falls back to the variable C(dss_instance).
    type: str
  client_certificate:
    description:
      - File with a client certificate and its key, for nodes that ask for one.
      - Falls back to the variable C(dss_client_certificate).
    type: path
  ca_path:
    description:
      - File with the certificates of the authority that signed the certificate of the node.
      - Falls back to the variable C(dss_ca_path), then to E(REQUESTS_CA_BUNDLE).
    type: path
  validate_certs:
    description:
      - Whether the certificate of the node is verified. It is, unless this is V(false) or
        C(~/.dataiku/config.json) says C(no_check_certificate).
      - Falls back to the variable C(dss_validate_certs).
    type: bool
  timeout:
    description:
      - Seconds to wait for the answer to one call.
      - Falls back to the variable C(dss_timeout).
    type: float
    default: 60.0
  workers:
    description:
      - Most calls at once. There are fewer while the node answers 429, 502, 503 or 504 or takes longer to answer than it did.
      - Each fork of Ansible counts for itself, so that hosts that share a node may make as many calls each.
      - Falls back to the variable C(dss_workers).
    type: int
    default: 8
  write_connections:
    description:
      - Most calls at once that write, of the O(workers). All of them may if it is not set; V(1) suits a node that does one write
        after the other anyway.
      - Falls back to the variable C(dss_write_connections).
    type: int
    version_added: 0.5.0
requirements:
  - dataiku-api-client >= 14.3
  - six
  - PyYAML
  - jsonschema
notes:
  - The code runs on the controller. Hosts need neither a connection nor an interpreter.
  - A variable C(dss_...) is that of the host that the task runs for, or with C(delegate_to) that of the host named there.
  - With C(async), or with the variable C(dss_run_on) set to V(host), it runs on the host instead.
"""
