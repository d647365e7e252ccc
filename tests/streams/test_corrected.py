"""A day corrected by rows that reach over its midnights: what is known of the days beside it stays as it was."""

from __future__ import annotations

from nanhai.domain.days import HOUR_S, day_begins
from nanhai.services.trajectories import loads
from nanhai.services.trajectories.loads import Delivery
from nanhai.services.trajectories.naming import Name

from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import OPERATOR, tower
from tests.streams.sighted import candidates, phone_of, stays

HOME, AWAY = "T-001", "W-001"
ONE = phone_of(1)


def load(folder, now, sequence, days, rows) -> None:
    file, name = deliveries.text(folder / f"{sequence}.csv", rows), Name(OPERATOR, sequence, *days)
    loads.run(Delivery(name, file, "csv", "test"), now, folder / "parts", lambda *_: None)


def test_a_day_corrected_by_rows_over_both_midnights_leaves_the_days_beside_it(told, tmp_path):
    person, now, day = told.world.person(), told.world.now, told.today - 4
    told.link(ONE, person)
    deliveries.load_towers(now)
    begins, ends = day_begins(day), day_begins(day + 1)
    before, after = (begins - 24 * HOUR_S, begins), (ends, ends + 24 * HOUR_S)
    load(tmp_path, now, 1, (day - 1, day + 1), [(ONE, AWAY, *before), (ONE, HOME, begins, ends), (ONE, AWAY, *after)])
    told.indexed()
    beside = [stays(person), *(candidates(other, tower(AWAY).cell, now) for other in (day - 1, day + 1))]
    load(tmp_path, now, 2, (day, day), [(ONE, "T-002", begins - HOUR_S, ends + HOUR_S)])
    told.indexed()
    assert [stays(person), *(candidates(other, tower(AWAY).cell, now) for other in (day - 1, day + 1))] == beside
    assert len(beside[0]) == 2
    assert candidates(day, tower(HOME).cell, now) == set()
    assert candidates(day, tower("T-002").cell, now) == {(ONE, begins, ends)}
