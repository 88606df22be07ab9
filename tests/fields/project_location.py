# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project folder that a project is in."""

from support.samples import Sample
from support.sandbox import SandboxProcess


def folders(sandbox: SandboxProcess) -> None:
    finance = sandbox.client().get_root_project_folder().create_sub_folder("Finance")
    finance.create_sub_folder("Reports of 2026")


SAMPLES = [Sample(base={}, fields={"folder": ["/", "/Finance", "Finance/Reports of 2026/"]}, prepare=folders)]
