"""A browser's part of an upload: the form that an offer describes, with the file at its end."""

from __future__ import annotations

BOUNDARY = "----boundary0123456789"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(fields: dict[str, str], data: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"'
    parts = [f"{head.format(name)}\r\n\r\n{value}\r\n".encode() for name, value in fields.items()]
    file = f'{head.format("file")}; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
    return b"".join([*parts, file, data, f"\r\n--{BOUNDARY}--\r\n".encode()])
