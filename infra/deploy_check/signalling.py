"""Trajectories: a delivery from the bucket to the person-days, a batch of the feed, what follows, a lookup, a query."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, HOUR_S, day_begins, local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Stay
from nanhai.domain.sightings import pack, revision
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.identity import codes
from nanhai.services.platform import platform
from nanhai.services.schemas import moment
from nanhai.services.trajectories import towers
from nanhai.services.trajectories.lookup_schemas import PURPOSE
from nanhai.services.trajectories.naming import Name
from nanhai.services.trajectories.phones import pseudonym
from nanhai.services.trajectories.towers import Tower, cell_of
from nanhai.store import loads, people, presence, sightings
from nanhai.store.sightings import PersonDay
from nanhai.store.writes import commit

from infra.deploy_check import events, planted, signed_in, stored
from infra.deploy_check.applications import Desk
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.planted import PHONE, Planted
from infra.deploy_check.report import Report, Unexpected, expect
from infra.deploy_check.trial import Trial

OPERATOR, OTHER = "china-mobile", "+8613700000002"
HOME = Tower("HOME", cell_of(113.15, 23.03), 440605)
AWAY = Tower("AWAY", cell_of(114.30, 30.60), 420106)
MESSAGES_MAX = 20
NONE_FAILED: dict[str, list[str]] = {"batchItemFailures": []}
PDF = "application/pdf"


def told(report: Report, trial: Trial, lambdas: Lambdas, there: Planted) -> None:
    community, here = planted.community(platform()), platform()
    desk = Desk(trial, lambdas, community, signed_in.officer(Role.COMMUNITY_OFFICER, community, "signalling"))
    theirs, other, now = pseudonym(here, PHONE), pseudonym(here, OTHER), here.now()
    with report.step("trajectories: towers are loaded, two people are known by their phones"):
        towers.load(OPERATOR, [HOME, AWAY], now)
        commit([sightings.link(theirs, there.named, now)])
        commit(
            [*here.new_profile_writes(there.good, planted.profile(here, OTHER)), sightings.link(other, there.good, now)]
        )
    with report.step(
        "ingest: the bucket tells the queue of a delivery, it is staged, and its part is written"
    ) as added:
        name = Name(OPERATOR, 1, local_day(now) - 14, local_day(now) - 1)
        _put(trial, name.key("csv"), _delivery(theirs, other, now))
        added.append(f"{_worked_off(trial, lambdas)} messages, {_loaded()} person-days")
        expect(_files(trial), [], "files left in the bucket")
    with report.step("trajectories: a department's feed corrects a day") as added:
        added.append(f"{_corrected(desk, theirs, now)} person-day of a later revision")
    with report.step("index: postings, and the stay of whoever is known"):
        _indexed(lambdas, there, now)
    _by_the_holder(report, desk, now)
    _by_two(report, desk, there)
    with report.step("forget: a day that may be kept no longer is dropped"):
        old = local_day(now) - 20
        sightings.write([PersonDay(other, old, revision(1, 1), pack(old, []), now)])
        lambdas.invoke("trajectories", events.schedule("forget"), "forget")
        expect('"table":"sightings","items":1}' in lambdas.log("trajectories", "forget"), True, "a line of one item")
        expect([row for row in stored.items("sightings") if row["row"]["S"].startswith(_row(old))], [], "items left")


# what an operator delivers


def _delivery(theirs: str, other: str, now: Instant) -> bytes:
    """The phone at home for twenty hours of each of fourteen days; another one there for three hours of one."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("phone", "tower", "from", "to"))
    for number in range(1, 15):
        begins = _begins(now, number)
        rows.writerow((theirs, HOME.name, begins, begins + 20 * HOUR_S))
    rows.writerow((other, HOME.name, _begins(now, 3) + 9 * HOUR_S, _begins(now, 3) + 12 * HOUR_S))
    return text.getvalue().encode()


def _begins(now: Instant, days_ago: int) -> Instant:
    return day_begins(local_day(now) - days_ago)


def _put(trial: Trial, key: str, held: bytes) -> None:
    trial.target().client("s3").put_object(Bucket=_bucket(), Key=key, Body=held)


def _files(trial: Trial) -> list[str]:
    found = trial.target().client("s3").list_objects_v2(Bucket=_bucket()).get("Contents", ())
    return [row["Key"] for row in found]


def _bucket() -> str:
    return platform().settings.signalling.removeprefix("s3:")


def _worked_off(trial: Trial, lambdas: Lambdas) -> int:
    """Messages one by one, as the queue gives them to the function, until there are none; how many that were."""
    sqs, url = trial.target().client("sqs"), platform().settings.ingest_queue_url
    for number in range(MESSAGES_MAX):
        messages: Sequence[Mapping[str, Any]] = sqs.receive_message(QueueUrl=url).get("Messages", ())
        if not messages:
            return number
        answer = lambdas.invoke("trajectories", events.queue("ingest", *messages), "ingest")
        expect(answer, NONE_FAILED, f"answer to {messages[0]['Body'][:200]}")
        sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
    raise Unexpected(f"more than {MESSAGES_MAX} messages")


def _loaded() -> int:
    load = loads.get(OPERATOR, 1)
    if load is None or load.staged is None:
        raise Unexpected("the delivery was not begun")
    done = loads.finished(load)
    expect(len(done), load.staged.parts, "parts finished")
    expect(sum(sum(part.rejected.values()) for part in done.values()), 0, "rows refused")
    expect(sum(part.days for part in done.values()), 15, "person-days")
    return 15


