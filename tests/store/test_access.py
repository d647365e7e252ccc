"""Challenges, sessions, limits and staff: what is used once is used once, and what has ended is not there."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.store import lookups, sessions, staff
from nanhai.store.sessions import TRIES_PER_CHALLENGE_MAX, Session
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import commit

from tests.store.builders import NOW, refusal

SESSION = Session("s1", "", "citizen", "citizen", "phone", "device", "refresh-1", NOW + 60)
STAFF = StaffRecord(
    staff_id="staff-1",
    role=Role.COMMUNITY_OFFICER,
    scope="440605001001",
    organisation="org-1",
    organisation_kind="community",
    gate=None,
    password_hash="$argon2id$",
    totp_sealed=b"sealed",
    device="",
    active=True,
)


def test_a_challenge_has_five_tries_and_is_used_once(aws):
    commit([sessions.put_challenge("c1", "digest", NOW + 300)])
    assert refusal(sessions.put_challenge("c1", "other", NOW + 300)) == ("challenge",)
    assert [sessions.try_challenge("c1", NOW) for _ in range(7)] == ["digest"] * TRIES_PER_CHALLENGE_MAX + [None] * 2
    assert [refusal(sessions.use_challenge("c1")) for _ in range(2)] == [(), ("challenge",)]
    assert sessions.try_challenge("c1", NOW) is None


@pytest.mark.parametrize(("after_s", "digest"), [(299, "digest"), (300, None), (10**6, None)])
def test_a_challenge_ends_at_its_second(aws, after_s, digest):
    commit([sessions.put_challenge("c1", "digest", NOW + 300)])
    assert sessions.try_challenge("c1", NOW + after_s) == digest
    assert sessions.try_challenge("another", NOW) is None


def test_a_session_lasts_until_it_ends_or_is_closed(aws):
    commit([sessions.open_session(SESSION)])
    assert refusal(sessions.open_session(SESSION)) == ("session",)
    assert [sessions.session("s1", NOW + s) for s in (0, 59, 60, 10**6)] == [SESSION, SESSION, None, None]
    assert sessions.session("s2", NOW) is None
    sessions.close_session("s1")
    sessions.close_session("s1")
    assert sessions.session("s1", NOW) is None


def test_a_refresh_token_is_good_until_the_next_one(aws):
    commit([sessions.open_session(SESSION)])
    commit([sessions.rotate("s1", "refresh-1", "refresh-2")])
    assert refusal(sessions.rotate("s1", "refresh-1", "refresh-3")) == ("refresh",)
    assert sessions.session("s1", NOW).refresh == "refresh-2"
    sessions.close_session("s1")
    assert refusal(sessions.rotate("s1", "refresh-2", "refresh-3")) == ("refresh",)
    assert sessions.session("s1", NOW) is None


def test_a_session_becomes_somebodys_once(aws):
    commit([sessions.open_session(SESSION)])
    outcomes = [refusal(sessions.belongs_to("s1", person)) for person in ("p1", "p2")]
    assert (outcomes, sessions.session("s1", NOW).subject) == ([(), ("session",)], "p1")
    assert refusal(sessions.belongs_to("s2", "p1")) == ("session",)


def test_a_limit_holds_for_its_window_and_says_how_long(aws):
    begin = NOW - NOW % 600
    assert [sessions.hit("code", 3, 600, begin + s) for s in (0, 1, 599, 599, 10)] == [None, None, None, 1, 590]
    assert sessions.full("code", 3, 600, begin + 599) == 1
    assert sessions.full("code", 4, 600, begin + 599) is None
    assert sessions.hit("code", 3, 600, begin + 600) is None
    assert sessions.full("another", 1, 600, begin) is None


@pytest.mark.parametrize("gate", [None, "GATE1"])
def test_a_member_of_staff_is_appointed_once_and_read_as_appointed(aws, gate):
    from msgspec.structs import replace

    new = replace(STAFF, gate=gate)
    commit([staff.appoint(new)])
    assert refusal(staff.appoint(STAFF)) == ("staff",)
    assert (staff.get("staff-1"), staff.get("staff-2")) == (new, None)
    assert "argon2" not in repr(new)
    assert "sealed" not in repr(new).replace("totp_sealed", "")


def test_the_blind_index_of_a_members_id_number_is_kept_and_older_rows_have_none(aws):
    from msgspec.structs import replace

    commit([staff.appoint(replace(STAFF, id_index="index")), staff.appoint(replace(STAFF, staff_id="staff-2"))])
    assert [staff.get(who).id_index for who in ("staff-1", "staff-2")] == ["index", ""]


def test_the_staff_are_listed_page_by_page(aws):
    from msgspec.structs import replace

    several = [replace(STAFF, staff_id=f"staff-{number}", active=number > 0) for number in range(5)]
    commit([staff.appoint(new) for new in several])
    found, start = staff.page(2)
    while start is not None:
        more, start = staff.page(2, start)
        found += more
    assert sorted(found, key=lambda record: record.staff_id) == several


def test_a_claim_is_released_by_its_owner_only(aws):
    commit([lookups.claim("index", "one", "staff")])
    assert refusal(lookups.release("index", "other")) == ("claim",)
    commit([lookups.release("index", "one")])
    commit([lookups.claim("index", "other", "staff")])


@pytest.mark.parametrize(
    ("step", "device", "refused"),
    [(8, "d1", ()), (7, "d1", ("step",)), (6, "d1", ("step",)), (8, "d2", ("step",)), (8, "", ("step",))],
)
def test_a_one_time_code_is_used_once_and_on_the_bound_device(aws, step, device, refused):
    commit([staff.appoint(STAFF)])
    commit([staff.use_step("staff-1", 7, "d1")])
    assert refusal(staff.use_step("staff-1", step, device)) == refused
    assert staff.get("staff-1").device == "d1"


def test_unbound_the_next_sign_in_binds_another_device(aws):
    commit([staff.appoint(STAFF)])
    commit([staff.use_step("staff-1", 7, "d1")])
    commit([staff.unbind("staff-1")])
    assert refusal(staff.use_step("staff-1", 7, "d2")) == ("step",)
    commit([staff.use_step("staff-1", 8, "d2")])
    assert staff.get("staff-1").device == "d2"


def test_whoever_is_dismissed_signs_in_no_more(aws):
    commit([staff.appoint(STAFF)])
    commit([staff.dismiss("staff-1")])
    assert not staff.get("staff-1").active
    assert refusal(staff.use_step("staff-1", 7, "d1")) == ("step",)
    nobody = [staff.dismiss("nobody"), staff.unbind("nobody"), staff.use_step("nobody", 1, "d")]
    assert [refusal(write) for write in nobody] == [("staff",), ("staff",), ("step",)]
    assert staff.get("nobody") is None
