# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors in the shape that a DSS answers (dss-api.md 1.3)."""

from __future__ import annotations

import html

NOT_AUTHENTICATED = "com.dataiku.dip.exceptions.NotAuthenticatedException"
UNAUTHORIZED = "com.dataiku.dip.exceptions.UnauthorizedException"
NOT_FOUND = "com.dataiku.dip.server.controllers.NotFoundException"
ILLEGAL_ARGUMENT = "java.lang.IllegalArgumentException"
CODED = "com.dataiku.dip.exceptions.CodedException"
SECURITY = "java.lang.SecurityException"


class DssError(Exception):
    """An answer of 400 or more, as the client will see it."""

    def __init__(self, status: int, error_type: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.message = message

    def body(self) -> dict[str, object]:
        return {
            "errorType": self.error_type,
            "message": self.message,
            "detailedMessage": self.message,
            "detailedMessageHTML": "<span>" + html.escape(self.message, quote=False) + "</span>",
        }


def unknown_key() -> DssError:
    return DssError(401, NOT_AUTHENTICATED, "Unknown API Key")  # dss-api.md 1.3 [headless][pub]


def no_such_path(path: str) -> DssError:
    # An unknown path shows the internal base path whichever one was used (dss-api.md 1.1 [headless][ts-sdk]).
    return DssError(404, "NotFound", "/dip/publicapi" + path)


def bad_request(message: str) -> DssError:
    return DssError(400, ILLEGAL_ARGUMENT, message)  # unverified: status of a rejected body


def forbidden(message: str) -> DssError:
    return DssError(403, UNAUTHORIZED, message)  # unverified: 401, 403 and 500 are all reported (dss-api.md 1.3)