def _corrected(desk: Desk, theirs: str, now: Instant) -> int:
    """The fifth day ago was spent in Wuhan."""
    begins = _begins(now, 5)
    row = {"phone": theirs, "tower": AWAY.name, "from": _told(begins), "to": _told(begins + DAY_S)}
    feed = signed_in.officer(Role.DEPARTMENT_FEED, platform().settings.district, organisation=OPERATOR)
    day = sightings.date_of(local_day(begins))
    body = {"operator": OPERATOR, "sequence": 2, "first": day, "last": day, "rows": [row]}
    answer = desk.ask("trajectories", "POST", "/sightings", feed, body=body)
    return int(answer["person_days"])


def _told(at: Instant) -> str:
    return moment(at).isoformat()


# what follows


def _indexed(lambdas: Lambdas, there: Planted, now: Instant) -> None:
    """Everything that was written comes by the stream, as it would."""
    news = list(_news())
    expect(len(news), 18, "items in the table: fifteen days, one corrected, two links")
    expect(lambdas.invoke("trajectories", events.stream(*news), "index"), NONE_FAILED, "answer")
    head = people.head(there.named)
    stays = [record.fact for record in people.facts_of(head) if isinstance(record.fact, Stay)] if head else []
    away = _begins(now, 5)
    expect([(stay.region, stay.since, stay.until) for stay in stays], [("4201", away, away + DAY_S)], "stays")
    expect(len(presence.around(local_day(away), AWAY.cell, now)), 1, "segments of the cell on that day")


def _news() -> Iterator[events.Event]:
    for image in stored.items("sightings"):
        keys = {name: image[name] for name in ("phone", "row")}
        yield events.change("sightings", "INSERT", keys, _as_streamed(image))


def _as_streamed(image: events.Event) -> events.Event:
    """Lambda gives binary values in base64."""
    return {
        name: {kind: b64encode(held).decode() if kind == "B" else held for kind, held in value.items()}
        for name, value in image.items()
    }


def _row(day: int) -> str:
    return f"day#{sightings.date_of(day)}"


# who looks


def _by_the_holder(report: Report, desk: Desk, now: Instant) -> None:
    with report.step("trajectories: a code is sent, and another one opens a lookup of fourteen days") as added:
        desk.ask("trajectories", "POST", "/codes", body={"phone": PHONE})
        found = desk.ask("trajectories", "POST", "/lookups", body=_known_code())
        there = {day["day"]: [city["code"] for city in day["cities"]] for day in found["days"]}
        expect(len(there), 14, "days")
        expect(there[sightings.date_of(local_day(now) - 5)], ["4201"], "cities of the corrected day")
        added.append(f"{len(found['certificate'])} characters of certificate")
    with report.step("trajectories, checkpoints: the certificate as a document, and it holds at a gate") as added:
        asked = {"certificate": found["certificate"]}
        drawn = desk.answer("trajectories", "POST", "/certificates", accept=PDF, body=asked)
        expect((drawn.headers["content-type"], drawn.content[:4]), (PDF, b"%PDF"), "the document")
        expect(desk.ask("checkpoints", "POST", "/certificates", body=asked)["valid"], True, "valid")
        added.append(f"{len(drawn.content):,} bytes")


def _known_code() -> dict[str, str]:
    """A code that no SMS has carried: what moto is sent, nobody can read."""
    here = platform()
    challenge, code = codes.fresh(here)
    commit([codes.kept(here, challenge, PHONE, PURPOSE, code, here.now())])
    return {"phone": PHONE, "challenge_id": challenge, "code": code}


def _by_two(report: Report, desk: Desk, there: Planted) -> None:
    district = platform().settings.district
    first, second = (signed_in.officer(Role.HEALTH_AUTHORITY, district, name) for name in ("asking", "deciding"))
    with report.step(
        "trajectories: one officer asks who was together, another one decides, the answer is read"
    ) as added:
        path = _asked(desk, there, first)
        at: dict[str, Any] = {
            "parameters": {"request_id": path.rsplit("/", 1)[-1]},
            "resource": "/co-presences/{request_id}",
        }
        deciding = at | {"resource": f"{at['resource']}/decisions", "body": {"decision": "approve"}}
        decided = desk.ask("trajectories", "POST", f"{path}/decisions", second, **deciding)
        expect((decided["met"], decided["registered"]), (1, 1), "met and registered")
        (phone,) = desk.ask("trajectories", "GET", path, first, **at)["phones"]
        expect([meeting["minutes"] for meeting in phone["meetings"]], [180], "minutes together")
        expect(phone["pseudonym"] != pseudonym(platform(), OTHER), True, "a pseudonym of this answer alone")
        added.append("one phone, three hours")
    with report.step("reviews: whoever is known of those met is a case of their community"):
        desk.lambdas.invoke("trajectories", events.schedule("reviews"), "reviews")
        told = desk.ask("trajectories", "GET", path, first, **at)
        expect(told["state"], "answered", "state")
        kinds = [case["kind"] for case in desk.ask("casework", "GET", "/cases", desk.officer)["cases"]]
        expect(kinds.count("co-presence-review"), 1, "reviews")


def _asked(desk: Desk, there: Planted, officer: str) -> str:
    """The path of the question, on account of a case of somebody who is yellow."""
    new = NewCase(CaseKind.VERIFY_YELLOW, desk.community, "officer", there.named)
    opened = cases.opened(platform(), platform().now(), new)
    commit(opened.writes)
    body = {
        "case_id": opened.case_id,
        "days": 14,
        "purpose": "contact-tracing",
        "legal_basis": planted.LEGAL_BASIS,
    }
    asked = desk.ask("trajectories", "POST", "/co-presences", officer, body=body)
    return f"/co-presences/{asked['request_id']}"
