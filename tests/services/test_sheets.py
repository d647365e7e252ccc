"""Sheets: what was written is read again, and a stranger's file gives rows or a refusal, never anything else."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nanhai.domain.errors import Refusal
from nanhai.services import sheet_files, sheets
from nanhai.services.sheets import CSV, XLSX, SheetColumns, SheetRow, SheetTooLarge, SheetTooLong, SheetUnreadable

COLUMNS = ("name", "number")
ALIASES = {"姓名": "name", "证件号码": "number"}
CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))
CELLS = st.text(CHARACTERS, min_size=1, max_size=30).filter(lambda told: not told.startswith('="'))
LINES = st.lists(st.tuples(CELLS, CELLS), max_size=8)


def read(data, media_type=CSV, rows_max=50, **how):
    return list(sheets.rows(data, media_type, COLUMNS, rows_max, aliases=ALIASES, **how))


def values(data, media_type=CSV, **how):
    return [tuple(row.values.values()) for row in read(data, media_type, **how)]


def book(*lines, hidden=(), title=None):
    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    for line in hidden:
        made.create_sheet("first", 0).append(line)
    if hidden:
        made["first"].sheet_state = "hidden"
        made.active = 1
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def replaced(data, part, content):
    """The workbook with other bytes as one of its parts, or with one part more."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), part)):
            new.writestr(name, content if name == part else old.read(name))
    return packed.getvalue()


def shared(data, strings):
    """The workbook with the table of strings that Excel writes."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = zipfile.ZipFile(io.BytesIO(data)).read(TYPES).decode()
    added = types.replace("</Types>", f'<Override PartName="/{STRINGS}" ContentType="{kind}"/></Types>')
    return replaced(replaced(data, TYPES, added.encode()), STRINGS, strings)


def sheet_xml(inside, before=""):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{main}">{inside}</worksheet>'.encode()


SOUND = book(COLUMNS, ("张三", "1"))
PART, STRINGS, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"


@given(LINES)
def test_what_a_workbook_was_made_of_is_read_from_it(lines):
    assert values(sheets.workbook(COLUMNS, lines), XLSX) == lines


@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_csv_is_read_in_each_encoding_that_is_in_use(lines, encoding):
    quoted = ["name,number", *(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines)]
    data = "\r\n".join(quoted).encode(encoding)
    if encoding == "gb18030" and _is_utf8(data):
        return
    assert values(data) == lines


def _is_utf8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not data.isascii()


@pytest.mark.parametrize("formula", ["=1+1", "+8613900000001", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_what_begins_like_a_formula_stays_text(formula):
    written = sheets.workbook(COLUMNS, [(formula, "1")])
    cell = openpyxl.load_workbook(io.BytesIO(written)).active["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", formula, True)


def test_a_formula_is_its_last_value_and_is_not_computed():
    xml = sheet_xml(
        '<sheetData><row r="1"><c r="A1" t="str"><v>name</v></c><c r="B1" t="str"><v>number</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>张三</v></c><c r="B2"><f>WEBSERVICE("http://x")</f><v>7</v></c></row></sheetData>'
    )
    assert values(replaced(SOUND, PART, xml), XLSX) == [("张三", "7")]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (36.6, "36.6"),
        (37.0, "37"),
        (None, ""),
        (True, "TRUE"),
        (datetime.fromisoformat("2020-02-20 08:30"), "2020-02-20 08:30"),
        (datetime.fromisoformat("2020-02-20"), "2020-02-20"),
        (time(8, 30), "08:30"),
        ("\u3000 张三 ", "张三"),
        (13900000001, "13900000001"),
    ],
)
def test_a_cell_reads_as_it_looks(cell, told):
    assert values(book(COLUMNS, ("张三", cell)), XLSX) == [("张三", told)]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (book(COLUMNS, ("张三", 440605199001011230)), XLSX),
        (book(COLUMNS, ("张三", 4.40605199001011e17)), XLSX),
        ("name,number\n张三,4.40605E+17".encode(), CSV),
    ],
)
def test_a_number_that_lost_its_last_digits_is_a_fault_of_its_cell(data, media_type):
    (row,) = read(data, media_type)
    assert [(fault.pointer, fault.code) for fault in row.faults] == [("/rows/2/number", "sheets.digits-lost")]
    assert row.values == {"name": "张三", "number": ""}


def test_a_cell_that_is_too_long_is_a_fault_of_its_cell_and_others_are_read():
    long, good = read(b"name,number\n" + b"x" * 201 + b",1\nb,2")
    assert [(fault.pointer, fault.code) for fault in long.faults] == [("/rows/2/name", "sheets.cell-too-long")]
    assert good == SheetRow(3, {"name": "b", "number": "2"})


def test_digits_that_a_csv_keeps_as_text_are_read_without_their_dress():
    assert values(b'name,number\na,"=""440605199001011230"""') == [("a", "440605199001011230")]


