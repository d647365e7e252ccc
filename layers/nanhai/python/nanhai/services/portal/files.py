"""The client's static files: only those that exist when the process starts, so that no path can escape."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nanhai.domain.errors import Absent
from nanhai.services import buckets

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
# No inline script or style, nothing from elsewhere but what people uploaded; the QR is drawn in the page, the camera
# stays in the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{uploads}; "
    "connect-src 'self'{uploads}; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class NoFile(Absent):
    code = "portal.no-file"


@dataclass(frozen=True, slots=True)
class File:
    body: str
    content_type: str
    headers: dict[str, str]


def find(root: Path, name: str) -> File:
    """One file of the client by its name relative to `root`; NoFile when there is none."""
    try:
        return _all(root)[name]
    except KeyError:
        raise NoFile from None


def policy(uploads: str) -> str:
    """The policy of every file; `uploads` is the origin that takes and gives files, empty where that is our own."""
    return POLICY.format(uploads=f" {uploads}" if uploads else "")


def read(path: Path) -> File:
    """One file that is served by a route of its own; NoFile when it is not there."""
    try:
        return _one(path)
    except FileNotFoundError:
        raise NoFile from None


@cache
def _one(path: Path) -> File:
    return _load(path)


@cache
def _all(root: Path) -> dict[str, File]:
    return {
        path.relative_to(root).as_posix(): _load(path)
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }


def _load(path: Path) -> File:
    data = path.read_bytes()
    headers = {
        "Cache-Control": "public, max-age=300",
        "Content-Security-Policy": policy(buckets.origin(os.environ)),
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
        "Permissions-Policy": "camera=(self), screen-wake-lock=(self), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
    }
    return File(data.decode("utf-8"), TYPES[path.suffix], headers)
