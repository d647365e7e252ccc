"""Photos as phones and programs make them, with everything that they tell besides."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

GPS, ORIENTATION, MAKE, ARTIST = 0x8825, 0x0112, 0x010F, 0x013B
CANARY = "CANARY-23.0312N-113.1481E"
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()


def image(mode="RGB", size=(37, 23)) -> Image.Image:
    """No two pixels alike, as far as the mode can tell."""
    width, height = size
    wide = Image.new("RGBA", size)
    wide.putdata(
        [(x * 7 % 256, y * 11 % 256, (x * y) % 256, 255 - x % 200) for y in range(height) for x in range(width)]
    )
    return wide.convert(mode)


def exif(turned=1) -> Image.Exif:
    told = Image.Exif()
    told[MAKE], told[ARTIST] = "Maker", CANARY
    told[GPS] = {1: "N", 2: (23.0, 1.0, 52.0), 29: CANARY}
    if turned != 1:
        told[ORIENTATION] = turned
    return told


def picture(kind: str, mode="RGB", turned=1, size=(37, 23), **how) -> bytes:
    """With EXIF, a position, XMP, a profile, and what else its form has room for."""
    told = {"exif": exif(turned), "xmp": XMP, "icc_profile": b"profile " + CANARY.encode()}
    if kind == "JPEG":
        told |= {"comment": CANARY}
    if kind == "PNG":
        told |= {"pnginfo": _texts()} | {"dpi": (300, 300)}
        del told["xmp"]
    if kind == "WEBP":
        told |= {"lossless": True, "exact": True}
    data = io.BytesIO()
    image(mode, size).save(data, kind, **(told | how))
    return data.getvalue()


def pixels(data: bytes) -> tuple:
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return opened.mode, opened.size, opened.tobytes(), opened.getpalette()


def told(data: bytes) -> dict[int, object]:
    """The fields of a photo's EXIF."""
    with Image.open(io.BytesIO(data)) as opened:
        return dict(opened.getexif())


def chunk(name: bytes, content: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def segment(marker: int, content: bytes) -> bytes:
    """Of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _texts() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", CANARY)
    texts.add_text("Zipped", CANARY * 9, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return texts
