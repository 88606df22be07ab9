# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users; what is secret of them is sent when it changes."""

from support.samples import Sample

TEXTS = ["one", "two"]

SAMPLES = [
    Sample(
        base={"login": "ada"},
        fields={
            "password": ["password-one", "password-two"],
            "display_name": TEXTS,
            "email": ["a@example.com", "b@example.com"],
            "groups": [["readers"], ["readers", "data_team"]],
            "profile": ["FULL_DESIGNER", "READER"],
            "source_type": ["LOCAL", "LDAP"],
            "enabled": [True, False],
            "admin_properties": [{"site": "a"}, {"site": "b"}],
            "user_properties": [{"site": "a"}, {"site": "b"}],
            "secrets": [{"db-token": "value-one"}, {"db-token": "value-two"}],
            "credentials": [
                {"pg": {"type": "BASIC", "user": "a", "password": "password-one"}},
                {"pg": {"type": "BASIC", "user": "a", "password": "password-two"}},
            ],
            "preferences": [{"uiLanguage": "en"}, {"uiLanguage": "fr"}],
        },
    )
]
