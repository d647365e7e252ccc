"""A draw can be drawn again by anybody; it can be killed anywhere; nobody's hands can turn it."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from msgspec.structs import replace
from nanhai.domain.identifiers import PersonId
from nanhai.domain.lottery import Entry
from nanhai.domain.rounds import Phase
from nanhai.services.masks import drawing, draws, known
from nanhai.store import mask_draws, masks
from nanhai.store.masks import Entered
from nanhai.store.writes import send

from infra.masks import check
from tests.functions.masks.market import EAST, WEST
from tests.store.builders import everything


def published(market, round_id) -> tuple[dict, list[dict]]:
    pages = [market.get(f"/rounds/{round_id}/draw").json]
    pages += [market.get(f"/rounds/{round_id}/draw?page={n}").json for n in range(1, pages[0]["pages"])]
    return market.get(f"/rounds/{round_id}").json, pages


def drawn_again(told, pages):
    """The whole draw from what is public, without a line of the platform's code: (ticket, point) in order."""
    name, draw = told["round_id"].encode(), pages[0]
    entries = {out["ticket"]: out["points"] for page in pages for out in page["outcomes"]}
    seed = bytes.fromhex(draw["seed"])
    assert hashlib.sha256(b"nhmask/v1/seed\0" + name + b"\0" + seed).hexdigest() == told["commitment"]
    digest = hashlib.sha256(b"nhmask/v1/list\0" + name).digest()
    for ticket in sorted(entries):
        digest = hashlib.sha256(digest + " ".join([ticket, *entries[ticket]]).encode() + b"\n").digest()
    assert digest.hex() == draw["list_hash"]
    secrets = b"nhmask/v1/draw\0" + name + b"\0" + digest.hex().encode() + b"\0" + (draw["beacon"] or "").encode()
    key = hmac.new(seed, secrets, "sha256").digest()
    left = {point["point_id"]: point["portions"] for point in told["points"]}
    result = []
    for ticket in sorted(entries, key=lambda ticket: hmac.new(key, ticket.encode(), "sha256").digest()):
        point = next((point for point in entries[ticket] if left[point]), None)
        if point:
            left[point] -= 1
        result.append((ticket, point))
    return result


@pytest.fixture
def small_pages(monkeypatch):
    """So that a few dozen tickets take as many steps as a million."""
    for name, most in {
        "TICKETS_PER_PAGE": 7,
        "TICKETS_PER_BUCKET": 5,
        "BUCKETS_AT_ONCE": 2,
        "LIST_PAGES_AT_ONCE": 2,
        "POINTS_AT_ONCE": 1,
        "TOLD_AT_ONCE": 3,
    }.items():
        monkeypatch.setattr(drawing, name, most)


def test_anybody_draws_again_what_was_drawn(market, small_pages):
    round_id = market.announce(east=6, west=4)
    market.entrants(round_id, 12)
    market.entrants(round_id, 6, EAST)
    market.entrants(round_id, 6, WEST, EAST)
    market.draw(round_id)
    told, pages = published(market, round_id)
    shown = [(out["ticket"], out["point"]) for page in pages for out in page["outcomes"]]
    assert len(pages) == 5
    assert shown == drawn_again(told, pages)
    assert sum(point is not None for _, point in shown) == 10
    assert check(told, pages) == ()


def test_everybody_is_told_their_own_outcome_by_entry_and_by_notice(market):
    round_id = market.announce(east=2, west=1)
    people = market.entrants(round_id, 5)
    market.draw(round_id)
    told, pages = published(market, round_id)
    points = dict(drawn_again(told, pages))
    own = [market.entry(person) for person in people]
    assert [entry["point"] for entry in own] == [points[entry["ticket"]] for entry in own]
    assert sorted(entry["rank"] for entry in own) == [1, 2, 3, 4, 5]
    assert sorted(entry["standing"] for entry in own) == ["waiting"] * 2 + ["won"] * 3
    kinds = sorted(row["kind"]["S"] for row in everything("notices"))
    assert kinds == ["masks-drawn-waiting"] * 2 + ["masks-drawn-won"] * 3


@pytest.mark.parametrize("change", ["seed", "list", "order", "winner", "stock"])
def test_whatever_is_changed_of_a_published_draw_is_found(market, change):
    round_id = market.announce(east=2, west=1)
    market.entrants(round_id, 6)
    market.draw(round_id)
    told, pages = published(market, round_id)
    outcomes = pages[0]["outcomes"]
    match change:
        case "seed":
            pages[0]["seed"] = "00" * 32
        case "list":
            outcomes[-1]["ticket"] = "0" * 16
        case "order":
            outcomes[0], outcomes[1] = outcomes[1], outcomes[0]
        case "winner":
            outcomes[0]["point"], outcomes[-1]["point"] = None, outcomes[0]["point"]
        case "stock":
            told["points"][0]["portions"] += 1
    found = {"seed": "commitment", "list": "list", "order": "ranking", "winner": "winners", "stock": "winners"}
    assert found[change] in check(told, pages)


def test_a_round_without_entries_is_drawn_too(market):
    round_id = market.announce()
    market.draw(round_id)
    told, pages = published(market, round_id)
    assert (pages[0]["phase"], pages[0]["tickets"], check(told, pages)) == ("told", 0, ())
    assert market.stock(round_id) == (2, 0, 0, 0)


def test_nothing_is_drawn_before_the_last_entry_is_written(market):
    round_id = market.announce()
    market.close()
    market.stand.now -= 1
    answer = market.post(f"/rounds/{round_id}/draws", {}, market.command)
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (409, "masks.not-closed-yet", "1")


