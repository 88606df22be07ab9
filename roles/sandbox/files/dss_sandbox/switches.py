# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not known of a real DSS, as switches: one row each, also the table of docs/sandbox.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from .errors import bad_request

Value = Union[bool, int, str]


@dataclass(frozen=True)
class Switch:
    """`unknown` is the number in dss-api.md section 7; empty choices mean any value of the default's type."""

    name: str
    unknown: str
    default: Value
    choices: tuple[Value, ...]


SWITCHES: tuple[Switch, ...] = (
    Switch("missing_object_status", "1", 404, (404, 500)),
    Switch("unknown_project_status", "1", 401, (401, 404)),
    Switch("missing_recipe", "1", "error", ("error", "empty")),
    Switch("existing_object_status", "2", 400, (400, 409, 500)),
    Switch("stale_version_tag", "3", "ignore", ("ignore", "reject")),
    Switch("put_identity", "4", "check", ("ignore", "check", "require")),
    Switch("put_version_tag", "4", "server", ("server", "sent")),
    Switch("dataset_list_items", "5", "full", ("full", "docs_sample")),
    Switch("folder_list_items", "5", "full", ("full", "summary")),
    Switch("project_settings_keys", "6", "unowned", ("minimal", "unowned", "all")),
    Switch("dataset_defaults", "7", "full", ("full", "minimal")),
    Switch("project_description", "8", "kept", ("kept", "dropped")),
    Switch("project_checklist", "8", False, (True, False)),
    Switch("invalid_project_key_status", "8", 500, (400, 500)),
    Switch("scenario_create_keeps", "9", "header", ("header", "all")),
    Switch("scenario_id_dash", "10", "kept", ("kept", "replaced")),
    Switch("payload_text", "11", "verbatim", ("verbatim", "lf", "final_newline")),
    Switch("item_order", "12", "kept", ("kept", "sorted")),
    Switch("folder_path_slash", "13", "kept", ("kept", "stripped")),
    Switch("put_without_rules", "21", "reset", ("reset", "keep")),
    Switch("permission_flags_left_out", "21", "keep", ("keep", "false")),
    Switch("global_key_login", "22", "api_key", ("api_key", "admin")),
    Switch("existing_bundle", "16", "error", ("error", "replace")),
    Switch("infra_remapping", "14", "dropped", ("dropped", "bundleContainerSettings")),
    Switch("infra_key", "", "encrypted", ("encrypted", "clear")),
    Switch("personal_key_of_infra", "", "refused", ("refused", "made")),
    Switch("governance", "", "approved", ("approved", "not_approved", "unreachable")),
    Switch("bundle_export_commits", "", False, (True, False)),
    Switch("scenarios_of_first_bundle", "", "inactive", ("inactive", "as_exported")),
    Switch("api_writes_commit", "29", True, (True, False)),
    Switch("commit_unchanged", "29", False, (True, False)),
    Switch("git_read_right", "29", "read", ("read", "write", "admin")),
    Switch("git_entry_names", "29", "commitId", ("commitId", "id")),
    Switch("commit_permissions", "29", True, (True, False)),
    Switch("commit_local_variables", "29", True, (True, False)),
    Switch("commit_activation", "29", True, (True, False)),
    Switch("git_repository", "29", "project", ("project", "instance")),
    Switch("git_log_limit", "29", 0, ()),
    Switch("merge_commits", "29", False, (True, False)),
    Switch("fleet_cloud", "27", "aws", ("aws", "azure", "gcp")),
    Switch("missing_connection", "", "accept", ("accept", "error")),
    Switch("visual_payload", "", "completed", ("completed", "verbatim")),
    Switch("creator_tag", "", False, (True, False)),
    Switch("plugin_custom_field", "", False, (True, False)),
    Switch("data_quality_status", "", "text", ("text", "object")),
    Switch("user_email_at_creation", "", "dropped", ("dropped", "kept")),
    Switch("unbuilt_env_listed", "", True, (True, False)),
    Switch("future_polls", "", 1, ()),
    Switch("calls_at_once", "23", 0, ()),
    Switch("refused_beyond", "23", 0, ()),
    Switch("writes", "", "parallel", ("parallel", "serial")),
    Switch("scenario_run_seconds", "", 0, ()),
    Switch("scenario_start_seconds", "", 0, ()),
    Switch("job_seconds", "", 0, ()),
)

_BY_NAME = {switch.name: switch for switch in SWITCHES}


class Switches:
    """The values of one node; unknown names and values are refused, so that a typo in a test is seen."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {switch.name: switch.default for switch in SWITCHES}

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def set(self, name: str, value: object) -> None:
        switch = _BY_NAME.get(name)
        if switch is None:
            raise bad_request(f"No switch is called {name!r}; there are: {', '.join(sorted(_BY_NAME))}")
        self.values[name] = _parsed(switch, value)

    def set_text(self, assignment: str) -> None:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise bad_request(f"A switch is written name=value, not {assignment!r}")
        self.set(name.strip(), value.strip())


def _parsed(switch: Switch, value: object) -> Value:
    """Text from the command line becomes the type of the default."""
    for choice in switch.choices:
        if type(value) is type(choice) and value == choice:
            return choice
        if isinstance(value, str) and value.lower() == str(choice).lower():
            return choice
    if not switch.choices and str(value).isdigit():
        return int(str(value))
    allowed = ", ".join(str(choice) for choice in switch.choices) or "a number"
    raise bad_request(f"Switch {switch.name} takes {allowed}, not {value!r}")
