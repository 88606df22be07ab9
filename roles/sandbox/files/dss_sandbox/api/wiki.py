# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wiki of a project: articles, their tree, attachments (dss-api.md 2.11, client wiki.py)."""

from __future__ import annotations

import mimetypes
from typing import Any

from .. import layout, upload
from ..call import NOTHING, Call, Reply
from ..documents import Document, dumps, now_ms, random_id
from ..errors import bad_request
from ..kinds import article as kind
from ..project import Entry
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import born, check_identity, entry, not_found, sent_tag

_ARTICLES = layout.ARTICLES


def find(call: Call) -> tuple[str, Entry]:
    """By id, else by name (client, get_article); unverified: which one where several have the name."""
    wanted = call.params["articleId"]
    articles = call.project.objects[_ARTICLES]
    if wanted not in articles:
        wanted = next((key for key, found in articles.items() if found.document["name"] == wanted), wanted)
    return wanted, entry(call, _ARTICLES, wanted, f"Article {wanted} does not exist")  # unverified text


def _answer(call: Call, article_id: str) -> Document:
    found = call.project.objects[_ARTICLES][article_id]
    return {"article": call.project.full(_ARTICLES, article_id), "payload": found.payload or ""}


# -- the tree --


def _settings(call: Call) -> Document:
    stored = layout.parse(layout.TAXONOMY, call.project.repository.read(layout.TAXONOMY) or "{}")
    tree = kind.completed(stored.get("taxonomy", []), call.project.objects[_ARTICLES])
    return {**stored, "taxonomy": tree}


def _save_settings(call: Call, settings: Document) -> None:
    call.project.repository.write(layout.TAXONOMY, dumps(settings))


def _get_settings(call: Call) -> Any:
    return {"projectKey": call.project.key, **_settings(call)}


def _put_settings(call: Call) -> Any:
    body = call.object()
    check_identity(call, {"projectKey": call.project.key, **body}, {"projectKey": call.project.key})
    articles = call.project.objects[_ARTICLES]
    settings: Document = {"taxonomy": kind.checked(body.get("taxonomy", []), articles)}
    home = body.get("homeArticleId")
    if home:
        if home not in articles:
            raise bad_request(f"The home article {home} does not exist")  # unverified text
        settings = {"homeArticleId": home, **settings}
    _save_settings(call, settings)
    call.message = "Edited wiki"
    return _get_settings(call)


# -- articles --


def _create(call: Call) -> Any:
    """unverified: that the name of another article is accepted, and that the first one does not become the home."""
    body = call.object()
    parent = body.get("parent") or None
    if parent is not None and parent not in call.project.objects[_ARTICLES]:
        raise not_found(call, f"Article {parent} does not exist")  # unverified text
    settings = _settings(call)
    article_id = kind.next_id(call.project.objects[_ARTICLES])
    document = born(call, kind.normalise({"name": body.get("name")}))
    call.project.save(_ARTICLES, article_id, document, None, call.author)
    _save_settings(call, {**settings, "taxonomy": kind.added(settings["taxonomy"], article_id, parent)})
    call.message = f"Created article {article_id}"
    return _answer(call, article_id)


def _get(call: Call) -> Any:
    article_id, _found = find(call)
    return _answer(call, article_id)


def _put(call: Call) -> Any:
    article_id, old = find(call)
    body = call.object()
    article = body.get("article")
    if not isinstance(article, dict):
        raise bad_request("The body needs an article")  # unverified text
    check_identity(call, article, {"id": article_id, "projectKey": call.project.key})
    payload = body.get("payload", "")  # unverified: a text that is left out is gone
    if not isinstance(payload, str):
        raise bad_request("Expected a text as payload")  # unverified text
    call.project.save(
        _ARTICLES, article_id, kind.normalise(article), payload, call.author, sent_tag(call, article, old)
    )
    call.message = f"Edited article {article_id}"
    return _answer(call, article_id)


def _delete(call: Call) -> Any:
    article_id, _found = find(call)
    settings = _settings(call)
    call.project.remove(_ARTICLES, article_id)
    kept = {key: value for key, value in settings.items() if not (key == "homeArticleId" and value == article_id)}
    _save_settings(call, {**kept, "taxonomy": kind.removed(settings["taxonomy"], article_id)})
    call.message = f"Deleted article {article_id}"
    return NOTHING


# -- attachments: the fields are those of project repositories, the bytes are kept in memory only --


def _upload(call: Call) -> Any:
    article_id, found = find(call)
    name, data = upload.file_of(call.header(b"content-type"), call.body)
    upload_id = random_id(12)
    details = {
        "objectDisplayName": name,
        "size": len(data),
        "mimeType": mimetypes.guess_type(name)[0] or "application/octet-stream",
    }
    attachment = {
        "attachmentType": "FILE",
        "smartId": upload_id,
        "details": details,
        "attachedBy": call.author,
        "attachedOn": now_ms(),
    }
    call.project.attachments[upload_id] = data
    document = {**found.document, "attachments": [*found.document["attachments"], attachment]}
    call.project.save(_ARTICLES, article_id, document, found.payload, call.author)
    call.message = f"Attached a file to article {article_id}"
    return attachment  # unverified shape


def _uploaded(call: Call) -> Any:
    find(call)
    upload_id = call.params["uploadId"]
    if upload_id not in call.project.attachments:
        raise not_found(call, f"Attachment {upload_id} does not exist")  # unverified text
    return Reply(call.project.attachments[upload_id], "application/octet-stream")


_P = "/projects/{projectKey}/wiki"
ROUTES = [
    Route("GET", _P, _get_settings, PROJECT_READ),
    Route("PUT", _P, _put_settings, PROJECT_WRITE),
    Route("POST", _P, _create, PROJECT_WRITE),
    Route("GET", _P + "/{articleId}", _get, PROJECT_READ),
    Route("PUT", _P + "/{articleId}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/{articleId}", _delete, PROJECT_WRITE),
    Route("POST", _P + "/{articleId}/upload", _upload, PROJECT_WRITE),
    Route("GET", _P + "/{articleId}/uploads/{uploadId}", _uploaded, PROJECT_READ),
]
