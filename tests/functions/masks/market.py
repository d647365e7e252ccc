"""A round of masks from its announcement to its end, in a small district whose clock the test moves."""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain.actors import Role
from nanhai.domain.rounds import DRAW_AFTER_S, KEEPING, KEPT_S, Standing
from nanhai.services.masks import drawing, known, returning
from nanhai.store import mask_claims, mask_stock
from nanhai.vault import sessions

from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR, Stand, rfc3339
from tests.store.builders import everything

HOUR_S = 3_600
DRAWN_S = HOUR_S + DRAW_AFTER_S  # after its announcement a round is drawn
EAST, WEST = "EAST", "WEST"
STEPS_MAX = 500


@dataclass
class Market:
    """Opens at once, closes in an hour; drawn as soon as it can be, winners reserve within a day; then two windows."""

    stand: Stand

    @property
    def here(self):
        return self.stand.here

    @property
    def command(self) -> str:
        return self.stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1")

    @property
    def keeper(self) -> str:
        """Whoever hands out at EAST."""
        return self.stand.duty(Role.COMMUNITY_OFFICER, HERE)

    def body(self, east=2, west=1, **changes) -> dict:
        now = self.stand.now
        first = now + 26 * HOUR_S
        told = {
            "title": "第三轮口罩",
            "opens_at": rfc3339(now),
            "closes_at": rfc3339(now + HOUR_S),
            "reserve_by": rfc3339(now + DRAWN_S + KEPT_S),
            "windows": [
                {"begins_at": rfc3339(first + n * HOUR_S), "ends_at": rfc3339(first + (n + 1) * HOUR_S)} for n in (0, 1)
            ],
            "points": [
                {"point_id": EAST, "name": "东门", "community": HERE, "stock": 5 * east, "slots": max(east, 1)},
                {"point_id": WEST, "name": "西门", "community": NEXT_DOOR, "stock": 5 * west, "slots": max(west, 1)},
            ],
            "packs_per_person": 5,
        }
        return told | changes

    def announce(self, east=2, west=1, **changes) -> str:
        answer = self.post("/rounds", self.body(east, west, **changes), self.command)
        assert answer.status == 201, answer.body
        return answer.json["round_id"]

    def enter(self, round_id, person, *points, **more):
        body = {"points": list(points or (EAST, WEST))} | more
        return self.post(f"/rounds/{round_id}/entries", body, self.own(person))

    def entrants(self, round_id, count, *points) -> list[str]:
        people = [self.stand.person() for _ in range(count)]
        for person in people:
            assert self.enter(round_id, person, *points).status == 201
        return people

    def close(self) -> None:
        self.stand.now += DRAWN_S

    def draw(self, round_id) -> None:
        """From the end of the entries to the last person told."""
        self.close()
        assert self.post(f"/rounds/{round_id}/draws", {}, self.command).status == 202
        self.work(round_id)

    def work(self, round_id) -> None:
        for _ in range(STEPS_MAX):
            if not drawing.step(self.here, known.round_of(round_id), self.stand.now):
                return
        raise AssertionError("a draw has an end")

    def settle(self, round_id) -> None:
        found = known.round_of(round_id)
        for point in found.points:
            while returning.settle(self.here, found, point, self.stand.now):
                pass

    def reserve(self, round_id, person, point=EAST, window=0, **sent):
        body = {"point": point, "window": window}
        return self.post(f"/entries/{round_id}/reservations", body, self.own(person), **sent)

    def reserved(self, round_id, person, point=EAST, window=0) -> str:
        answer = self.reserve(round_id, person, point, window)
        assert answer.status == 201, answer.body
        return answer.json["code"]

    def pick_up(self, code, keeper=None, **sent):
        return self.post("/pickups", {"code": code}, keeper or self.keeper, **sent)

    def entry(self, person) -> dict:
        answer = self.get("/entries", self.own(person))
        assert answer.status == 200, answer.body
        return answer.json["entries"][0]

    def standing(self, person) -> str:
        return self.entry(person)["standing"]

    def won(self, people, standing="won") -> list[str]:
        return [person for person in people if self.standing(person) == standing]

    def stock(self, round_id, point=EAST) -> tuple[int, int, int, int]:
        """Free, unclaimed, held, handed."""
        now = mask_stock.get(round_id, point)
        return now.free, now.unclaimed, now.held, now.handed

    def until_reserved(self) -> None:
        """From just after the draw to when reserving ends."""
        self.stand.now += KEPT_S

    def until_pick_up(self, window=0) -> None:
        """From just after the draw to the beginning of a window."""
        self.stand.now += (26 + window) * HOUR_S - DRAWN_S

    def until_over(self) -> None:
        """From just after the draw to the end of the last window."""
        self.until_pick_up(2)

    def own(self, person) -> str:
        subject = {"subject": person, "kind": "citizen", "role": Role.CITIZEN.value}
        return sessions.issue(self.here.ring, session="s", now=self.stand.now, **subject)

    def post(self, path, body, token, **sent):
        return self.stand.ask("masks", "POST", path, body=body, token=token, **sent)

    def get(self, path, token=None):
        return self.stand.ask("masks", "GET", path, token=token)


def wrong_with(round_id, claims=None) -> list[str]:
    """What of a round's stock is not as it always has to be, held against the claims: all that are stored, or these."""
    found = known.round_of(round_id)
    claims = stored_claims(round_id) if claims is None else claims
    kept = [claim.point_id for claim in claims if claim.kept in KEEPING]
    handed = [claim.point_id for claim in claims if claim.kept is Standing.PICKED_UP]
    wrong = []
    for point in found.points:
        now = mask_stock.get(round_id, point.point_id)
        if now is None:
            continue
        if now.free + now.unclaimed + now.held + now.handed != point.portions:
            wrong.append(f"{point.point_id}: portions were made or lost: {now}")
        if min(now.free, now.unclaimed, now.held, now.handed) < 0:
            wrong.append(f"{point.point_id}: less than nothing: {now}")
        if (now.held, now.handed) != (kept.count(point.point_id), handed.count(point.point_id)):
            wrong.append(f"{point.point_id}: kept for nobody, or for nobody's portion: {now}")
    return wrong


def stored_claims(round_id) -> list:
    rows = [row for row in everything("masks") if row["sk"]["S"] == f"{mask_claims.CLAIM}{round_id}"]
    return [mask_claims.of(row["holder"]["S"].removeprefix("person#"), round_id) for row in rows]
