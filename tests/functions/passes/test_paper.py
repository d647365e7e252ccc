"""Paper passes: seven days at most, known to the server alone, revocable."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from nanhai.domain import tokens
from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.pseudonym import day_key, person_of
from nanhai.domain.records import Holder
from nanhai.domain.tokens import Refused, Token
from nanhai.vault import trusting
from PIL import Image

from tests.functions.passes.world import rfc3339

DAY_S = 86_400
PNG = {"Accept": "image/png"}


def issued(world, person, days=7, who="me") -> str:
    answer = world.ask("POST", f"/{who}/paper", person, body={"days": days})
    assert answer.status == 201, answer.body
    return answer.json["paper_id"]


def scanned(world, person, paper_id) -> str:
    picture = world.ask("GET", f"/me/paper/{paper_id}/qr.png", person, headers=PNG)
    assert picture.status == 200, picture.body
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.body)).convert("L"))
    return found.text


def checked(world, text, at) -> Token | Refused:
    settings = world.here.settings
    trust = trusting.trusted(trusting.trust_list(world.here.ring, settings.district, settings.audience, at))
    return tokens.check(text, trust, settings.audience, at)


@pytest.mark.parametrize("days", [1, 7])
def test_a_paper_is_good_for_its_days_and_says_no_colour(world, days):
    person = world.person()
    begins = world.now
    paper = issued(world, person, days)
    text = scanned(world, person, paper)
    token = checked(world, text, begins)
    assert (token.holder, token.colour, token.issued_at, token.ttl) == (Holder.PAPER, Colour.NONE, begins, days * 24)
    assert person_of(day_key(world.here.ring.days, local_day(begins)), token.pseudonym) == person
    assert checked(world, text, begins + days * DAY_S + 30) == token
    assert checked(world, text, begins + days * DAY_S + 31) is Refused.EXPIRED


def test_it_prints_the_same_on_every_day(world):
    person = world.person()
    paper = issued(world, person)
    first = scanned(world, person, paper)
    world.now += 7 * DAY_S - 1
    assert scanned(world, person, paper) == first
    world.now += 1
    assert world.ask("GET", f"/me/paper/{paper}/qr.png", person, headers=PNG).code == "absent"


def test_a_paper_is_drawn_too(world):
    person = world.person()
    answer = world.ask("GET", f"/me/paper/{issued(world, person)}/qr.svg", person)
    assert (answer.status, answer.headers["content-type"], answer.body[:5]) == (200, "image/svg+xml", b"<?xml")


def test_revoked_it_is_gone_once_and_for_all(world):
    person = world.person()
    paper = issued(world, person)
    url = f"/me/paper/{paper}"
    assert [world.ask("DELETE", url, person).status for _ in range(2)] == [204, 404]
    assert world.ask("GET", f"{url}/qr.png", person, headers=PNG).code == "absent"
    assert world.ask("GET", "/me/paper", person).json == {"papers": []}


def test_papers_that_are_good_are_listed_newest_first(world):
    person = world.person()
    begins = world.now
    for days in (1, 2):
        issued(world, person, days)
        world.now += 1
    listed = world.ask("GET", "/me/paper", person).json["papers"]
    assert listed == [
        {"paper_id": str(at), "issued_at": rfc3339(at), "until": rfc3339(at + days * DAY_S)}
        for at, days in ((begins + 1, 2), (begins, 1))
    ]
    world.now = begins + DAY_S
    assert len(world.ask("GET", "/me/paper", person).json["papers"]) == 1


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 8}, {"days": 1.5}, {"days": "7"}, {}, {"days": 1, "hours": 2}])
def test_days_are_one_to_seven(world, body):
    assert world.ask("POST", "/me/paper", world.person(), body=body).status == 400


def test_twenty_are_good_at_once_and_not_one_more(world):
    person = world.person()
    for _ in range(20):
        paper = issued(world, person, 1)
        world.now += 1
    refused = world.ask("POST", "/me/paper", person, body={"days": 1})
    assert (refused.status, refused.code) == (409, "passes.too-many-papers")
    assert world.ask("DELETE", f"/me/paper/{paper}", person).status == 204
    assert issued(world, person, 1)


def test_two_in_one_second_would_be_one(world):
    person = world.person()
    issued(world, person)
    answer = world.ask("POST", "/me/paper", person, body={"days": 7})
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (409, "passes.paper-just-issued", "1")


def test_without_an_application_there_is_no_paper(world):
    answer = world.ask("POST", "/me/paper", world.person(applied=False), body={"days": 1})
    assert answer.code == "passes.not-applied"


@pytest.mark.parametrize("paper_id", ["0", "1583000000", "9" * 13, "x", "-1", "１"])
def test_a_paper_that_never_was_is_absent(world, paper_id):
    person = world.person()
    assert world.ask("GET", f"/me/paper/{paper_id}/qr.png", person, headers=PNG).code == "absent"
    assert world.ask("DELETE", f"/me/paper/{paper_id}", person).code == "absent"


def test_a_guardian_has_a_dependants_paper_and_nobody_else_has(world):
    guardian, parent, stranger = world.person(), world.person(), world.person()
    world.guards(guardian, parent)
    paper = issued(world, guardian, who=parent)
    url = f"/{parent}/paper/{paper}"
    assert world.ask("GET", f"{url}/qr.png", guardian, headers=PNG).status == 200
    assert [
        world.ask(method, f"{url}{end}", stranger, headers=PNG).status
        for method, end in (("GET", "/qr.png"), ("DELETE", ""))
    ] == [404, 404]
