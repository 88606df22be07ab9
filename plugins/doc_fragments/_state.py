# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where the state is kept, which state is meant, and how long a node is given."""

    DOCUMENTATION = r"""
options:
  state_backend:
    description:
      - Where state, lock, journal and saved plans are kept. C(docs/backends.md) describes every key.
      - C(type) is V(local) (key C(path)), V(object_store) (C(url), C(region), C(endpoint), C(access_key), C(secret_key),
        C(session_token), C(config)), V(git) (C(url) or C(path), C(branch), C(username), C(password)) or V(http)
        (C(address), C(lock_address), C(lock_method), C(unlock_method), C(update_method), C(username), C(password),
        C(token), C(headers), C(ca_path), C(validate_certs)).
      - Each type takes C(lease), the seconds that a lock holds without being renewed, 60 by default.
      - Falls back to the variable C(dss_state_backend), for M(dataiku_iac.dss.configuration) then to
        C(.dataiku/config.yml) of the configuration, and last to the directory C(.dataiku/state) beside the
        configuration. The other modules look for that directory beside the playbook.
      - A relative path counts from the directory of the playbook, or with a playbook of this collection from where
        C(ansible-playbook) was started.
    type: dict
  encryption_key:
    description:
      - Passphrase with which state, journal and saved plans are encrypted.
      - What was written before there was one is still read; the next write encrypts it.
      - Falls back to the variable C(dss_encryption_key).
    type: str
  lock_timeout:
    description:
      - Seconds to wait for a lock that another run holds, before this run fails and names that run.
      - Falls back to the variable C(dss_lock_timeout).
    type: float
    default: 60.0
  keep_versions:
    description:
      - How many versions of the state are kept, with the journals that undo them.
      - Falls back to the variable C(dss_keep_versions).
    type: int
    default: 20
"""

    PLACE = r"""
options:
  environment:
    description:
      - Environment of the state, as it was given to M(dataiku_iac.dss.configuration).
      - A run without an environment used the host of the node and its port, such as V(dss.example.com_11200).
      - Falls back to the variable C(dss_environment).
    type: str
    required: true
  project:
    description:
      - Key of the project. Without it the state of the instance is meant, which records connections.
      - Falls back to the variable C(dss_project); an empty text means the instance all the same.
    type: str
"""

    SETTLE = r"""
options:
  settle_timeout:
    description:
      - Seconds that the node is given to finish a write whose answer was lost, before its outcome is looked up.
    type: float
    default: 10.0
"""
