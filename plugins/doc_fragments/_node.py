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
      - Falls back to E(DKU_DSS_URL), then to C(~/.dataiku/config.json) of Dataiku's client.
    type: str
  api_key:
    description:
      - API key.
      - Falls back to E(DKU_API_KEY), then to C(~/.dataiku/config.json).
    type: str
  instance:
    description:
      - Name of an entry of C(~/.dataiku/config.json). The environment variables are not read then.
    type: str
  client_certificate:
    description:
      - File with a client certificate and its key, for nodes that ask for one.
    type: path
  ca_path:
    description:
      - File with the certificates of the authority that signed the certificate of the node.
      - Falls back to E(REQUESTS_CA_BUNDLE).
    type: path
  validate_certs:
    description:
      - Whether the certificate of the node is verified. It is, unless this is V(false) or
        C(~/.dataiku/config.json) says C(no_check_certificate).
    type: bool
  timeout:
    description:
      - Seconds to wait for the answer to one call.
    type: float
    default: 60.0
  workers:
    description:
      - Most calls at once.
    type: int
    default: 8
requirements:
  - dataiku-api-client >= 14.3
  - six
  - PyYAML
  - jsonschema
notes:
  - The code runs on the controller. Hosts need neither a connection nor an interpreter.
  - With C(async), or with the variable C(dss_run_on) set to V(host), it runs on the host instead.
"""
