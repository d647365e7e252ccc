"""On the durable engine: one of two officers wins, and one key opens one case, however many ask at once."""

from __future__ import annotations

import pytest
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.store import casefiles, keys
from nanhai.store.writes import commit

from tests.functions.casework.work import assign, opened, read, step, version
from tests.functions.checkpoints.stand import HERE
from tests.store.builders import together

pytestmark = pytest.mark.usefixtures("durable")


def new(person=None, **more) -> NewCase:
    return NewCase(CaseKind.VERIFY_YELLOW, HERE, "record:1", person, **{"summary": "of the stream", "key": "k"} | more)


def test_of_many_steps_on_one_version_one_is_taken_and_the_others_are_told(stand, community):
    case_id = opened(stand)
    known = version(stand, case_id)
    answers = together(8, lambda n: step(stand, community, case_id, "called", at_version=known, note=f"{n}"))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert {answer.code for answer in answers if answer.status == 409} <= {
        "casework.case-changed",
        "edge.still-running",
    }
    assert len(casefiles.get(case_id, stand.now).steps) == 2


def test_a_step_and_an_assignment_at_once_lose_neither(stand, community):
    case_id = opened(stand)
    known = version(stand, case_id)
    answers = together(
        2,
        lambda n: (
            assign(stand, community, case_id, "officer-1")
            if n
            else step(stand, community, case_id, "called", at_version=known)
        ),
    )
    taken = [answer for answer in answers if answer.status == 200]
    assert len(casefiles.get(case_id, stand.now).steps) == 1 + len(taken)


@pytest.mark.parametrize("about", ["a person", "nobody"])
def test_one_key_opens_one_case_however_many_ask_at_once(stand, community, about):
    person = stand.person(name="陈小明") if about == "a person" else None
    made = [cases.opened(stand.here, stand.now, new(person)) for _ in range(6)]
    assert len({one.case_id for one in made}) == 1
    together(6, lambda n: commit(made[n].writes))
    case = read(stand, community, made[0].case_id)
    assert (case["case"]["version"], case["summary"], len(case["steps"])) == (1, "of the stream", 1)


def test_the_same_key_later_writes_nothing_and_takes_back_no_step(stand, community):
    first = cases.opened(stand.here, stand.now, new())
    commit(first.writes)
    step(stand, community, first.case_id, "visited")
    again = cases.opened(stand.here, stand.now + 60, new())
    assert (again.case_id, again.writes) == (first.case_id, ())
    commit(first.writes)  # a transaction that was made before, and comes late
    assert [s["code"] for s in read(stand, community, first.case_id)["steps"]] == ["opened", "visited"]


def test_other_keys_and_no_key_open_other_cases(stand):
    ids = [cases.opened(stand.here, stand.now, new(key=key)).case_id for key in ("a", "b", "", "")]
    assert len(set(ids)) == 4
    assert all(len(case_id) == 26 for case_id in ids)


def test_a_case_about_nobody_has_a_data_key_of_its_own(stand):
    made = cases.opened(stand.here, stand.now, new(key=""))
    assert len(made.writes) <= 3
    commit(made.writes)
    assert keys.wrapped(f"case#{made.case_id}") is not None
