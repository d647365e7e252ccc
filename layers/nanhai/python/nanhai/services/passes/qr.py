"""The token as a QR picture, for clients that cannot draw and for paper: version 6, level M, alphanumeric, 41 × 41."""

from __future__ import annotations

import io
from typing import Any

from nanhai.domain.errors import Refusal
from nanhai.services.asked import Asked
from nanhai.services.passes import reading, tokens
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform

VERSION = 6
BORDER_MODULES = 4
MODULE_PIXELS = 8


class NothingToScan(Refusal):
    """A grey pass has no token: the gate follows its manual procedure."""

    code = "passes.nothing-to-scan"
    kind = "conflict"


def token(platform: Platform, asked: Asked, who: str) -> str:
    """The token of the present slot; NotApplied without a pass, NothingToScan while it is grey."""
    person = holder(asked, who)
    held = reading.held(platform, person, asked.now)
    made = tokens.present(platform, person, held.timeline, asked.now)
    if made is None:
        raise NothingToScan
    return made


def png(text: str) -> bytes:
    picture = io.BytesIO()
    _code(text).save(picture, kind="png", scale=MODULE_PIXELS, border=BORDER_MODULES)
    return picture.getvalue()


def svg(text: str) -> str:
    """On white, so that a dark page does not swallow it."""
    picture = io.BytesIO()
    _code(text).save(picture, kind="svg", scale=MODULE_PIXELS, border=BORDER_MODULES, light="#fff")
    return picture.getvalue().decode("utf-8")


def _code(text: str) -> Any:  # noqa: ANN401 - segno carries no types, and is loaded for pictures only
    import segno

    return segno.make(text, version=VERSION, error="m", mode="alphanumeric", boost_error=False)
