"""Reporting, with one's name or without: a report, a receipt and the community's case at once, or nothing."""

from __future__ import annotations

import pytest
from nanhai.domain.cases import CaseKind
from nanhai.domain.days import DAY_S
from nanhai.domain.reports import Category, State
from nanhai.services.reports import limits
from nanhai.store import casefiles, keys, reports

from tests.domain.pictures import CANARY, picture
from tests.functions.checkpoints.stand import HERE, NEXT_DOOR, rfc3339
from tests.functions.reports.desk import anonymous, citizen, follow, get, ids, kept, named, post, report, uploaded
from tests.listening import listen

BOTH = pytest.mark.parametrize("path", ["/", "/anonymous"])


def sent(stand, path, **changes):
    return post(stand, path, report(stand, **changes), citizen(stand) if path == "/" else None)


@BOTH
def test_a_report_opens_the_communitys_case_and_counts(stand, community, path):
    written = sent(stand, path)
    assert written.status == 201
    assert (written.json["community"], written.json["community_name"]) == (HERE, "桂一社区居委会")
    (report_id,) = ids(stand, community)
    stored = reports.get(report_id, stand.now)
    assert (stored.category, stored.state, stored.anonymous) == (Category.FEVER, State.NEW, path != "/")
    case = casefiles.get(stored.case_id, stand.now)
    assert (case.kind, case.community, case.origin) == (CaseKind.REPORT_FOLLOW_UP, HERE, f"report:{report_id}")
    assert case.person is None
    assert follow(stand, written.json["receipt"]).json["case_state"] == case.state


def test_a_report_is_one_transaction(stand, monkeypatch):
    token, body = citizen(stand), report(stand)
    sent_now = listen(monkeypatch)
    assert post(stand, "/", body, token).status == 201
    calls = [call for call, _ in sent_now]
    assert calls.count("TransactWriteItems") == 1
    assert set(calls) - {"TransactWriteItems"} <= {"GetItem", "BatchGetItem", "Query", "UpdateItem"}
    counted = [params for call, params in sent_now if call == "UpdateItem"]
    assert len(counted) == 1  # of the limit alone


