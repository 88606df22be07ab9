# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which proxy a node is reached through, and how the address may be written."""

from __future__ import annotations

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions, node_options, proxies

PROXY = "http://proxy:3128"


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1", "https://127.9.9.9:1", "http://[::1]:11200"])
def test_this_machine_has_no_proxy(url: str) -> None:
    assert proxies(url, {"http_proxy": PROXY, "https_proxy": PROXY, "all_proxy": PROXY}) == {}


def test_the_proxy_is_that_of_the_scheme_in_either_spelling() -> None:
    assert proxies("https://dss:1", {"http_proxy": PROXY}) == {}
    assert proxies("http://dss:1", {"HTTP_PROXY": PROXY}) == {"http": PROXY}
    assert proxies("https://dss:1", {"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}) == {"https": PROXY}
    assert proxies("https://dss:1", {"ALL_PROXY": PROXY}) == {"https": PROXY}


@pytest.mark.parametrize("excluded", ["dss.corp", ".corp", "corp", "x, dss.corp", "*"])
def test_an_excluded_host_has_no_proxy(excluded: str) -> None:
    assert proxies("http://dss.corp:1", {"http_proxy": PROXY, "NO_PROXY": excluded}) == {}


@pytest.mark.parametrize("excluded", ["", ",", "orp", "dss", "other.corp"])
def test_another_host_is_not_excluded(excluded: str) -> None:
    assert proxies("http://dss.corp:1", {"http_proxy": PROXY, "no_proxy": excluded}) == {"http": PROXY}


@pytest.mark.parametrize("suffix", ["", "/", "/dip/publicapi", "/dip/publicapi/", "/public/api/"])
def test_the_address_may_end_in_the_path_of_the_api(suffix: str) -> None:
    assert node_options({"url": "https://dss:1/base" + suffix, "api_key": "k"}, {}).url == "https://dss:1/base"


def test_a_key_may_be_surrounded_by_blanks_and_is_never_shown() -> None:
    options = node_options({"url": "https://dss:1", "api_key": " the-key\n"}, {})
    assert options.api_key == "the-key"
    assert "the-key" not in repr(options) + str(NodeOptions("https://dss", "the-key"))
