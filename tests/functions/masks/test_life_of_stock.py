"""Whatever happens in whatever order, and wherever it is cut off: no portion is made, lost or given twice."""

from __future__ import annotations

import secrets

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from nanhai.domain.actors import Role
from nanhai.domain.rounds import KEPT_S, Standing
from nanhai.services.masks import known
from nanhai.services.masks.reserving import MAY_RESERVE
from nanhai.services.masks.standings import stands_of
from nanhai.store import mask_claims, masks
from nanhai.store.connection import client

from tests.functions.checkpoints.stand import TOWN
from tests.functions.masks.market import DRAWN_S, EAST, HOUR_S, WEST, wrong_with

GRANTED_OR_REFUSED = {200, 201, 404, 409, 422}
KEEPER = "keeper-1"
LATER_S = (
    24 * HOUR_S,
    DRAWN_S + KEPT_S,
    26 * HOUR_S,
    27 * HOUR_S,
    28 * HOUR_S,
)  # reserving ends, windows begin and end
POINTS, WINDOWS = st.sampled_from([EAST, WEST]), st.sampled_from([0, 1])
CUTS = st.sampled_from([None, None, "before", "after"])


class Killed(BaseException):
    """The process ends here."""


class Cutting:
    """A client whose next transaction is carried out, or not, and never answered."""

    def __init__(self, real, when) -> None:
        self._real, self._when = real, when

    def __getattr__(self, name):
        return getattr(self._real, name)

    def spare(self) -> None:
        """Whatever comes now is answered."""
        self._when = None

    def transact_write_items(self, **asked):
        when, self._when = self._when, None
        if when == "before":
            raise Killed
        answer = self._real.transact_write_items(**asked)
        if when == "after":
            raise Killed
        return answer


class Life(RuleBasedStateMachine):
    market = None  # given by the test
    monkeypatch = None

    @initialize(east=st.integers(1, 3), west=st.integers(1, 2), entrants=st.integers(3, 7))
    def drawn(self, east, west, entrants):
        self.market.stand.now += 1
        self.begun_at = self.market.stand.now
        self.round_id = self.market.announce(east, west)
        self.people = [self.market.stand.person() for _ in range(entrants)]
        for number, person in enumerate(self.people):
            self.market.enter(self.round_id, person, *((EAST, WEST), (EAST,), (WEST, EAST))[number % 3])
        self.market.draw(self.round_id)
        self.later = list(LATER_S)
        self.handed = {}

    @rule(which=st.integers(0, 6), point=POINTS, window=WINDOWS, cut=CUTS)
    def reserve(self, which, point, window, cut):
        person, once = self._one(which, MAY_RESERVE), secrets.token_hex(16)
        self._asked(lambda: self.market.reserve(self.round_id, person, point, window, once=once), cut)

    @rule(window=WINDOWS, cut=CUTS)
    def everybody_reserves_at_home(self, window, cut):
        """Where it was drawn or called."""
        for person in self.people:
            stands = self._stands(person)
            if stands.standing in {Standing.WON, Standing.CALLED}:
                once, point = secrets.token_hex(16), stands.point_id
                self._asked(lambda: self.market.reserve(self.round_id, person, point, window, once=once), cut)  # noqa: B023 - asked at once

    @rule(which=st.integers(0, 6), comes=st.booleans(), cut=CUTS)
    def pick_up(self, which, comes, cut):
        """In the window, or just whenever it is."""
        person = self._one(which, {Standing.RESERVED})
        code, claim = self.market.entry(person)["code"], mask_claims.of(person, self.round_id)
        if code is None:
            return
        if comes:
            begins_at = known.round_of(self.round_id).times.windows[claim.window].begins_at
            self.market.stand.now = max(self.market.stand.now, begins_at)
        once, keeper = secrets.token_hex(16), self.market.stand.token_of(KEEPER, Role.TOWN_OFFICER)
        answer = self._asked(lambda: self.market.pick_up(code, keeper, once=once), cut)
        if answer.status == 200:
            self.handed[person] = self.handed.get(person, 0) + 1

    @rule(cut=CUTS)
    def settle(self, cut):
        self._asked(lambda: self.market.settle(self.round_id), cut)

    @precondition(lambda self: self.later)
    @rule()
    def time_goes_on(self):
        self.market.stand.now = max(self.market.stand.now, self.begun_at + self.later.pop(0))

    @invariant()
    def every_portion_is_somewhere_and_nobody_has_two(self):
        if hasattr(self, "round_id"):
            claims = [claim for person in self.people if (claim := mask_claims.of(person, self.round_id))]
            assert wrong_with(self.round_id, claims) == []
            assert set(self.handed.values()) <= {1}
            assert sum(claim.kept is Standing.PICKED_UP for claim in claims) == len(self.handed)

    def _one(self, which, standings):
        """Somebody with whom it stands so, or anybody when nobody is."""
        fit = [person for person in self.people if self._stands(person).standing in standings]
        return (fit or self.people)[which % len(fit or self.people)]

    def _stands(self, person):
        found = known.round_of(self.round_id)
        return stands_of(found, masks.entered(person, self.round_id), self.market.stand.now)

    def _asked(self, work, cut):
        """As a client does whose connection was cut: the same request again."""
        cutting = Cutting(client(), cut)
        for module in ("model", "writes", "batch"):
            self.monkeypatch.setattr(f"nanhai.store.{module}.client", lambda: cutting)
        try:
            answer = work()
        except Killed:
            answer = work()
        cutting.spare()
        assert answer is None or answer.status in GRANTED_OR_REFUSED, answer.body
        return answer


def test_no_portion_is_made_lost_or_given_twice(durable, market, monkeypatch):
    Life.market, Life.monkeypatch = market, monkeypatch
    market.stand.duty(Role.TOWN_OFFICER, TOWN, staff_id=KEEPER)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            phases=[Phase.generate],
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
