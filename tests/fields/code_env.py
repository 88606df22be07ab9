# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Code environments: each change is built, and what is declared stays as it is written in any order."""

from support.samples import Sample

FLAGS = [True, False]

SAMPLES = [
    Sample(
        base={"name": "e"},
        fields={
            "language": ["PYTHON", "R"],
            "deployment_mode": ["DESIGN_MANAGED", "DESIGN_NON_MANAGED"],
            "python_interpreter": ["PYTHON310", "PYTHON311"],
            "conda": FLAGS,
            "packages": [["pandas==2", "numpy"], ["numpy"], "numpy\nscipy # both\n"],
            "conda_packages": [["gdal"], ["gdal=3"]],
            "install_core_packages": FLAGS,
            "core_packages": ["PANDAS15", "PANDAS22"],
            "jupyter": FLAGS,
            "external_conda_env": ["one", "two"],
            "resources_init_script": ["print(1)", "print(2)"],
            "all_containers": FLAGS,
            "containers": [["k8s"], ["k8s", "gpu"]],
            "all_spark_containers": FLAGS,
            "spark_containers": [["k8s"], ["k8s", "gpu"]],
            "owner": ["admin", "ada"],
            "usable_by_all": FLAGS,
            "permissions": [[{"group": "readers", "use": True}], [{"group": "readers", "use": False}]],
            "settings": [{"inheritGlobalSettings": True}, {"inheritGlobalSettings": False}],
        },
        beside={"external_conda_env": {"deployment_mode": "EXTERNAL_CONDA_NAMED"}},
        shown={"deployment_mode": ["build"]},
    )
]
