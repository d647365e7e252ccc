"""Photos that come with something: taken from where they were uploaded, kept without what they tell besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nanhai.domain.errors import Fault
from nanhai.domain.photo_formats import PhotoUnreadable
from nanhai.domain.photos import Photo, stripped
from nanhai.services import uploads
from nanhai.services.platform import Platform
from nanhai.services.uploads import Purpose, UploadMissing, UploadTooLarge


def taken(platform: Platform, upload_ids: Sequence[str], pointer: str) -> tuple[dict[str, Photo], list[Fault]]:
    """The stripped photo of each upload; and by its place under `pointer` each that is not there, is none, or was
    named before."""
    found: dict[str, Photo] = {}
    faults = []
    for index, upload_id in enumerate(upload_ids):
        if upload_id in found:
            faults.append(Fault(f"{pointer}/{index}", "uploads.photo-twice"))
            continue
        try:
            found[upload_id] = stripped(uploads.taken(platform, Purpose.PHOTO, upload_id))
        except (UploadMissing, UploadTooLarge, PhotoUnreadable) as refused:
            faults.append(Fault(f"{pointer}/{index}", refused.code, refused.params))
    return found, faults


def keep(platform: Platform, folder: str, photos: Mapping[str, Photo]) -> list[str]:
    """The names in `folder` that they are kept under, which tell nothing: the same upload twice has one."""
    names = {upload_id: f"{folder}/{platform.blind('photo', 'kept', upload_id)}" for upload_id in photos}
    for upload_id, name in names.items():
        uploads.keep(platform, name, photos[upload_id].data, photos[upload_id].media_type)
    return list(names.values())


def discard(platform: Platform, upload_ids: Iterable[str]) -> None:
    """Forgets what was uploaded, with all that it told besides; harmless again."""
    for upload_id in upload_ids:
        uploads.discard(platform, Purpose.PHOTO, upload_id)
