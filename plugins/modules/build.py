#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: build
short_description: Build datasets, managed folders or models of a DSS project
version_added: 0.3.0
description:
  - Starts a job, waits for its end, and fails unless it is done. The message then names the recipe that failed.
  - A start whose answer was lost is never sent again. The job that has begun is looked up, and where there is no single
    one the task fails and says so.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._wait
  - dataiku_iac.dss._wait.project
  - dataiku_iac.dss._wait.run
  - dataiku_iac.dss._attributes
attributes:
  check_mode:
    details:
      - Check mode looks up what would run, and starts nothing.
  idempotent:
    support: none
    details:
      - Each task starts a job. Whether that builds anything is up to DSS and to O(type).
options:
  outputs:
    description:
      - What to build. An entry is a name, or a mapping of C(name), C(type) (V(dataset), V(managed_folder) or
        V(saved_model)) and C(partition).
      - A plain name is that of a dataset, else that of a managed folder or saved model. In place of the name of a folder
        or model its id can be given.
      - Either this or O(recipe) is required.
    type: list
    elements: raw
  recipe:
    description:
      - Name of a recipe, to build all of its outputs.
    type: str
  type:
    description:
      - V(recursive) builds what is out of date on the way to the outputs, V(forced) the outputs alone,
        V(recursive_forced) all on the way, V(missing) what is not there. The names that DSS has for them are taken too.
      - Without it V(recursive) for O(outputs), and V(forced) for O(recipe).
    type: str
    choices:
      - recursive
      - forced
      - recursive_forced
      - missing
      - RECURSIVE_BUILD
      - NON_RECURSIVE_FORCED_BUILD
      - RECURSIVE_FORCED_BUILD
      - RECURSIVE_MISSING_ONLY_BUILD
  partition:
    description:
      - Partitions to build, as DSS writes them, for outputs that name none.
    type: str
seealso:
  - module: dataiku_iac.dss.build_info
  - module: dataiku_iac.dss.gate
"""

EXAMPLES = r"""
- name: Build a dataset and what it needs
  dataiku_iac.dss.build:
    project: QUICKSTART
    outputs: [customers_clean]

- name: Run one recipe
  dataiku_iac.dss.build:
    project: QUICKSTART
    recipe: clean_customers
    wait_timeout: 600
    abort_on_timeout: true

- name: Start a job and go on
  dataiku_iac.dss.build:
    project: QUICKSTART
    outputs:
      - {name: customers_clean, type: dataset}
    type: recursive_forced
    wait: false
"""

RETURN = r"""
outputs:
  description: What is built.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: Its type, as DSS names it.
      type: str
      returned: always
    id:
      description: Its id; the name of a dataset.
      type: str
      returned: always
    name:
      description: Its name.
      type: str
      returned: always
  sample: [{type: DATASET, id: customers_clean, name: customers_clean}]
type:
  description: The type of the job, as DSS names it.
  returned: success
  type: str
  sample: RECURSIVE_BUILD
job:
  description: The job.
  returned: when it was started
  type: dict
  contains:
    id:
      description: Id of the job; null where it has not begun.
      type: str
      returned: always
    outcome:
      description: V(DONE), V(FAILED) or V(ABORTED); null where the task did not see its end.
      type: str
      returned: always
    start:
      description: When it began, in UTC; null where it has not.
      type: str
      returned: always
    end:
      description: When it ended, in UTC; null while it runs.
      type: str
      returned: always
    seconds:
      description: How long it took; null while it runs.
      type: float
      returned: always
    activities:
      description: The activities that the job is made of, by their recipes.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: Its name.
          type: str
          returned: always
        type:
          description: Its type.
          type: str
          returned: always
        outcome:
          description: How it ended.
          type: str
          returned: always
        message:
          description: The error, where it failed.
          type: str
          returned: always
  sample:
    id: Build_customers_clean__by_API__2026-05-04T09-30-00.123
    outcome: DONE
    start: "2026-05-04T09:30:00.123Z"
    end: "2026-05-04T09:30:12.456Z"
    seconds: 12.333
    activities: [{name: clean_customers, type: python, outcome: DONE, message: ""}]
log:
  description: The end of the log, at most 60 lines. Secrets among the options are replaced.
  returned: when it failed, or took too long
  type: str
  sample: "[ERROR] 3 rows too many"
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("build")


if __name__ == "__main__":
    main()
