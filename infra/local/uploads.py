"""Where the local platform takes the files that people send, and gives out what is kept: S3's part, on a folder."""

from __future__ import annotations

from collections.abc import Callable

from nanhai.services.folders import KEY, Folder, NotAsOffered
from nanhai.services.uploads import UPLOAD_BYTES_MAX

from infra.local import multipart
from infra.local.http import Incoming, Outgoing
from infra.local.multipart import NotAForm

PATH = "/local/uploads/"
FORM_BYTES_MAX = UPLOAD_BYTES_MAX + 65_536  # the fields beside the file
# What people have sent is never a page of this origin.
SAFE = (
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; sandbox"),
)


class Uploads:
    def __init__(self, folder: Folder, now: Callable[[], int]) -> None:
        self._folder = folder
        self._now = now

    def take(self, request: Incoming) -> Outgoing:
        """204 for a file that is as its form was signed; as S3 says it for any other."""
        try:
            form = multipart.read(request.header("content-type"), request.body)
            self._folder.accept(form.fields, form.file, self._now())
        except NotAForm:
            return _refused(400, "MalformedPOSTRequest")
        except NotAsOffered as wrong:
            return _refused(400, "EntityTooLarge") if str(wrong) == "size" else _refused(403, "AccessDenied")
        return Outgoing(204, SAFE)

    def give(self, request: Incoming) -> Outgoing:
        key = request.raw_path.removeprefix(PATH)
        found = self._folder.given(key, request.query, self._now()) if KEY.fullmatch(key) else None
        if found is None:
            return _refused(403, "AccessDenied")
        return Outgoing(200, (*SAFE, ("content-type", found.media_type)), found.data)


def _refused(status: int, code: str) -> Outgoing:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Outgoing(status, (*SAFE, ("content-type", "application/xml")), body.encode())
