# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wiki of a project (dss-api.md 2.11, client wiki.py, wiki/ of project repositories)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from support.sandbox import import_project

from .errors import refusal


@pytest.fixture
def wiki(project: Any) -> Any:
    return project.get_wiki()


def tree(wiki: Any) -> Any:
    return [(node["id"], [child["id"] for child in node["children"]]) for node in wiki.get_settings().get_taxonomy()]


def test_articles_are_numbered_and_placed_below_their_parent(wiki: Any) -> None:
    first = wiki.create_article("First")
    second = wiki.create_article("Second", parent_id=first.article_id, content="# Hello")
    assert (first.article_id, second.article_id) == ("1", "2")
    assert tree(wiki) == [("1", ["2"])]
    assert [article.article_id for article in wiki.list_articles()] == ["1", "2"]
    assert second.get_data().get_body() == "# Hello"


def test_a_new_article_is_completed(wiki: Any) -> None:
    metadata = wiki.create_article("First").get_data().get_metadata()
    assert metadata["layout"] == "WIKI_ARTICLE"
    assert (metadata["attachments"], metadata["tags"], metadata["checklists"]) == ([], [], {"checklists": []})
    assert metadata["creationTag"]["lastModifiedBy"]["login"] and metadata["versionTag"]["versionNumber"] == 0


def test_an_article_is_found_by_its_name(wiki: Any) -> None:
    wiki.create_article("First")
    assert wiki.get_article("First").article_id == "1"
    assert "does not exist" in refusal(wiki.get_article, "Other")


def test_text_is_kept_as_it_is_and_unknown_fields_vanish(wiki: Any) -> None:
    data = wiki.create_article("First").get_data()
    data.set_body("a\r\n\r\n  b ")
    data.get_metadata().update(surprise=1, tags=["b", "a", "b"])
    data.set_name("Renamed")
    data.save()
    after = wiki.get_article("1").get_data()
    assert after.get_body() == "a\r\n\r\n  b "
    assert (after.get_name(), after.get_metadata()["tags"]) == ("Renamed", ["a", "b"])
    assert "surprise" not in after.get_metadata()


def test_articles_can_be_moved_and_one_is_the_home(wiki: Any) -> None:
    for name in ("a", "b"):
        wiki.create_article(name)
    settings = wiki.get_settings()
    assert settings.get_home_article_id() is None
    settings.move_article_in_taxonomy("1", "2")
    settings.set_home_article_id("2")
    settings.save()
    assert tree(wiki) == [("2", ["1"])]
    assert wiki.get_settings().get_home_article_id() == "2"


@pytest.mark.parametrize(
    "taxonomy",
    [
        [],
        [{"id": "1", "children": []}, {"id": "1", "children": []}],
        [{"id": "1", "children": [{"id": "9", "children": []}]}],
        [{"children": []}],
    ],
)
def test_a_taxonomy_holds_each_article_once(wiki: Any, taxonomy: Any) -> None:
    wiki.create_article("a")
    settings = wiki.get_settings()
    settings.set_taxonomy(taxonomy)
    assert "taxonomy" in refusal(settings.save)
    assert tree(wiki) == [("1", [])]


def test_the_children_of_a_deleted_article_take_its_place(wiki: Any) -> None:
    for name, parent in (("a", None), ("b", "1"), ("c", None)):
        wiki.create_article(name, parent_id=parent)
    settings = wiki.get_settings()
    settings.set_home_article_id("1")
    settings.save()
    wiki.get_article("a").delete()
    assert tree(wiki) == [("2", []), ("3", [])]
    assert wiki.get_settings().get_home_article_id() is None


def test_what_does_not_exist_is_refused(project: Any, wiki: Any) -> None:
    assert "does not exist" in refusal(wiki.create_article, "a", parent_id="7")
    assert "name" in refusal(wiki.create_article, " ")
    wiki.create_article("a")
    settings = wiki.get_settings()
    settings.set_home_article_id("7")
    assert "does not exist" in refusal(settings.save)


def test_an_attached_file_is_listed_and_comes_back(wiki: Any) -> None:
    article = wiki.create_article("a")
    article.upload_attachement(io.BytesIO(b"\x89PNG"), "plot.png")
    attachment = article.get_data().get_metadata()["attachments"][0]
    assert attachment["attachmentType"] == "FILE"
    assert attachment["details"] == {"objectDisplayName": "plot.png", "size": 4, "mimeType": "image/png"}
    assert article.get_uploaded_file(attachment["smartId"]).content == b"\x89PNG"


def test_articles_are_files_of_the_repository(project: Any, wiki: Any) -> None:
    wiki.create_article("a", content="text")
    changed = {
        entry["path"]
        for commit in project.get_project_git().log()["entries"]
        for entry in project.get_project_git().diff(commit_from=commit["commitId"])["entries"]
    }
    assert {"wiki/articles/1.json", "wiki/articles/1.md", "wiki/taxonomy.json"} <= changed


def test_a_project_without_taxonomy_has_its_articles_at_the_root(client: Any, project: Any, tmp_path: Any) -> None:
    files = {
        "params.json": "{}",
        "wiki/articles/1.json": '{"name": "One", "layout": "WIKI_ARTICLE"}',
        "wiki/articles/1.md": "# One",
        "wiki/articles/3.json": '{"name": "Three"}',
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    import_project(client, tmp_path, "COPY")
    wiki = client.get_project("COPY").get_wiki()
    assert tree(wiki) == [("1", []), ("3", [])]
    assert wiki.get_article("One").get_data().get_body() == "# One"
    assert wiki.create_article("Four").article_id == "4"
