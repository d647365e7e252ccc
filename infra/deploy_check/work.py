"""What time makes due, each made due beforehand: a draw, a case that nobody has taken, a batch whose hold is over."""

from __future__ import annotations

from nanhai.domain.actors import Actor, Role
from nanhai.domain.batches import Approver, State
from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.domain.identifiers import Instant, OrganisationId, PersonId, Scope, StaffId
from nanhai.domain.lottery import Entry
from nanhai.edge.call import Call
from nanhai.services import cases
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.masks import rounds, schemas
from nanhai.services.platform import platform
from nanhai.services.schemas import moment
from nanhai.store import batch_rows, batches, masks, notices
from nanhai.store.batch_rows import Row
from nanhai.store.batches import Batch
from nanhai.store.masks import Entered
from nanhai.store.writes import commit

from infra.deploy_check import events, planted, signed_in, stored
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.planted import Planted
from infra.deploy_check.report import Report, expect

EAST, PACKS = "EAST", 5
NEWS_MAX = 50
OVERDUE_S = 73 * HOUR_S  # a town has what its community has not settled in 72 hours


def done(report: Report, lambdas: Lambdas, there: Planted) -> None:
    community = planted.community(platform())
    with report.step("draw: a round that was closed is drawn to the last person told"):
        _draw(lambdas, there, community)
    with report.step("escalate: a case that nobody took in three days is its town's, too"):
        new = NewCase(CaseKind.VERIFY_YELLOW, community, "officer", there.named)
        commit(cases.opened(platform(), platform().now() - OVERDUE_S, new).writes)
        lambdas.invoke("casework", events.schedule("escalate"), "escalate")
        expect(lambdas.log("casework", "escalate").count('"event":"escalated","cases":1'), 1, "lines of one case")
    with report.step("effect: a batch whose hold is over becomes an order, the figures of the day are taken"):
        batch_id = _batch(there.named, community)
        lambdas.invoke("casework", events.schedule("effect"), "effect")
        held = batches.get(batch_id, platform().now())
        expect(held and held.state, State.DONE, "state of the batch")
        told = lambdas.ask("casework", "GET", "/figures")
        expect(told.status, 200, "status of the figures")
    with report.step("notify: whoever is ordered to stay at home has it by SMS at once"):
        _notify(lambdas, there.named)


def _notify(lambdas: Lambdas, person: PersonId) -> None:
    """All that the steps before had to tell; of these only the order is worth an SMS, and that by night, too."""
    told, _ = notices.page(person, platform().now(), NEWS_MAX)
    keys = [{"person_id": {"S": person}, "notice_id": {"S": one.notice_id}} for one in told]
    news = [events.change("notices", "INSERT", key, stored.item("notices", key)) for key in keys]
    expect(lambdas.invoke("identity", events.stream(*news), "notify"), {"batchItemFailures": []}, "answer")
    sent = '"event":"notice","channel":"sms","outcome":"sent"'
    expect(lambdas.log("identity", "notify").count(sent), 1, "SMS")


def _draw(lambdas: Lambdas, there: Planted, community: str) -> None:
    round_id = _round(community)
    entered = Entered(there.named, round_id, Entry("0" * 16, (EAST,)), platform().now(), there.named)
    commit(masks.enter(entered))
    listed = lambdas.ask("masks", "GET", "/rounds")
    expect([row["round_id"] for row in listed.json["rounds"]], [round_id], "rounds")
    token = signed_in.officer(Role.DISTRICT_COMMAND, platform().settings.district)
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "deploy-check-draw-01"}
    at = {"parameters": {"round_id": round_id}, "resource": "/rounds/{round_id}/draws"}
    begun = lambdas.ask("masks", "POST", f"/rounds/{round_id}/draws", body={}, headers=headers, **at)
    expect(begun.status, 202, f"status with {begun.body}")
    lambdas.invoke("masks", events.schedule("draw"), "draw")
    at["resource"] = "/rounds/{round_id}/draw"
    draw = lambdas.ask("masks", "GET", f"/rounds/{round_id}/draw", **at).json
    expect((draw["phase"], [row["point"] for row in draw["outcomes"]]), ("told", [EAST]), "the draw")


def _round(community: str) -> str:
    """One that opened three hours ago and closed an hour later: its masks can be fetched for three days."""
    opened = platform().now() - 3 * HOUR_S
    closed, ends = opened + HOUR_S, opened + 3 * DAY_S
    asked = schemas.CreateRound(
        title="deploy-check",
        opens_at=moment(opened),
        closes_at=moment(closed),
        reserve_by=moment(ends),
        windows=[schemas.NewWindow(moment(closed + HOUR_S), moment(ends))],
        points=[schemas.NewPoint(EAST, EAST, community, PACKS, 1)],
        packs_per_person=PACKS,
    )
    return rounds.create(platform(), _by_command(opened), asked).round_id


def _by_command(at: Instant) -> Call:
    actor = Actor(Role.DISTRICT_COMMAND, "check-command", Scope(platform().settings.district))
    return Call("round.create", at, actor, "zh-CN", {}, None, None, "deploy-check", "", "")


def _batch(person: PersonId, community: str) -> str:
    """Of one row, approved twice, held until a minute ago."""
    now = platform().now()
    batch_id, hold_ends_at = platform().new_ulid(now - HOUR_S), now - 60
    first, second = (
        Approver(f"check-{role.value}", f"office-{role.value}", role, now - 2_000 + number)
        for number, role in enumerate((Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND))
    )
    commit(batch_rows.put_rows(batch_id, [Row(0, person, community, "list 1, row 0")], now - HOUR_S))
    for write in (
        batches.propose(_proposed(batch_id, community, now - HOUR_S)),
        batches.approve_first(batch_id, first),
        batches.approve_second(batch_id, second, first, hold_ends_at),
    ):
        commit([write])
    return batch_id


def _proposed(batch_id: str, community: str, at: Instant) -> Batch:
    return Batch(
        batch_id,
        State.PROPOSED,
        due_at=at + DAY_S,
        division=community,
        kind="home",
        reason="close-contact",
        since=at,
        until=at + 14 * DAY_S,
        place="",
        legal_basis=planted.LEGAL_BASIS,
        proposed_by=StaffId("check-officer"),
        role=Role.COMMUNITY_OFFICER,
        organisation=OrganisationId(f"office-{community}"),
        proposed_at=at,
        size=1,
    )
