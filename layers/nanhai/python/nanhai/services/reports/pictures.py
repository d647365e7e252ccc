"""Photos of a report: taken from where they were uploaded, stripped of what they tell besides, and kept."""

from __future__ import annotations

from collections.abc import Sequence

from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.photo_formats import PhotoUnreadable
from nanhai.domain.photos import Photo, stripped
from nanhai.services import uploads
from nanhai.services.platform import Platform
from nanhai.services.uploads import Purpose, UploadMissing, UploadTooLarge


def taken(platform: Platform, upload_ids: Sequence[str]) -> dict[str, Photo]:
    """The stripped photo of each upload; Invalid names each that is not there or is none."""
    found: dict[str, Photo] = {}
    faults = []
    for index, upload_id in enumerate(upload_ids):
        if upload_id in found:
            faults.append(Fault(f"/photos/{index}", "reports.photo-twice"))
            continue
        try:
            found[upload_id] = stripped(uploads.taken(platform, Purpose.PHOTO, upload_id))
        except (UploadMissing, UploadTooLarge, PhotoUnreadable) as refused:
            faults.append(Fault(f"/photos/{index}", refused.code, refused.params))
    if faults:
        raise Invalid(*faults)
    return found


def keep(platform: Platform, photos: dict[str, Photo]) -> list[str]:
    """The names that they are kept under, which tell nothing: the same photo twice has one."""
    names = {upload_id: f"reports/{platform.blind('photo', 'kept', upload_id)}" for upload_id in photos}
    for upload_id, name in names.items():
        uploads.keep(platform, name, photos[upload_id].data, photos[upload_id].media_type)
    return list(names.values())
