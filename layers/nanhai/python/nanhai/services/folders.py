"""Uploads of a local platform: files in one folder, and the signed forms and links by which a browser reaches them.

The form holds what S3's holds: exact key, media type, size and end, under an HMAC with a key that lies in the folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from nanhai.domain.identifiers import Instant

KEY = re.compile(r"(incoming|kept)(/[A-Za-z0-9_-]{1,64}){1,4}(\.[a-z0-9]{1,8})?")
SECRET = "signing-key"  # noqa: S105 - the name of the file that holds it
SECRET_BYTES = 32
INCOMING_S = 86_400


class NotAsOffered(ValueError):
    """The form is not as it was signed, or the file is not as the form says."""


@dataclass(frozen=True, slots=True)
class File:
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def form(self, key: str, media_type: str, bytes_max: int, until: Instant) -> dict[str, str]:
        said = {"key": key, "Content-Type": media_type, "bytes_max": bytes_max, "until": until}
        policy = urlsafe_b64encode(json.dumps(said).encode()).decode()
        return {"key": key, "Content-Type": media_type, "policy": policy, "signature": self._signature(policy)}

    def accept(self, fields: Mapping[str, str], data: bytes, now: Instant) -> None:
        """Stores an uploaded file; NotAsOffered when anything about it was not offered."""
        said = self._offered(fields.get("policy", ""), fields.get("signature", ""))
        if now >= said["until"]:
            raise NotAsOffered("expired")
        if any(fields.get(name) != said[name] for name in ("key", "Content-Type")):
            raise NotAsOffered("fields")
        if not 1 <= len(data) <= said["bytes_max"]:
            raise NotAsOffered("size")
        self.store(said["key"], data, said["Content-Type"])
        self.tidy(time.time())

    def tidy(self, machine_now: float) -> None:
        """Deletes what came in more than a day ago, as a bucket does by its lifecycle."""
        for path in self.path.glob("incoming/*/*"):
            if path.stat().st_mtime < machine_now - INCOMING_S:
                path.unlink(missing_ok=True)

    def ticket(self, key: str, until: Instant) -> str:
        """The query of a link to one file."""
        return urlencode({"until": until, "signature": self._signature(f"{key} {until}")})

    def given(self, key: str, query: str, now: Instant) -> File | None:
        """The file that a link leads to; None when the link is not ours, has expired or leads to nothing."""
        told = parse_qs(query, max_num_fields=8)
        until, signature = told.get("until", [""])[0], told.get("signature", [""])[0]
        is_ours = hmac.compare_digest(self._signature(f"{key} {until}").encode(), signature.encode())
        return self.file(key) if is_ours and now < int(until) else None

    def file(self, key: str) -> File | None:
        try:
            media_type, _, data = self._place(key).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return File(media_type.decode(), data)

    def store(self, key: str, data: bytes, media_type: str) -> None:
        """Whole or not at all; the media type is the first line, so that both are one file."""
        place = self._place(key)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        fresh.write_bytes(media_type.encode() + b"\n" + data)
        fresh.replace(place)

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def _offered(self, policy: str, signature: str) -> dict[str, Any]:
        if not hmac.compare_digest(self._signature(policy).encode(), signature.encode()):
            raise NotAsOffered("signature")
        said: dict[str, Any] = json.loads(urlsafe_b64decode(policy))
        return said

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("not a key of this folder")
        return self.path / key

    def _signature(self, said: str) -> str:
        return hmac.new(_secret(self.path), said.encode(), hashlib.sha256).hexdigest()


@cache
def _secret(folder: Path) -> bytes:
    """The folder's signing key, made when it is first asked for, by whichever process is first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{secrets.token_hex(8)}"
    fresh.touch(0o600)
    fresh.write_bytes(secrets.token_bytes(SECRET_BYTES))
    try:
        os.link(fresh, folder / SECRET)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        fresh.unlink()
    return (folder / SECRET).read_bytes()
