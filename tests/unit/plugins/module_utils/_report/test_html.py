# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: nothing in it can run or reach out, everything in it can be reached by keyboard."""

from __future__ import annotations

import hashlib
import re
import typing as t
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.formats import formatted
from support.browser import CHROMIUM, Browser
from support.report_examples import ALL, HOSTILE, Rule, drifted, held, hostile, recorded, report

VOID = {"meta", "input", "path", "rect"}
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
    ),
    *(
        "fieldset",
        "legend",
        "label",
        "input",
        "span",
        "a",
        "div",
        "svg",
        "path",
        "rect",
        "text",
        "table",
        "thead",
        "tbody",
    ),
    *("tr", "th", "td", "details", "summary", "pre"),
}


class Page(HTMLParser):
    """The elements of a page, its text, and what is wrong with its nesting."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, t.Any]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, t.Any]]:
        return [attributes for name, attributes in self.elements if name == tag]


def many(count: int) -> dict[str, t.Any]:
    """A flow of datasets and recipes in turn."""
    entries = []
    for number in range(count // 2):
        entries.append(recorded("dataset", f"d{number}", {"type": "S3"}))
        inputs = {"main": {"items": [{"ref": f"d{number}"}]}}
        outputs = {"main": {"items": [{"ref": f"d{number + 1}"}]}}
        entries.append(recorded("recipe", f"r{number}", {"type": "sync", "inputs": inputs, "outputs": outputs}))
    return report(entries, {})


PAGES = {
    "drifted": lambda: report(ALL, drifted(), Rule("variables.*")),
    "healthy": lambda: report(ALL, held()),
    "hostile": hostile,
    "empty": lambda: report((), {}),
    "thousand": lambda: many(1000),
}


@pytest.fixture(params=PAGES)
def source(request: pytest.FixtureRequest) -> str:
    return str(formatted(PAGES[request.param](), "html"))


def test_only_plain_elements_and_nothing_from_elsewhere(source: str) -> None:
    page = Page(source)
    assert {tag for tag, _attributes in page.elements} <= ALLOWED
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")], tag
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in source.split("</style>")[0] and "@import" not in source


def test_the_policy_lets_nothing_but_its_own_style_in(source: str) -> None:
    (policy,) = [meta["content"] for meta in Page(source).of("meta") if meta.get("http-equiv")]
    style = re.search("<style>(.*?)</style>", source, re.DOTALL)
    assert style is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_ids_are_unique_and_links_lead_to_them(source: str) -> None:
    page = Page(source)
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.of("a")} <= set(ids)


def test_every_resource_is_there_with_its_status_in_words() -> None:
    content = report(ALL, drifted())
    page = Page(str(formatted(content, "html")))
    text = " ".join(page.words)
    for entry in content["resources"]:
        assert entry["address"] in text
    in_flow = [entry for entry in content["resources"] if entry["kind"] in ("dataset", "recipe", "managed_folder")]
    assert len([link for link in page.of("a") if link["class"] != "skip"]) == len(in_flow) == 5
    assert "~ drifted · recipe" in text and "- missing · dataset" in text


def test_details_and_filters_work_by_keyboard() -> None:
    page = Page(str(formatted(report(ALL, drifted()), "html")))
    assert len(page.of("details")) == len(page.of("summary")) == 4
    assert [box["id"] for box in page.of("input")] == [
        "show-drifted",
        "show-missing",
        "show-unmanaged",
        "show-ignored",
        "show-healthy",
    ]
    scrolled = [attributes for _tag, attributes in page.elements if attributes.get("tabindex")]
    assert [(entry["tabindex"], entry["role"]) for entry in scrolled] == [("0", "region")]


def test_each_status_can_be_hidden_everywhere(source: str) -> None:
    for status in ("drifted", "missing", "unmanaged", "ignored", "healthy"):
        assert f"body:has(#show-{status}:not(:checked)) .f-{status} {{ display: none; }}" in source


def test_hostile_texts_are_texts() -> None:
    source = str(formatted(hostile(), "html"))
    assert source.encode("utf-8")
    page = Page(source)
    assert any("onerror=alert(1)" in word for word in page.words)
    assert "<img" not in source and "</script" not in source
    assert "\x1b" not in source and "\x00" not in source
    assert HOSTILE[:20] in "".join(page.words)


def test_a_state_has_a_page_too() -> None:
    content = {
        "report": "state",
        "environment": "prod",
        "project": "SALES",
        "place": "x",
        "lineage": "l",
        "serial": 1,
        "updated_at": "now",
        "lock": None,
        "interrupted": None,
        "versions": [],
        "edges": [],
        "resources": [
            {
                "address": "dataset.SALES.a",
                "kind": "dataset",
                "status": "failed",
                "object_id": "a",
                "deployed_at": "now",
                "deployed_by": "bob",
                "checksum": "sha256:1",
                "dependencies": [],
            }
        ],
    }
    words = " ".join(Page(str(formatted(content, "html"))).words)
    assert "! failed" in words and "dataset.SALES.a" in words and "deployed now by bob" in words


needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on PATH or in DSS_TEST_BROWSER")


@pytest.fixture
def browser(tmp_path: Path) -> t.Iterator[Browser]:
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.close()


def saved(name: str, folder: Path) -> Path:
    path = folder / f"{name}.html"
    path.write_text(str(formatted(PAGES[name](), "html")), encoding="utf-8")
    return path


@needs_browser
def test_a_real_browser_shows_every_page_on_every_screen(browser: Browser, tmp_path: Path) -> None:
    """The style applies, nothing is wider than the screen, and nothing is complained about or asked for."""
    for name in PAGES:
        path = saved(name, tmp_path)
        for width in (1280, 360):
            for scheme, ground in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 28)")):
                browser.open(path, width, scheme)
                assert browser.ask("getComputedStyle(document.body).backgroundColor") == ground
                assert browser.ask("document.documentElement.scrollWidth") <= width, (name, width)
                said = [event for event in browser.events if event["method"].startswith(("Log.", "Runtime.console"))]
                assert not said
                asked = [
                    event["params"]["request"]["url"]
                    for event in browser.events
                    if event["method"] == "Network.requestWillBeSent"
                ]
                assert asked == [path.as_uri()]


@needs_browser
def test_a_real_browser_opens_details_and_filters_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    browser.open(saved("drifted", tmp_path), 360)
    assert browser.ask("document.querySelectorAll('details[open]').length") == 0
    browser.ask("document.querySelector('svg a.s-drifted').focus()")
    browser.press("Enter", "\r")
    assert browser.ask("document.querySelectorAll('details[open]').length") == 1

    shown = "[...document.querySelectorAll('.f-drifted')].filter(e => getComputedStyle(e).display != 'none').length"
    assert browser.ask(shown) > 0
    browser.ask("document.querySelector('#show-drifted').focus()")
    browser.press(" ", " ")
    assert browser.ask(shown) == 0
