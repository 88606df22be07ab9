# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

_NODE = """
      host:
        description: Host of the inventory whose C(dss_) variables say all this.
        type: str
      url:
        description: Address of the node.
        type: str
      api_key:
        description: API key.
        type: str
      instance:
        description: Name of an entry of C(~/.dataiku/config.json).
        type: str
      client_certificate:
        description: File with a client certificate and its key.
        type: path
      ca_path:
        description: File with the certificates of the authority that signed the certificate of the node.
        type: path
      validate_certs:
        description: Whether the certificate of the node is verified.
        type: bool
      timeout:
        description: Seconds to wait for the answer to one call.
        type: float
        default: 60.0
      workers:
        description: Most calls at once.
        type: int
        default: 8
      write_connections:
        description: Most calls at once that write; as many as O(workers) if it is not set.
        type: int
        version_added: 0.5.0
"""


def _option(name: str, *sentences: str, more: str = "") -> str:
    lines = "\n".join(f"      - {sentence}" for sentence in sentences)
    return f"  {name}:\n    description:\n{lines}\n    type: dict\n    suboptions:{_NODE}{more}"


_DEPLOYER = """\
      infrastructure:
        description: Id of the infrastructure of the node.
        type: str
        required: true
      deployment:
        description: Id of the deployment, made if there is none. By default C(PROJECT-on-INFRASTRUCTURE).
        type: str
      published_project:
        description: Key of the published project, by default that of the project.
        type: str
"""


class ModuleDocFragment:
    """Other nodes that a task needs: the design node, the automation node of a deployment, the deployer."""

    # Annotated, because the yamllint of ansible-test takes every plain assignment here for a literal; validate-modules reads the result.
    DOCUMENTATION: str = "options:\n" + _option(
        "source",
        "The design node, from which an automation node gets the archive through a temporary file on the controller.",
    )

    HUB: str = "options:\n" + _option(
        "deployer",
        "The deployer, so that a new bundle gets an id that is not there either. A design node that has its own deployer is asked in any case.",
    )

    COMPARED: str = "options:\n" + _option(
        "source",
        "The design node, so that the project there and its connections are compared with what the target has.",
        "Without it whether tables would be the same is not known.",
    )

    TARGET: str = "options:\n" + _option(
        "target", "The automation node of the O(deployment) or O(infrastructure). Without it nothing is judged there."
    )

    DEPLOYER: str = "options:\n" + _option(
        "deployer",
        "The Project Deployer that brings the bundle to the node. Without it the archive is sent to the node itself.",
        more=_DEPLOYER,
    )
