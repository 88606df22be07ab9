# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report
short_description: State and drift of a DSS project
version_added: 0.2.0
description:
  - Says what the state records of a project, or how the project on the node differs from what is recorded.
  - Drift needs no configuration. What was applied last is compared with what the node holds, read in full.
  - It changes nothing and takes no lock.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
options:
  _terms:
    description:
      - V(state) or V(drift); each gives one report.
    type: list
    elements: str
    required: true
  project:
    description:
      - Key of the project, or V(_instance) for the connections.
      - It may be left out where O(path) is given.
    type: str
    vars:
      - name: dss_project
  environment:
    description:
      - Name of the environment, as it was given to M(dataiku_iac.dss.configuration).
      - Without a name it is the host of the node, as there.
    type: str
    vars:
      - name: dss_environment
  environment_content:
    description:
      - What a file of the environment holds, as for M(dataiku_iac.dss.configuration). It counts with O(path).
    type: dict
    version_added: 0.3.0
    vars:
      - name: dss_environment_content
  state_backend:
    description:
      - Where the state is kept, as for M(dataiku_iac.dss.configuration).
    type: dict
    vars:
      - name: dss_state_backend
  encryption_key:
    description:
      - Passphrase of a state that is encrypted.
    type: str
    vars:
      - name: dss_encryption_key
  path:
    description:
      - File, or directory with C(project.yml), that holds the configuration.
      - Drift then also counts C(ignore_drift), C(lifecycle.ignore_changes), and how the configuration wants a schema to be compared.
      - A relative path counts from the directory of the playbook.
    type: str
  configuration_variables:
    description:
      - Values for variables of the configuration in O(path), as O(dataiku_iac.dss.configuration#module:variables).
    type: dict
    default: {}
  ignore_tags:
    description:
      - Tags that the node adds by itself, as patterns such as V(creator_*). They are not compared.
    type: list
    elements: str
    default: []
  report:
    description:
      - A report that was fetched before with O(format=dict), to be given in another form. Nothing is read then.
    type: dict
  format:
    description:
      - V(dict) is data, described in C(docs/schemas/report.schema.json).
      - V(text) is for a terminal, V(markdown) for a pull request, V(junit) for a CI system.
      - V(html) is one page that needs nothing else, with the flow coloured by status.
    type: str
    choices: [dict, text, markdown, html, junit]
    default: dict
"""

EXAMPLES = r"""
- name: Stop if somebody changed the project by hand
  ansible.builtin.assert:
    that: drift.summary.drifted == 0 and drift.summary.missing == 0
    fail_msg: "{{ lookup('dataiku_iac.dss.report', 'drift', report=drift, format='text') }}"
  vars:
    drift: "{{ lookup('dataiku_iac.dss.report', 'drift', project='SALES', environment='prod') }}"

- name: A page on the state
  ansible.builtin.copy:
    content: "{{ lookup('dataiku_iac.dss.report', 'state', project='SALES', environment='prod', format='html') }}"
    dest: "{{ playbook_dir }}/state.html"
    mode: "0644"
"""

RETURN = r"""
_raw:
  description:
    - One report for each term, as data or as text. Secrets are replaced.
  type: list
  elements: raw
"""

import os
import typing as t
from collections.abc import Callable, Mapping

from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase

from ..plugin_utils._compiled import compiled_once

with compiled_once():
    from ..module_utils._errors import DssError, MissingLibrary
    from ..module_utils._options import NODE
    from ..module_utils._report.formats import formatted
    from ..module_utils._report.gather import gathered
    from ..module_utils._task import Caller
    from ..plugin_utils._native import native
    from ..plugin_utils._places import base_of
    from ..plugin_utils._variables import value_of, with_variables

_REPORTS = ("state", "drift")
_OPTIONS = {*NODE, "state_backend", "encryption_key", "environment", "environment_content", "project"}


class LookupModule(LookupBase):
    """Reports; node and backend are opened and closed within each call, in the process of the worker."""

    def run(self, terms: list[str], variables: Mapping[str, t.Any] | None = None, **kwargs: t.Any) -> list[t.Any]:
        known = value_of(variables or {}, self._templar)
        self.set_options(direct=with_variables(_OPTIONS, kwargs, known))
        params: dict[str, t.Any] = native(self.get_options())
        reports = []
        for term in terms:
            if term not in _REPORTS:
                raise AnsibleError(f"there is no report {term!r}: ask for state or drift")
            try:
                report = params["report"] or gathered(str(term), params, self._caller(variables or {}))
                reports.append(formatted(report, params["format"]))
            except MissingLibrary as error:
                raise AnsibleError(missing_required_lib(error.library)) from None
            except DssError as error:
                raise AnsibleError(str(error)) from None
        return reports

    def _caller(self, variables: Mapping[str, t.Any]) -> Caller:
        base = base_of(self._loader.get_basedir())  # also in a role, as for the modules
        return Caller(environ=dict(os.environ), variable=self._variable(variables), base=base)

    def _variable(self, variables: Mapping[str, t.Any]) -> Callable[[str], t.Any]:
        """Look up a variable of Ansible by its plain name; raises ``KeyError`` when there is none."""

        def variable(name: str) -> t.Any:
            if name not in variables:
                raise KeyError(name)
            return native(self._templar.template(variables[name]))

        return variable
