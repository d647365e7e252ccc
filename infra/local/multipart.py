"""multipart/form-data (RFC 7578) as browsers send it: some short fields and one file, of a body that is here whole."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

PARTS_MAX = 32
FIELD_BYTES_MAX = 16_384
HEAD_BYTES_MAX = 4_096
FILE = "file"


class NotAForm(ValueError):
    """The body is not the form that its header says, or has more in it than any form has."""


@dataclass(frozen=True, slots=True)
class Form:
    fields: dict[str, str]
    file: bytes


def read(content_type: str, body: bytes) -> Form:
    """The fields before the file, and the file; what comes after it is ignored, as S3 does."""
    fields: dict[str, str] = {}
    for part in _parts(_boundary(content_type), body):
        name, content = _split(part)
        if name == FILE:
            return Form(fields, content)
        if len(content) > FIELD_BYTES_MAX:
            raise NotAForm("a field is too long")
        fields[name] = content.decode("utf-8", "replace")
    raise NotAForm("no file")


def _boundary(content_type: str) -> bytes:
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise NotAForm("no form")
    return boundary.encode("latin-1", "replace")


def _parts(boundary: bytes, body: bytes) -> list[bytes]:
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, PARTS_MAX + 1)
    if first.strip() or len(parts) > PARTS_MAX or not parts or not parts[-1].startswith(b"--"):
        raise NotAForm("no parts, too many, or no end")
    return parts[:-1]


def _split(part: bytes) -> tuple[str, bytes]:
    head, blank, content = part.partition(b"\r\n\r\n")
    if not blank or len(head) > HEAD_BYTES_MAX:
        raise NotAForm("a part without a head")
    for line in head.decode("utf-8", "replace").splitlines():
        told, _, value = line.partition(":")
        if told.strip().lower() == "content-disposition":
            return _name(value.strip()), content
    raise NotAForm("a part without a name")


def _name(disposition: str) -> str:
    header = Message()
    header["content-disposition"] = disposition
    name = header.get_param("name", header="content-disposition")
    return name if isinstance(name, str) else ""