@BOTH
def test_the_same_request_again_gets_the_same_receipt_and_writes_nothing(stand, community, path):
    body, token = report(stand), citizen(stand) if path == "/" else None
    answers = [post(stand, path, body, token, once="k" * 20) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(ids(stand, community)) == 1
    other = post(stand, path, body | {"category": "other"}, token, once="k" * 20)
    assert (other.status, other.code) == (422, "edge.idempotency-key-reused")


def test_an_address_that_says_enough_is_routed_and_one_that_does_not_is_a_choice(stand):
    assert sent(stand, "/", place={"address": "桂城街道桂一社区 3 栋"}).json["community"] == HERE
    unsure = sent(stand, "/", place={"address": "沙头社区 3 栋"})
    assert (unsure.status, unsure.faults) == (422, [("/place/community", "reports.place-choice")] * 2)
    details = [error["detail"] for error in unsure.json["errors"]]
    assert "440605121019" in details[0]
    assert "440605124057" in details[1]
    chosen = sent(stand, "/", place={"address": "沙头社区 3 栋", "community": "440605124057"})
    assert (chosen.status, chosen.json["community"]) == (201, "440605124057")


def test_a_place_that_nobody_knows_has_to_be_chosen(stand):
    refused = sent(stand, "/anonymous", place={"address": "某处"})
    assert refused.faults == [("/place", "reports.place-unknown")]


@BOTH
def test_every_fault_is_named_at_once(stand, path):
    refused = sent(stand, path, place={"latitude": 23.0}, seen_at=rfc3339(stand.now + 1))
    assert (refused.status, refused.faults) == (
        422,
        [("/place", "reports.half-a-point"), ("/seen_at", "reports.in-the-future")],
    )
    refused = sent(stand, path, place={}, seen_at=rfc3339(stand.now - 30 * DAY_S - 1))
    assert refused.faults == [("/place", "reports.no-place"), ("/seen_at", "reports.too-long-ago")]
    assert sent(stand, path, place={"community": "440606001001"}).faults == [
        ("/place/community", "reports.community-unknown")
    ]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_are_kept_without_what_they_tell_and_what_was_uploaded_is_gone(stand, community, kind):
    upload_id = uploaded(stand, picture(kind), f"image/{kind.lower()}")
    anonymous(stand, photos=[upload_id])
    (photo,) = kept(stand)
    assert CANARY.encode() not in photo
    incoming = stand.here.uploads.folder.path / "incoming"
    assert [path for path in incoming.rglob("*") if path.is_file()] == []
    seen = get(stand, f"/{ids(stand, community)[0]}", community)
    (link,) = seen.json["photos"]
    assert upload_id not in link
    path, _, query = link.removeprefix("/local/uploads/").partition("?")
    assert stand.here.uploads.folder.given(path, query, stand.now).data == photo
    assert stand.here.uploads.folder.given(path, query, stand.now + 60) is None


def test_every_photo_that_is_none_is_named_and_nothing_is_written(stand, community):
    text, photo = uploaded(stand, b"no picture"), uploaded(stand, picture("JPEG"))
    refused = sent(stand, "/", photos=[photo, text, "0" * 26, photo])
    assert refused.faults == [
        ("/photos/1", "reports.photo-unreadable"),
        ("/photos/2", "uploads.missing"),
        ("/photos/3", "uploads.photo-twice"),
    ]
    assert (ids(stand, community), kept(stand)) == ([], [])
    assert sent(stand, "/", photos=[photo] * 5).status == 400


def test_there_is_a_limit_for_a_person_and_one_for_a_network(stand, monkeypatch):
    token = citizen(stand)
    for name in ("REAL_NAME", "ANONYMOUS", "PHOTOS", "FOLLOWED"):
        limit = getattr(limits, name)
        monkeypatch.setattr(limits, name, type(limit)(limit.name, 1, limit.window_s))
    asked = {
        "/": lambda **how: post(stand, "/", report(stand), token, **how),
        "/anonymous": lambda **how: post(stand, "/anonymous", report(stand), **how),
        "/photos": lambda **how: post(stand, "/photos", {"media_type": "image/png"}, **how),
        "/receipts": lambda **how: follow(stand, "ABCD", **how),
    }
    for path, ask in asked.items():
        assert ask(address="198.51.100.7").status != 429
        refused = ask(address="198.51.100.250")  # the same /24
        assert (refused.status, refused.code) == (429, "identity.too-many"), path
        assert int(refused.headers["retry-after"]) > 0
        assert (ask(address="198.51.101.7").status == 429) == (path == "/")


def test_an_office_is_shown_who_gave_their_name_and_the_reporter_who_looked(stand, community):
    person = stand.person()
    named(stand, citizen(stand, person), place={"community": HERE, "address": "桂澜路 1 号"})
    (report_id,) = ids(stand, community)
    seen = get(stand, f"/{report_id}", community).json
    assert (seen["reporter"], seen["address"]) == (person, "桂澜路 1 号")
    assert ("report.read", report_id, "answered") in stand.audited()
    log = stand.ask("identity", "GET", "/me/access-log", token=citizen(stand, person)).json["entries"]
    assert [(entry["staff_id"], entry["purpose"]) for entry in log] == [("officer-1", "report-follow-up")]


def test_a_shredded_report_is_absent_and_hides_nothing_else(stand, community):
    anonymous(stand)
    anonymous(stand)
    gone, left = ids(stand, community)
    keys.shred(reports.data_key_holder(gone))
    assert get(stand, f"/{gone}", community).status == 404
    assert get(stand, f"/{left}", community).json["duplicates"] == []


def test_a_neighbours_reports_are_out_of_sight(stand, community, town):
    anonymous(stand, place={"community": NEXT_DOOR})
    (report_id,) = ids(stand, town)
    nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    answers = [
        answer
        for subject in (report_id, nobody)
        for answer in (
            get(stand, f"/{subject}", community),
            post(stand, f"/{subject}/questions", {"text": "?"}, community),
            post(stand, f"/{subject}/merges", {"into": nobody}, community),
            get(stand, f"/?division={NEXT_DOOR}", community),
        )
    ]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert ("report.read", report_id, "absent") in stand.audited()
