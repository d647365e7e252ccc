"""A certificate on paper: A4, in one language, its signed text as a QR code beside what it says.

Drawn from the certificate alone, so the same one is the same file, byte for byte. Chinese is set in STSong-Light, which
readers of PDF bring along: no font travels with the document.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from html import escape
from itertools import groupby
from typing import Any

from nanhai.domain.certificates import Certificate
from nanhai.domain.days import HOUR_S, LOCAL_OFFSET_S
from nanhai.domain.errors import Param
from nanhai.domain.identifiers import Instant
from nanhai.services.identity.limits import Limit, network, spend
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.trajectories import certificates
from nanhai.services.trajectories.certificate_schemas import DayInCities
from nanhai.services.trajectories.lookup import rule_text
from nanhai.services.trajectories.lookup_schemas import RenderCertificate
from nanhai.texts import Language, text

MEDIA_TYPE = "application/pdf"
PER_ADDRESS = Limit("certificate-address", 1_000, HOUR_S)  # a mobile operator shows thousands behind one address
FONTS: dict[Language, str] = {"zh-CN": "STSong-Light", "en": "Helvetica"}
PAGE_WIDTH, MARGIN, DAY_COLUMN = 595.0, 50.0, 96.0  # points; A4
FRAME_PADDING = CELL_PADDING = 6.0  # as the library sets them
WIDTH = PAGE_WIDTH - 2 * (MARGIN + FRAME_PADDING)
QR_WIDTH = 170.0
BORDER_MODULES = 4
UNBROKEN = re.compile(r"[（“《]*(?:[!-~]+|.)[，。；：、）”》？！]*")  # what stays on one line
FAINT, INK = "#c8c8c8", "#1a1a1a"
ALL = (0, 0), (-1, -1)
TOP_LEFT = [("VALIGN", *ALL, "TOP"), ("LEFTPADDING", *ALL, 0)]
NO_PADDING = [("RIGHTPADDING", *ALL, 0), ("TOPPADDING", *ALL, 0)]


def rendered(platform: Platform, asked: RenderCertificate, language: Language, *, address: str, now: Instant) -> bytes:
    """The document of a certificate that is to be believed now; NoCertificate for any other text, told in `language`,
    TooMany for a network that draws too many."""
    spend(platform, PER_ADDRESS, network(address), now)
    certificate = certificates.believed(platform, asked.certificate, language, now)
    return drawn(certificate, asked.certificate, asked.language)


def drawn(certificate: Certificate, signed: str, language: Language) -> bytes:
    """The document of a certificate and its signed text."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    made = io.BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=_text("title", language),
        author=_text("author", language),
        lang=language,
        invariant=1,
    )
    document.build(list(_parts(certificate, signed, language)))
    return made.getvalue()


def _parts(certificate: Certificate, signed: str, language: Language) -> Iterator[Any]:
    from reportlab.platypus import Spacer, Table, TableStyle

    gap = Spacer(1, 12)
    yield _said(_text("title", language), language, 20, WIDTH)
    yield gap
    head = [_said(line, language, 11, WIDTH - QR_WIDTH) for line in _head(certificate, language)]
    yield Table([[head, _code(signed)]], [WIDTH - QR_WIDTH, QR_WIDTH], style=TableStyle([*TOP_LEFT, *NO_PADDING]))
    yield gap
    yield _table(certificates.days(certificate, language), language)
    yield gap
    for line in (rule_text(language), text("trajectories.unknown", language), _text("check", language)):
        yield _said(line, language, 9, WIDTH)


def _head(certificate: Certificate, language: Language) -> list[str]:
    told = {
        "phone": certificate.phone,
        "issued_at": _local(certificate.issued_at),
        "until": _local(certificate.until),
    }
    return [_text(line, language, told) for line in ("phone", "issued", "until", "signature")]


def _table(days: list[DayInCities], language: Language) -> Any:  # noqa: ANN401 - reportlab carries no types
    from reportlab.platypus import Table, TableStyle

    between = "、" if language == "zh-CN" else ", "
    rows = [[_text("day", language), _text("cities", language)]] + [
        [told.day.isoformat(), between.join(city.name for city in told.cities) or _text("none", language)]
        for told in days
    ]
    lines = TableStyle([*TOP_LEFT, ("LINEBELOW", *ALL, 0.5, FAINT)])
    cells = [[_said(cell, language, 10, WIDTH - DAY_COLUMN - CELL_PADDING) for cell in row] for row in rows]
    return Table(cells, [DAY_COLUMN, WIDTH - DAY_COLUMN], style=lines, repeatRows=1)


def _said(words: str, language: Language, size: float, width: float) -> Any:  # noqa: ANN401 - as above
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    font = _font(language)
    style = ParagraphStyle("said", fontName=font, fontSize=size, leading=size * 1.5, spaceAfter=size / 3, textColor=INK)
    lines = _broken(words, font, size, width) if language == "zh-CN" else [words]
    return Paragraph("<br/>".join(map(escape, lines)), style)


def _broken(words: str, font: str, size: float, width: float) -> list[str]:
    """Lines of Chinese: the library would begin one with a comma."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines = [""]
    for together in UNBROKEN.findall(words):
        if stringWidth(lines[-1] + together, font, size) > width:
            lines.append("")
        lines[-1] += together
    return lines


def _font(language: Language) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    name = FONTS[language]
    if language == "zh-CN":
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


def _code(signed: str) -> Any:  # noqa: ANN401 - reportlab and segno carry no types
    """The QR code as one filled path, its quiet zone within QR_WIDTH."""
    import segno
    from reportlab.graphics.shapes import Drawing, Path

    rows = list(segno.make(signed, error="m", mode="alphanumeric", micro=False).matrix_iter(border=BORDER_MODULES))
    module = QR_WIDTH / len(rows)
    path = Path(fillColor=INK, strokeColor=None)
    for row, modules in enumerate(reversed(rows)):
        column = 0
        for dark, run in groupby(modules):
            length = len(list(run))
            if dark:
                _rectangle(path, column * module, row * module, length * module, module)
            column += length
    return Drawing(QR_WIDTH, QR_WIDTH, path)


def _rectangle(path: Any, left: float, bottom: float, width: float, height: float) -> None:  # noqa: ANN401 - as above
    path.moveTo(left, bottom)
    path.lineTo(left + width, bottom)
    path.lineTo(left + width, bottom + height)
    path.lineTo(left, bottom + height)
    path.closePath()


def _local(at: Instant) -> str:
    """As clocks here show it."""
    return f"{_clock(moment(at))} UTC+8"


def _clock(utc: datetime) -> str:
    return f"{utc + timedelta(seconds=LOCAL_OFFSET_S):%Y-%m-%d %H:%M}"


def _text(key: str, language: Language, params: Mapping[str, Param] | None = None) -> str:
    return text(f"trajectories.certificate.{key}", language, params)
