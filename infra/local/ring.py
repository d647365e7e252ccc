"""The ring of keys of a local platform: made once, wrapped by a key in a file beside the tables."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from nanhai.services.settings import read
from nanhai.store import keys
from nanhai.vault.ring import new_ring, ring_from_entries, ring_to_entries
from nanhai.vault.sealing import Tampered
from nanhai.vault.wrapping import KeyFileWrapper

from infra.local.trouble import BrokenData

UNREADABLE = (OSError, ValueError, InvalidTag, Tampered)


def make() -> None:
    """The ring that the environment's stage still lacks; an existing one stays as it is.

    BrokenData when the key file does not open what is stored: then all personal data is lost for good.
    """
    settings = read(os.environ)
    path = Path(settings.keys.removeprefix("file:"))
    entries = keys.ring_entries()
    if entries:
        _check(KeyFileWrapper(path, settings.stage), entries, path)
    else:
        wrapper = KeyFileWrapper.create(path, settings.stage)
        keys.save_ring(ring_to_entries(new_ring(int(time.time()), settings.stage), wrapper))


def _check(wrapper: KeyFileWrapper, entries: Mapping[str, bytes], path: Path) -> None:
    try:
        ring_from_entries(entries, wrapper)
    except UNREADABLE:
        raise BrokenData(f"{path} does not open the keys in the tables; nanhai reset starts afresh") from None
