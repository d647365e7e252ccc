"""A stripped photo shows the same pixels the same way up, and tells nothing else."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.photo_formats import PIXELS_MAX, PhotoUnreadable, orientation
from nanhai.domain.photos import PHOTO_BYTES_MAX, stripped
from PIL import Image

from tests.domain.pictures import CANARY, FORMATS, ORIENTATION, chunk, exif, image, picture, pixels, segment, told

MODES = {"JPEG": ["RGB", "L", "CMYK"], "PNG": ["RGB", "RGBA", "L", "LA", "P", "1"], "WEBP": ["RGB", "RGBA"]}
EACH = [(kind, mode) for kind, modes in MODES.items() for mode in modes]
JPEGS = [
    {},
    {"progressive": True},
    {"quality": 100, "subsampling": 0},
    {"restart_marker_blocks": 1},
    {"optimize": True},
]


def saved(kind: str, mode="RGB", **how) -> bytes:
    data = io.BytesIO()
    image(mode).save(data, kind, **how)
    return data.getvalue()


@pytest.mark.parametrize(("kind", "mode"), EACH)
def test_pixels_are_equal_and_nothing_told_is_left(kind, mode):
    before = picture(kind, mode)
    after = stripped(before)
    assert CANARY.encode() in before
    assert pixels(after.data) == pixels(before)
    assert after.media_type == FORMATS[kind]
    assert CANARY.encode() not in after.data
    assert told(after.data) == {}
    with Image.open(io.BytesIO(after.data)) as opened:
        assert opened.info.keys() <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "adobe",
            "adobe_transform",
            "transparency",
            "progression",
            "progressive",
            "loop",
            "background",
            "timestamp",
            "duration",
            "gamma",
            "srgb",
            "chromaticity",
        }


@pytest.mark.parametrize("how", JPEGS, ids=str)
def test_jpegs_of_every_kind_keep_their_pixels(how):
    before = picture("JPEG", **how)
    assert pixels(stripped(before).data) == pixels(before)


@pytest.mark.parametrize("how", [{"lossless": False, "quality": 50}, {"lossless": True}], ids=str)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_webps_of_every_kind_keep_their_pixels(mode, how):
    before = picture("WEBP", mode, **how)
    assert pixels(stripped(before).data) == pixels(before)


@pytest.mark.parametrize("turned", range(2, 9))
@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_is_turned_stays_upright_and_says_only_that(kind, turned):
    before = picture(kind, turned=turned)
    after = stripped(before).data
    assert told(after) == {ORIENTATION: turned}
    assert pixels(after) == pixels(before)
    assert CANARY.encode() not in after
    assert stripped(after).data == after


@pytest.mark.parametrize("kind", FORMATS)
def test_stripping_twice_changes_nothing_more_and_a_plain_picture_loses_nothing(kind):
    plain = saved(kind)
    once = stripped(plain).data
    assert stripped(once).data == once
    assert pixels(once) == pixels(plain)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_follows_the_end_of_a_picture_is_dropped(kind):
    plain = picture(kind)
    assert stripped(plain + b"and a film: " + CANARY.encode()).data == stripped(plain).data


def test_a_preview_within_a_jpegs_first_segment_is_dropped():
    preview = segment(0xE0, b"JFIF\0\x01\x02\x00\x00\x01\x00\x01\x01\x01" + b"RGB")
    plain = saved("JPEG")
    assert b"RGB" not in stripped(plain[:2] + preview + plain[20:]).data


def test_no_profile_hides_behind_adobes_transform():
    plain = saved("JPEG", "CMYK")
    hidden = plain.replace(b"Adobe\0d", b"Adobe\0d")
    at = hidden.index(b"\xff\xee")
    longer = hidden[:at] + segment(0xEE, hidden[at + 4 : at + 16] + CANARY.encode()) + hidden[at + 16 :]
    assert CANARY.encode() not in stripped(longer).data
    assert pixels(stripped(longer).data) == pixels(plain)


@pytest.mark.parametrize(
    "name", [b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf", b"iCCP", b"pHYs", b"sPLT", b"prVt", b"acTL"]
)
def test_a_chunk_of_a_png_that_no_decoder_needs_goes(name):
    plain = saved("PNG")
    more = plain[:33] + chunk(name, CANARY.encode()) + plain[33:]
    assert stripped(more).data == stripped(plain).data


@pytest.mark.parametrize("name", [b"CgBI", b"ABCD"])
def test_a_chunk_that_a_decoder_must_know_and_we_do_not_is_refused(name):
    plain = saved("PNG")
    with pytest.raises(PhotoUnreadable):
        stripped(plain[:33] + chunk(name, b"") + plain[33:])


@pytest.mark.parametrize(
    ("name", "length"), [(b"gAMA", 5), (b"cHRM", 33), (b"sRGB", 2), (b"PLTE", 771), (b"tRNS", 257), (b"IEND", 1)]
)
def test_a_kept_chunk_has_no_room_for_more_than_what_it_is_for(name, length):
    plain = saved("PNG")
    with pytest.raises(PhotoUnreadable):
        stripped(plain[:33] + chunk(name, b"x" * length) + plain[33:])


def test_a_damaged_chunk_is_refused():
    plain = bytearray(saved("PNG"))
    plain[45] ^= 1
    with pytest.raises(PhotoUnreadable):
        stripped(bytes(plain))


def test_a_moving_webp_is_refused():
    data = io.BytesIO()
    frames = [image(size=(8, 8)), image(size=(8, 8)).rotate(90)]
    frames[0].save(data, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(PhotoUnreadable):
        stripped(data.getvalue())


def test_of_a_moving_png_the_still_picture_stays():
    data = io.BytesIO()
    image().save(data, "PNG", save_all=True, append_images=[image().rotate(180)])
    assert pixels(stripped(data.getvalue()).data) == pixels(saved("PNG"))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"GIF89a", b"BM", b"%PDF-1.7", b"<svg/>", b"RIFF\0\0\0\0WEBP", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_whole_picture_of_these_kinds_is_refused(data):
    with pytest.raises(PhotoUnreadable):
        stripped(data)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_truncated_picture_is_refused(kind):
    whole = picture(kind, size=(9, 7))
    for length in range(len(whole)):
        with pytest.raises(PhotoUnreadable):
            stripped(whole[:length])


def test_too_many_bytes_and_too_many_pixels_are_refused():
    plain = saved("PNG")
    with pytest.raises(PhotoUnreadable):
        stripped(plain + b"\0" * (PHOTO_BYTES_MAX - len(plain) + 1))
    wide = b"\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0"
    with pytest.raises(PhotoUnreadable):
        stripped(plain[:8] + chunk(b"IHDR", wide) + plain[33:])
    assert PIXELS_MAX < 0xFFFF**2


WHOLE = {kind: picture(kind, size=(5, 4)) for kind in FORMATS}
damage = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8)


@given(st.sampled_from(sorted(FORMATS)), damage)
def test_whatever_is_damaged_is_refused_or_stripped(kind, changes):
    data = bytearray(WHOLE[kind])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        after = stripped(bytes(data)).data
    except PhotoUnreadable:
        return
    assert len(after) <= len(data) + 60
    assert stripped(after).data == after


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP"]), st.binary(max_size=200))
def test_whatever_begins_like_a_picture_is_refused_or_stripped(begins, more):
    try:
        stripped(begins + more)
    except PhotoUnreadable:
        return


@given(st.binary(max_size=120), st.sampled_from([b"II*\0", b"MM\0*", b""]))
def test_an_orientation_is_one_of_eight_whatever_the_block_is(rest, begins):
    assert orientation(begins + rest) in range(1, 9)


@pytest.mark.parametrize("turned", range(1, 9))
def test_both_byte_orders_say_how_a_picture_is_turned(turned):
    little = exif(turned).tobytes()[6:]
    assert orientation(little) == turned
    big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + turned.to_bytes(2, "big") + b"\0\0\0\0\0\0"
    assert orientation(big) == turned


HEAD = b"\xff\xd8" + segment(0xC0, b"\x08\x00\x08\x00\x08\x01\x01\x11\x00") + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"\xff" * 1_000_000 + b"\x00",
        HEAD + b"\xff\x00" * 500_000,
        b"\xff\xd8" + b"\xff" * 1_000_000 + b"\x00",
        b"\xff\xd8" + segment(0xFE, b"") * 250_000,
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x00\0\0\0") + chunk(b"tEXt", b"") * 80_000,
        b"RIFF" + (1_000_000).to_bytes(4, "little") + b"WEBP" + b"XMP \0\0\0\0" * 125_000,
    ],
    ids=["fill bytes", "stuffed bytes", "fill before a marker", "comments", "texts", "empty chunks"],
)
def test_whatever_repeats_without_end_is_refused_in_one_pass(data):
    with pytest.raises(PhotoUnreadable):
        stripped(data)
