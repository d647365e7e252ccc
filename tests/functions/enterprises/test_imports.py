"""A roster as a sheet: each row is invited or says why not, once, whatever breaks in between."""

from __future__ import annotations

import pytest
from nanhai.services import uploads
from nanhai.services.enterprises import imports
from nanhai.services.sheets import CSV, XLSX, workbook
from nanhai.services.uploads import Purpose
from nanhai.store import organisations, writes
from nanhai.store import roster as rows
from nanhai.store.connection import client
from nanhai.store.writes import StoreUnavailable

from tests.functions.enterprises.office import FOUNDRY, SHOP
from tests.functions.identity.world import id_number

HEADER = ("工号", "姓名", "手机号码", "身份证号")


def uploaded(office, lines, media_type=XLSX) -> str:
    """As a browser leaves it where the offer said."""
    body = {"media_type": media_type}
    offered = office.done(office.post(office.enterprise(), "/roster/files", body, once=None))
    data = workbook(HEADER, lines) if media_type == XLSX else "\n".join(map(",".join, [HEADER, *lines])).encode()
    name = f"incoming/{Purpose.SHEET.value}/{offered['upload_id']}"
    office.here.uploads.stored(name, data, media_type)
    return offered["upload_id"]


def run(office, upload, code=FOUNDRY, **sent):
    return office.post(office.enterprise(code), "/roster/imports", {"upload_id": upload}, **sent)


def people(count, first=0):
    return [(f"B-{n}", "何香凝", f"1360001{n:04d}", "") for n in range(first, first + count)]


@pytest.mark.parametrize("media_type", [XLSX, CSV])
def test_each_row_becomes_an_invitation_or_says_what_is_wrong_with_it(office, media_type):
    worker = office.worker(name="黄大年")
    office.invite(worker)
    lines = [
        ("A-1", "黄大年", worker.phone[3:], ""),
        ("A-2", "何香凝", "", id_number(77)),
        ("A-3", "", "13600010001", ""),
        ("A-4", "何香凝", "13600010001", id_number(77)),
        ("A-5", "何香凝", "", id_number(77)),
    ]
    upload = uploaded(office, lines, media_type)
    told = office.done(run(office, upload))
    assert told == {"import_id": upload, "rows": 5, "invited": 1, "already": 2, "refused": 2, "left": 0}
    read = office.done(office.get(office.enterprise(), f"/roster/imports/{upload}?limit=50"))
    assert [(one["number"], one["outcome"], [f["column"] for f in one["faults"]]) for one in read["outcomes"]] == [
        (2, "already", []),
        (3, "done", []),
        (4, "refused", ["name"]),
        (5, "refused", ["phone"]),
        (6, "already", []),
    ]
    numbers = {one["number"] for one in office.done(office.get(office.enterprise(), "/roster"))["entries"]}
    assert numbers == {"A-1", "A-5"}


def test_nothing_of_a_sheet_lies_in_the_clear(office):
    run(office, uploaded(office, [("A-1", "黄大年", "13600010001", ""), ("A-2", "", "0757", "")]))
    for table in ("imports", "organisations"):
        stored = str(client().scan(TableName=office.stage.prefix + table)["Items"])
        assert not any(said in stored for said in ("黄大年", "13600010001", "0757", "A-1"))


def test_more_rows_than_one_transaction_takes_are_several_and_the_counts_are_exact(office):
    told = office.done(run(office, uploaded(office, people(100))))
    assert (told["invited"], told["left"]) == (100, 0)
    assert organisations.get(FOUNDRY).invitations == 100


def test_what_one_request_leaves_another_goes_on_with(office, monkeypatch):
    monkeypatch.setattr(imports, "ROWS_PER_TRANSACTION", 3)
    monkeypatch.setattr(imports, "TRANSACTIONS_PER_REQUEST_MAX", 2)
    upload = uploaded(office, people(8))
    first, again = (office.done(run(office, upload, once="the-first-request-1")) for _ in range(2))
    assert (first, first["left"]) == (again, 2)
    assert office.done(run(office, upload))["left"] == 0
    assert office.done(run(office, upload)) == first | {"invited": 8, "left": 0}
    assert organisations.get(FOUNDRY).invitations == 8


@pytest.mark.parametrize("dies_at", range(5))
def test_whatever_dies_in_between_no_row_is_lost_or_done_twice(office, monkeypatch, dies_at):
    monkeypatch.setattr(imports, "ROWS_PER_TRANSACTION", 3)
    upload, made, calls = uploaded(office, people(8)), writes.commit, []

    def dying(*arguments, **named):
        calls.append(arguments)
        if len(calls) == dies_at + 1:
            raise StoreUnavailable(retry_after_s=1)
        return made(*arguments, **named)

    monkeypatch.setattr("nanhai.services.platform.commit", dying)
    first = run(office, upload, once="one-key-for-all-of-it")
    assert first.status == (503 if dies_at < 4 else 200)
    told = office.done(run(office, upload, once="one-key-for-all-of-it"))
    assert (told["invited"], told["left"]) == (8, 0)
    assert organisations.get(FOUNDRY).invitations == len(rows.roster(FOUNDRY, 50)[0]) == 8


def test_another_file_in_its_place_is_refused(office, monkeypatch):
    monkeypatch.setattr(imports, "TRANSACTIONS_PER_REQUEST_MAX", 1)
    monkeypatch.setattr(imports, "ROWS_PER_TRANSACTION", 1)
    upload = uploaded(office, people(3))
    office.done(run(office, upload))
    office.here.uploads.stored(f"incoming/sheet/{upload}", workbook(HEADER, people(3, first=50)), XLSX)
    refused = run(office, upload)
    assert (refused.status, refused.code) == (409, "enterprises.sheet-changed")


def test_an_import_is_its_enterprises_own(office):
    upload = uploaded(office, people(1))
    office.done(run(office, upload))
    refused = [office.get(office.enterprise(SHOP), f"/roster/imports/{upload}"), run(office, upload, SHOP)]
    assert {(answer.status, answer.code) for answer in refused} == {(404, "absent")}
    assert organisations.get(SHOP) is None


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], None),
        (people(imports.SHEET_ROWS_MAX + 1), "sheets.too-long"),
    ],
)
def test_a_sheet_has_as_many_rows_as_are_taken(office, lines, code):
    answer = run(office, uploaded(office, lines, CSV))
    assert (answer.json.get("code"), answer.json.get("rows")) == (code, None if code else 0)


def test_what_is_no_sheet_is_refused_by_name(office):
    assert run(office, "0" * 26).code == uploads.UploadMissing.code
    offered = office.post(office.enterprise(), "/roster/files", {"media_type": "image/png"}, once=None)
    assert offered.code == uploads.UploadMediaType.code
