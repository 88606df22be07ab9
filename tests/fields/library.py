# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project library: any text or bytes under any path, the lists of its settings, Git references."""

import base64

from hypothesis import strategies as st
from support.samples import Sample

_TEXT = st.text("ab{$%\r\n é", max_size=6)
_BYTES = st.binary(max_size=4).map(lambda data: {"base64": base64.b64encode(data).decode()})
_FILES = st.fixed_dictionaries(
    {"python/my.tools/util.py": _TEXT | _BYTES}, optional={"static/logo": _BYTES | st.none(), "R/a b.R": _TEXT}
)
_PATHS = [["python"], ["python", "python/my.tools"], ["other"]]

SAMPLES = [
    Sample(
        base={},
        fields={
            "files": [
                {"python/__init__.py": "", "python/util.py": "A = 1\n"},
                {"python/__init__.py": "", "python/util.py": "A = 2\r\n"},
                {"static/logo.png": {"base64": "iVBORw=="}},
                {"static/logo.png": None, "python/a.b/c d.py": "{{ x }} ${y}"},
            ],
            "python_path": _PATHS,
            "r_path": [["R"], ["R", "other"]],
            "import_from_projects": [["SHARED"], ["SHARED", "TOOLS"], []],
            "git_references": [
                {"python/shared": {"repository": "git@example.com:team/shared.git", "checkout": "main"}},
                {
                    "python/shared": {
                        "repository": "git@example.com:team/shared.git",
                        "checkout": "refs/tags/v2",
                        "path": "src",
                    }
                },
                {"python/shared": None, "R/other": {"repository": "https://example.com/other.git"}},
            ],
        },
    ),
    Sample(base={"exclusive": True}, fields={"files": _FILES}),
]
