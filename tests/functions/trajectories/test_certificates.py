"""Certificates: checked by whoever is shown one, drawn as a document, and believed by the signature alone."""

from __future__ import annotations

import pytest
from nanhai.domain import certificates, tokens
from nanhai.domain.days import DAY_S, day_begins, local_day
from nanhai.domain.identifiers import PersonId
from nanhai.services.trajectories import pdf
from nanhai.services.trajectories.pdf import MEDIA_TYPE

from tests.functions.trajectories.lookups import WUHAN
from tests.listening import listen
from tests.services.trajectories.paper import read_back

PDF = {"Accept": MEDIA_TYPE}


@pytest.fixture
def certificate(phone) -> str:
    phone.told(phone.was(WUHAN, 2))
    return phone.certificate()


def checked(stand, text, language="en"):
    answer = stand.ask(
        "checkpoints",
        "POST",
        "/certificates",
        body={"certificate": text},
        once=None,
        headers={"Accept-Language": language},
    )
    assert answer.status == 200, answer.body
    return answer.json


def drawn(stand, text, language="zh-CN", **sent):
    body = {"certificate": text, "language": language}
    return stand.ask("trajectories", "POST", "/certificates", body=body, once=None, headers=PDF, **sent)


def test_anybody_can_check_one_and_is_told_what_it_says(stand, phone, certificate):
    told = checked(stand, certificate)
    assert (told["valid"], told["code"], told["reason"]) == (True, None, None)
    assert told["contents"]["phone_masked"] == f"{phone.number[3:6]}****{phone.number[-4:]}"
    cities = [[city["name"] for city in day["cities"]] for day in told["contents"]["days"]]
    assert cities == [[]] * 12 + [["Wuhan"], []]


def test_a_check_asks_the_store_for_nothing(stand, certificate, monkeypatch):
    heard = listen(monkeypatch)
    assert checked(stand, certificate)["valid"]
    assert heard == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: "", "certificate.form"),
        (lambda text: text[:-3], "certificate.signature"),
        (lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), "certificate.signature"),
        (lambda text: text.removeprefix(certificates.PREFIX), "certificate.form"),
        (lambda text: "汉\n" * 9, "certificate.form"),
    ],
)
def test_what_was_altered_is_not_valid_and_tells_nothing(stand, certificate, spoil, code):
    told = checked(stand, spoil(certificate), "zh-CN")
    assert (told["valid"], told["contents"]) == (False, None)
    assert told["code"] in {code, "certificate.form"}
    assert told["reason"]


def test_it_ends_at_midnight_when_its_first_day_may_not_be_told_any_more(stand, certificate):
    stand.now = day_begins(local_day(stand.now) + 1) - 1
    assert checked(stand, certificate)["valid"]
    stand.now += 1
    assert checked(stand, certificate)["code"] == "certificate.expired"


def test_a_pass_is_no_certificate_and_a_certificate_no_pass(stand, certificate):
    shown = stand.shown(PersonId("0000000000001"))
    assert checked(stand, shown)["code"] == "certificate.form"
    assert checked(stand, certificates.PREFIX + shown)["code"] == "certificate.form"
    stand.gate()
    assert stand.scan(stand.guard(), certificate).json["code"] == tokens.Refused.LENGTH


def test_nobody_certifies_with_the_key_of_another_day(stand, phone):
    ring = stand.here.ring
    tomorrow = ring.gate_key(stand.now + DAY_S)
    of_today = certificates.Certificate(
        tomorrow.kid, stand.here.settings.audience, stand.now, "138****1234", ((),) * certificates.DAYS
    )
    assert checked(stand, certificates.make(of_today, tomorrow.sign))["code"] == "certificate.key-expired"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_document_carries_the_certificate_as_a_code(stand, certificate, language):
    answer = drawn(stand, certificate, language)
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body.startswith(b"%PDF-")
    assert read_back(answer.body) == certificate


def test_a_certificate_is_drawn_from_itself_alone(stand, certificate, monkeypatch):
    """Whoever has one may have it drawn: the same file for everybody, and no row of anybody is read for it."""
    heard = listen(monkeypatch)
    assert drawn(stand, certificate).body == drawn(stand, certificate, address="198.51.100.7").body
    assert {operation for operation, _ in heard} <= {"UpdateItem"}  # how often a network has asked


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_is_not_to_be_believed_is_not_drawn(stand, certificate, language):
    stand.now += DAY_S
    body = {"certificate": certificate, "language": "zh-CN"}
    refused = stand.ask(
        "trajectories", "POST", "/certificates", body=body, once=None, headers={"Accept-Language": language}
    )
    assert (refused.status, refused.code) == (422, "trajectories.no-certificate")
    assert "…" not in refused.json["title"]


def test_a_network_draws_a_thousand_an_hour(stand, certificate, monkeypatch):
    monkeypatch.setattr(pdf, "PER_ADDRESS", pdf.Limit("certificate-address", 2, 3_600))
    assert [drawn(stand, certificate).status for _ in range(3)] == [200, 200, 429]
    assert drawn(stand, certificate, address="198.51.100.7").status == 200


def test_who_does_not_take_a_document_is_told_so(stand, certificate):
    body = {"certificate": certificate}
    refused = stand.ask("trajectories", "POST", "/certificates", body=body, once=None)
    assert (refused.status, refused.code) == (406, "edge.not-acceptable")
