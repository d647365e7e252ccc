"""The QR code of a document, read from the drawing itself: no renderer, but every figure that a renderer would fill."""

from __future__ import annotations

import base64
import re
import zlib

import zxingcpp
from PIL import Image, ImageDraw

PIXELS_PER_POINT = 4
NUMBER = rb"(-?[\d.]+)"
SQUARE = re.compile(rb"%s %s m %s %s l %s %s l %s %s l h" % ((NUMBER,) * 8))
STREAM = re.compile(rb"/Filter \[ /ASCII85Decode /FlateDecode \][^>]*>>\s*stream\r?\n(.*?)endstream", re.DOTALL)


def contents(document: bytes) -> bytes:
    """What is drawn on all pages."""
    return b"\n".join(
        zlib.decompress(base64.a85decode(b"<~" + drawn.strip(), adobe=True)) for drawn in STREAM.findall(document)
    )


def read_back(document: bytes) -> str:
    """The text of its one QR code."""
    squares = [tuple(map(float, found)) for found in SQUARE.findall(contents(document))]
    side = int(max(map(max, squares)) * PIXELS_PER_POINT) + 40
    picture = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(picture)
    for left, bottom, _, _, right, top, _, _ in squares:
        pen.rectangle([_pixel(left), side - _pixel(top), _pixel(right) - 1, side - _pixel(bottom) - 1], fill=0)
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def _pixel(points: float) -> int:
    return round(points * PIXELS_PER_POINT)
