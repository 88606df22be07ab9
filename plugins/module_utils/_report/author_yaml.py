# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML for a configuration, of texts that came from a server."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import MissingLibrary

_MARKERS = ("{{", "{%", "{#", "${")


def author_yaml(content: Mapping[str, t.Any]) -> str:
    """The YAML of a part of a configuration; a text that looks like a template is tagged ``!unsafe``, so that it is none."""
    try:
        import yaml
    except ImportError as error:
        raise MissingLibrary("PyYAML") from error

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: t.Any) -> bool:
            return True

    def represent(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        if any(marker in value for marker in _MARKERS):
            return dumper.represent_scalar("!unsafe", value, style='"')
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, represent)
    return str(yaml.dump(dict(content), Dumper=Dumper, sort_keys=False, allow_unicode=True))
