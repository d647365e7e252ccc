"""What a holder was told, how many passes have which colour, and what the audit says of everybody."""

from __future__ import annotations

from datetime import UTC, datetime

from nanhai.domain.actors import Role
from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.identifiers import PersonId
from nanhai.store import audit, counters, notices
from nanhai.store.audit import AuditEntry
from nanhai.store.counters import Counted
from nanhai.store.notices import KEPT_S, Notice
from nanhai.store.writes import send
from nanhai.texts import LANGUAGES, text

from tests.functions.identity.world import CHILD, HE, HUANG, TOWN

OTHER_TOWN = "440605121"


def tell(world, phone, number: int, colour: Colour, *reasons: str) -> None:
    at = world.now + number
    send([notices.tell(phone.tokens["person_id"], Notice(f"{at:012d}", at, colour, at, at + 60, reasons))])


def count(town: str, colour: Colour, people: int) -> None:
    for number in range(people):
        counters.count(PersonId(f"{town}{colour}{number}"), Counted(town, colour, (1, 1, 1)))


def test_notices_are_told_in_the_readers_language(world):
    phone = world.registered(HUANG)
    tell(world, phone, 0, Colour.YELLOW, "fever", "identity-link")
    for language in LANGUAGES:
        (notice,) = phone.ask("GET", "/me/notices", headers={"Accept-Language": language}).json["notices"]
        assert (notice["colour"], notice["word"]) == ("yellow", text("colour.yellow", language))
        assert notice["reasons"] == [
            {"code": kind, "text": text(f"finding.{kind}", language)} for kind in ("fever", "identity-link")
        ]
        assert notice["since"] == notice["at"]


def test_a_guardian_reads_what_was_told_of_a_dependants_pass_and_nobody_elses(world):
    guardian = world.registered(HUANG)
    child = guardian.add(CHILD, until="2020-06-24T10:30:00Z").json["person_id"]
    send([notices.tell(child, Notice("1", world.now, Colour.YELLOW, world.now, None, ("fever",)))])
    officer = world.on_duty()
    assert officer.ask("GET", f"/persons/{child}?purpose=desk-help").status == 200
    (told,) = guardian.ask("GET", f"/{child}/notices").json["notices"]
    (seen,) = guardian.ask("GET", f"/{child}/access-log").json["entries"]
    assert (told["colour"], seen["staff_id"]) == ("yellow", officer.staff_id)
    assert guardian.ask("GET", "/me/notices").json["notices"] == []
    stranger = world.registered(HE)
    own = stranger.tokens["person_id"]
    for what in ("notices", "access-log"):
        assert stranger.ask("GET", f"/{child}/{what}").status == 404
        assert guardian.ask("GET", f"/{own}/{what}").status == 404
    world.pass_time(1_800)
    guardian.tokens |= guardian.refresh().json
    assert guardian.ask("GET", f"/{child}/notices").status == 404


def test_notices_come_newest_first_and_page_by_page(world):
    phone = world.registered(HUANG)
    for number, colour in enumerate((Colour.GREEN, Colour.YELLOW, Colour.RED)):
        tell(world, phone, number, colour)
    first = phone.ask("GET", "/me/notices?limit=2").json
    second = phone.ask("GET", f"/me/notices?limit=2&cursor={first['next']}").json
    assert [notice["colour"] for notice in first["notices"]] == ["red", "yellow"]
    assert ([notice["colour"] for notice in second["notices"]], second["next"]) == (["green"], None)


def test_a_notice_is_told_for_ninety_days_and_to_its_holder_only(world):
    phone = world.registered(HUANG)
    tell(world, phone, 0, Colour.GREEN)
    assert world.registered(HE).ask("GET", "/me/notices").json == {"notices": [], "next": None}
    world.pass_time(KEPT_S)
    phone.sign_in()
    assert phone.ask("GET", "/me/notices").json["notices"] == []


def test_passes_are_counted_by_town_and_colour_and_a_handful_is_not_told(world):
    count(TOWN, Colour.GREEN, 12)
    count(TOWN, Colour.RED, 9)
    count(OTHER_TOWN, Colour.GREEN, 10)
    given = world.on_duty(Role.DISTRICT_COMMAND).ask("GET", "/counters").json
    towns = {town["code"]: town["colours"] for town in given["towns"]}
    assert len(towns) == 7
    assert towns[TOWN] == {"green": 12, "blue": 0, "yellow": 0, "red": None, "none": 0}
    assert towns[OTHER_TOWN]["green"] == 10


def test_who_sees_a_town_sees_its_counts_and_no_others(world):
    expected = {Role.COMMUNITY_OFFICER: (0, []), Role.TOWN_OFFICER: (1, [TOWN]), Role.HEALTH_AUTHORITY: (7, [TOWN])}
    for role, (number, first) in expected.items():
        codes = [town["code"] for town in world.on_duty(role).ask("GET", "/counters").json["towns"]]
        assert (len(codes), codes[:1]) == (number, first), role


def appended(world, entries: int) -> tuple[str, int]:
    """The day and the one chain that hold so many entries."""
    made = [
        AuditEntry(actor="a", role="r", operation="o", subject=f"s{n}", outcome="asked", correlation_id="c")
        for n in range(entries)
    ]
    audit.append(made, world.now)
    ((chain, _),) = audit.heads(local_day(world.now)).items()
    return "2020-06-24", int(chain.split("#")[1])


def test_an_auditor_reads_a_chain_page_by_page_and_can_check_it(world):
    day, shard = appended(world, 5)
    auditor = world.on_duty(Role.AUDITOR)
    entries, cursor = [], ""
    for _ in range(3):
        page = auditor.ask("GET", f"/audit?day={day}&shard={shard}&limit=2{cursor}").json
        entries += page["entries"]
        cursor = f"&cursor={page['next']}"
    told = [
        audit.Chained(
            page["chain"],
            entry.pop("sequence"),
            int(datetime.fromisoformat(entry.pop("at")).astimezone(UTC).timestamp()),
            hash=entry.pop("hash"),
            entry=AuditEntry(**entry),
        )
        for entry in entries
    ]
    assert [entry.entry.subject for entry in told][:5] == [f"s{n}" for n in range(5)]
    assert audit.broken(told) is None
    assert audit.broken([told[0], *told[2:]]) == 2


def test_reading_the_audit_is_audited(world):
    auditor = world.on_duty(Role.AUDITOR)
    assert auditor.ask("GET", "/audit?day=2020-06-24&shard=0").status == 200
    rows = [row for row in world.rows("audit") if row["operation"]["S"] == "audit.read"]
    assert [(row["actor"]["S"], row["outcome"]["S"]) for row in rows] == [(auditor.staff_id, "answered")]


def test_the_auditor_of_another_district_reads_nothing(world):
    given = world.on_duty(Role.AUDITOR, "440604").ask("GET", "/audit?day=2020-06-24&shard=0")
    assert (given.status, given.code) == (404, "absent")


def test_a_chain_is_named_by_day_and_shard(world):
    auditor = world.on_duty(Role.AUDITOR)
    for query in ("", "day=2020-06-24", "day=today&shard=1", "day=2020-06-24&shard=16", "day=2020-06-24&shard=-1"):
        assert auditor.ask("GET", f"/audit?{query}").status == 400, query