def test_a_round_is_drawn_once(market):
    round_id = market.announce()
    market.draw(round_id)
    answer = market.post(f"/rounds/{round_id}/draws", {}, market.command)
    assert (answer.status, answer.code) == (409, "masks.draw-begun")


def test_the_hash_of_the_list_is_public_and_in_the_audit_before_the_seed_is_opened(market, monkeypatch):
    round_id = market.announce()
    market.entrants(round_id, 3)
    market.close()
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    monkeypatch.setattr("nanhai.services.masks.rounds.seed_of", lambda *_: pytest.fail("the seed was opened"))
    found = known.round_of(round_id)
    while mask_draws.get(round_id).phase is Phase.COLLECTING:
        assert drawing.step(market.here, found, market.stand.now)
    told = market.get(f"/rounds/{round_id}/draw").json
    assert (told["phase"], told["seed"], told["outcomes"]) == ("listed", None, [])
    assert ("round.draw", f"list {round_id} {told['list_hash']}", "listed") in market.stand.audited()


def test_a_ticket_that_comes_after_the_list_was_fixed_is_not_drawn_and_is_told_so(market):
    round_id, late = market.announce(), PersonId(market.stand.person())
    people = market.entrants(round_id, 2)
    market.close()
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    found = known.round_of(round_id)
    while mask_draws.get(round_id).phase is Phase.COLLECTING:
        drawing.step(market.here, found, market.stand.now)
    send(masks.enter(Entered(late, round_id, Entry("0" * 16, (EAST,)), market.stand.now, late)))
    market.work(round_id)
    told, pages = published(market, round_id)
    assert check(told, pages) == ()
    assert [market.standing(person) for person in (*people, late)] == ["won", "won", "not-listed"]


BEACON = {"beacon_source": "上证指数次日收盘价，两位小数"}


def test_a_beacon_is_awaited_once_the_list_is_fixed_and_is_part_of_the_draw(market):
    round_id = market.announce(**BEACON)
    market.entrants(round_id, 4)
    market.draw(round_id)
    assert market.get(f"/rounds/{round_id}/draw").json["phase"] == "listed"
    given = [market.post(f"/rounds/{round_id}/draws", {"beacon": "2996.76"}, market.command) for _ in range(2)]
    assert [answer.status for answer in given] == [202, 409]
    market.work(round_id)
    told, pages = published(market, round_id)
    assert (pages[0]["beacon"], check(told, pages)) == ("2996.76", ())
    assert [(out["ticket"], out["point"]) for out in pages[0]["outcomes"]] == drawn_again(told, pages)


def test_a_beacon_is_not_taken_before_the_list_is_fixed_nor_where_none_was_announced(market):
    with_one, without = market.announce(**BEACON), market.announce()
    market.close()
    told = {"beacon": "1"}
    early = market.post(f"/rounds/{with_one}/draws", told, market.command)
    assert (early.status, early.code) == (409, "masks.beacon-too-early")
    unasked = market.post(f"/rounds/{without}/draws", told, market.command)
    assert (unasked.status, unasked.faults) == (422, [("/beacon", "masks.beacon-unannounced")])


class Killed(BaseException):
    """As when Lambda ends a process: nothing catches it."""


@pytest.mark.parametrize("after", [False, True])
def test_a_draw_that_is_killed_at_every_single_write_comes_to_the_same(market, small_pages, monkeypatch, after):
    """Each transaction of the draw is once cut off, before or after it was carried out, and the work begun again."""
    round_id = market.announce(east=3, west=2)
    market.entrants(round_id, 16)
    market.close()
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    found, rows = known.round_of(round_id), set()

    def killing(writes):
        fails = (key := repr([write.label for write in writes]) + str(mask_draws.get(round_id).version)) not in rows
        rows.add(key)
        if fails and not after:
            raise Killed
        send(writes)
        if fails:
            raise Killed

    monkeypatch.setattr(drawing, "send", killing)
    for _ in range(200):
        try:
            if not drawing.step(market.here, found, market.stand.now):
                break
        except Killed:
            continue
    told, pages = published(market, round_id)
    assert pages[0]["phase"] == "told"
    assert check(told, pages) == ()
    assert [(out["ticket"], out["point"]) for page in pages for out in page["outcomes"]] == drawn_again(told, pages)
    assert len([row for row in everything("notices") if row["kind"]["S"].startswith("masks-drawn")]) == 16


def test_of_two_who_go_on_with_a_draw_from_the_same_place_one_does(market):
    round_id = market.announce()
    market.entrants(round_id, 3)
    market.close()
    market.post(f"/rounds/{round_id}/draws", {}, market.command)
    found, stale = known.round_of(round_id), mask_draws.get(round_id)
    assert drawing.step(market.here, found, market.stand.now)
    with pytest.MonkeyPatch.context() as patch:
        told = iter([stale])
        patch.setattr(mask_draws, "get", lambda _: next(told, replace(stale, version=2)))
        assert drawing.step(market.here, found, market.stand.now)  # somebody else has gone on: there is more to do
    market.work(round_id)
    assert check(*published(market, round_id)) == ()


def test_a_page_beyond_the_last_is_absent(market):
    round_id = market.announce()
    market.draw(round_id)
    assert market.get(f"/rounds/{round_id}/draw?page=1").status == 404
    assert draws.read(round_id, 0).pages == 1
