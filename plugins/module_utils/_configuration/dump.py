# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of a configuration as YAML or JSON text: stable, in the order of the values, with code as blocks."""

from __future__ import annotations

import json
import typing as t
from functools import lru_cache

from .._errors import MissingLibrary
from .document import Verbatim, plain

_WIDTH = 120


def as_text(value: t.Any, suffix: str) -> str:
    """The text of a file with this suffix; ``!unsafe`` texts keep their tag. Raises MissingLibrary."""
    if suffix == ".json":
        return json.dumps(plain(value), indent=2, ensure_ascii=False) + "\n"
    yaml, dumper = _dumper()
    return str(yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))


@lru_cache(maxsize=1)
def _dumper() -> tuple[t.Any, t.Any]:
    try:
        import yaml
    except ImportError:
        raise MissingLibrary("PyYAML") from None

    class Dumper(yaml.SafeDumper):
        """Repeats what is there twice, and indents lists."""

        def ignore_aliases(self, data: t.Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def text(dumper: t.Any, data: str) -> t.Any:
        tag = "!unsafe" if isinstance(data, Verbatim) else "tag:yaml.org,2002:str"
        style = "|" if "\n" in data else '"' if tag == "!unsafe" else None
        return dumper.represent_scalar(tag, str.__str__(data), style=style)

    Dumper.add_multi_representer(str, text)
    Dumper.add_representer(str, text)
    Dumper.add_multi_representer(
        dict, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items())
    )
    Dumper.add_multi_representer(list, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data))
    return yaml, Dumper