@pytest.mark.parametrize(
    "header",
    ["姓名,证件号码", "*姓名 ,证件 号码*", "证件号码,姓名", "NAME,Number", "number,name,备注", "登记表\n姓名,证件号码"],
)
def test_the_header_is_found_by_its_names_in_either_language_and_any_order(header):
    line = {"证": "2,1", "n": "2,1"}.get(header[0], "1,2")
    (row,) = read(f"{header}\n{line}".encode())
    assert row.values == {"name": "1", "number": "2"}
    assert row.number == header.count("\n") + 2


def test_rows_are_numbered_as_the_margin_shows_them_and_blank_ones_are_none():
    assert [row.number for row in read(b"\n\nname,number\n\na,1\n,\nb,2\n\n")] == [5, 7]


def test_every_missing_column_and_every_one_that_stands_there_twice_is_named():
    for data, faults in (
        (b"x,y\n1,2", [("/header/name", "sheets.column-missing"), ("/header/number", "sheets.column-missing")]),
        (b"", [("/header/name", "sheets.column-missing"), ("/header/number", "sheets.column-missing")]),
        (b"name,name,number\n", [("/header/name", "sheets.column-twice")]),
    ):
        with pytest.raises(SheetColumns) as refused:
            read(data)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults


def test_an_optional_column_may_be_missing():
    assert values(b"name,number,seat\na,1,12A", optional=("seat",)) == [("a", "1", "12A")]
    assert values(b"name,number\na,1", optional=("seat",)) == [("a", "1")]


def test_more_rows_than_asked_for_are_refused_before_the_first_is_given():
    data = b"name,number\n" + b"a,1\n" * 4
    assert len(read(data, rows_max=4)) == 4
    with pytest.raises(SheetTooLong):
        sheets.rows(data, CSV, COLUMNS, 3)


@pytest.mark.parametrize(
    "data",
    [b"a" * 5_000_001, b"," * 80 + b"x\n", b"name,number\n" + b"\n" * 100_001],
    ids=["bytes", "columns", "lines"],
)
def test_what_is_too_large_is_refused(data):
    with pytest.raises((SheetTooLarge, SheetTooLong)):
        read(data)


def test_a_workbook_that_unpacks_to_more_than_its_bound_is_not_unpacked():
    bomb = replaced(SOUND, PART, b"<worksheet>" + b" " * sheet_files.UNPACKED_BYTES_MAX)
    assert len(bomb) < 100_000
    with pytest.raises(SheetTooLarge):
        read(bomb, XLSX)


def test_a_part_that_lies_about_its_size_unpacks_to_no_more_than_it_says(monkeypatch):
    """The bound is of what the parts say: zipfile reads no further than that."""
    packed = bytearray(replaced(SOUND, PART, b"<worksheet>" + b" " * 3_000_000))
    told = (3_000_011).to_bytes(4, "little")
    while (at := packed.find(told)) >= 0:
        packed[at : at + 4] = (11).to_bytes(4, "little")
    with pytest.raises(SheetUnreadable):
        read(bytes(packed), XLSX)


def test_a_workbook_of_too_many_parts_is_not_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(sheet_files.PARTS_MAX + 1):
            archive.writestr(f"{number}.xml", "")
    with pytest.raises(SheetTooLarge):
        read(packed.getvalue(), XLSX)


BILLION = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE x [<!ENTITY a0 "x">{BILLION}]>',
        '<!DOCTYPE x [<!ENTITY a8 SYSTEM "file:///etc/hostname">]>',
    ],
)
@pytest.mark.parametrize("part", [PART, STRINGS, "xl/workbook.xml", TYPES])
def test_entities_are_not_expanded(before, part):
    cells = '<sheetData><row r="1"><c r="A1" t="str"><v>&a8;</v></c></row></sheetData>'
    with pytest.raises((SheetUnreadable, SheetColumns)):
        read(replaced(shared(SOUND, sheet_xml("")), part, sheet_xml(cells, before)), XLSX)


@pytest.mark.parametrize("part", [PART, STRINGS, "xl/workbook.xml", TYPES])
def test_nothing_is_fetched_that_a_part_points_to(part, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("something was fetched"))
    before = '<!DOCTYPE x SYSTEM "http://169.254.169.254/">'
    read_or_refusal(replaced(shared(SOUND, sheet_xml("")), part, sheet_xml("<sheetData/>", before)), XLSX)


def test_texts_are_read_from_the_table_of_strings_that_excel_writes():
    strings = sheet_xml("<si><t>name</t></si><si><t>number</t></si><si><r><t>张</t></r><r><t>三</t></r></si>")
    line = '<row r="{0}"><c r="A{0}" t="s"><v>{1}</v></c><c r="B{0}" t="s"><v>1</v></c></row>'
    cells = f"<sheetData>{line.format(1, 0)}{line.format(2, 2)}</sheetData>"
    assert values(replaced(shared(SOUND, strings), PART, sheet_xml(cells)), XLSX) == [("张三", "number")]


@pytest.mark.parametrize(
    ("row", "cell"), [("1048576", "A1048576"), ("99999999", "A99999999"), ("2", "ZZZ2"), ("2", "AAAAAA2"), ("-5", "A2")]
)
def test_a_cell_far_out_costs_no_room_and_no_time(row, cell):
    xml = sheet_xml(
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="str"><v>name</v></c>'
        '<c r="B1" t="str"><v>number</v></c></row>'
        f'<row r="{row}"><c r="{cell}" t="str"><v>x</v></c></row></sheetData>'
    )
    assert read_or_refusal(replaced(SOUND, PART, xml), XLSX) in (
        [],
        "sheets.unreadable",
        "sheets.too-large",
        "sheets.too-long",
    )


def test_only_the_first_visible_sheet_is_read():
    assert values(book(COLUMNS, ("张三", "1"), hidden=[("secret", "sheet")]), XLSX) == [("张三", "1")]


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x03\x04", SOUND[:-40], b"\xd0\xcf\x11\xe0old workbook", b"name,number"]
)
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(SheetUnreadable):
        read(data, XLSX)


@pytest.mark.parametrize("data", [b"\xff\xfen\x00a\x00", b"na\0me,number", b"\xff\xff\xff", b'name,number\n"a"b,1'])
def test_what_is_no_text_of_a_known_encoding_is_refused(data):
    with pytest.raises(SheetUnreadable):
        read(data)


def test_another_kind_of_file_is_refused():
    with pytest.raises(SheetUnreadable):
        read(b"name,number", "application/vnd.ms-excel")


def test_a_sheet_is_told_by_its_first_bytes():
    assert sheets.media_type_of(SOUND) == XLSX
    assert sheets.media_type_of("姓名".encode()) == CSV


def read_or_refusal(data, media_type):
    try:
        return read(data, media_type)
    except Refusal as refused:
        return refused.code


@given(st.binary(max_size=300), st.sampled_from([CSV, XLSX, "x"]))
@example(b'"', CSV)
@example(b"name,number\r", CSV)
def test_any_bytes_are_rows_or_a_refusal(data, media_type):
    read_or_refusal(data, media_type)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_workbook_is_rows_or_a_refusal(data):
    spoilt = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 5))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    read_or_refusal(bytes(spoilt), XLSX)


PARTS = zipfile.ZipFile(io.BytesIO(SOUND)).namelist()


@settings(max_examples=60)
@given(st.sampled_from(PARTS), st.data())
def test_a_workbook_with_damaged_xml_is_rows_or_a_refusal(part, data):
    held = zipfile.ZipFile(io.BytesIO(SOUND)).read(part)
    at = data.draw(st.integers(0, len(held)))
    until = data.draw(st.integers(at, len(held)))
    put = data.draw(st.sampled_from([b"", b"<c/>", b"9" * 30, b'"', b"<a>", b"&x;", b" r='Z'", b"-1", held[:50]]))
    read_or_refusal(replaced(SOUND, part, held[:at] + put + held[until:]), XLSX)
