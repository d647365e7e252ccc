"""What every Lambda function answers to an event of its kind: requests, stream records, messages, schedules."""

from __future__ import annotations

import re
from typing import Any

from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.days import local_day
from nanhai.domain.identifiers import GateId
from nanhai.services.platform import platform
from nanhai.services.sweep import segments
from nanhai.store import counters, jobs, notices, passes, people, quarantine, scans
from nanhai.store.scans import Sighting

from infra.deploy_check import applications, events, planted, signalling, stored, work
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.planted import Planted
from infra.deploy_check.report import Report, Unexpected, expect
from infra.deploy_check.trial import Trial

NONE_FAILED: dict[str, list[str]] = {"batchItemFailures": []}
SIGN_IN = {"phone": "+8613800138000", "purpose": "sign-in"}
KEY = {"idempotency-key": "deploy-check-0123456789"}


def given(report: Report, trial: Trial, lambdas: Lambdas) -> None:
    trial.become()
    with report.step("people planted: one with records that mean something, one with a poison record, one by name"):
        people_there = planted.plant()
    _requests(report, lambdas)
    _streams(report, lambdas, people_there)
    _others(report, trial, lambdas)
    applications.given(report, trial, lambdas, people_there)
    work.done(report, lambdas, people_there)
    signalling.told(report, trial, lambdas, people_there)


def _requests(report: Report, lambdas: Lambdas) -> None:
    with report.step("portal: GET /configuration is answered") as added:
        told = lambdas.ask("portal", "GET", "/configuration")
        expect(told.status, 200, "status")
        added.append(f"district {told.json['district']}")
    with report.step("portal: every file that its first page and modules need") as added:
        added.append(f"{_client(lambdas)} files")
    with report.step("identity: POST /codes sends a code") as added:
        sent = lambdas.ask("identity", "POST", "/codes", body=SIGN_IN, headers=KEY)
        expect(sent.status, 202, f"status with {sent.body}")
        added.append(f"challenge of {len(sent.json['challenge_id'])} characters")
    with report.step("identity: a malformed request is a problem with a code") as added:
        refused = lambdas.ask("identity", "POST", "/codes", body={"phone": 1}, headers=KEY)
        expect(refused.headers["content-type"].partition(";")[0], "application/problem+json", "media type")
        added.append(f"{refused.status} {refused.json['code']}")
    for name, method, path, resource in (("passes", "GET", "/me", "/{who}"), ("casework", "POST", "/results", "")):
        with report.step(f"{name}: {method} {path} asks for a sign-in first"):
            parameters = {"who": "me"} if resource else None
            asked = lambdas.ask(name, method, path, resource=resource, parameters=parameters)
            expect((asked.status, asked.json["code"]), (401, "edge.unauthenticated"), "answer")
    with report.step("checkpoints: GET /trust is signed"):
        trust = lambdas.ask("checkpoints", "GET", "/trust")
        expect(trust.status, 200, "status")


def _client(lambdas: Lambdas) -> int:
    """Follows the first page to its scripts and styles, and these to the modules they name."""
    todo, seen = [""], set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        folder, _, file = name.rpartition("/")
        resource = "/vendor/{name}" if folder else ("/{name}" if file else "/")
        got = lambdas.ask("portal", "GET", f"/{name}", resource=resource, parameters={"name": file} if file else None)
        expect(got.status, 200, f"status of /{name}")
        found = re.findall(r"""(?:src|href)="([^":#]+)"|(?:from|import\()\s*"(\.[^"]+)\"""", got.body)
        todo += [_joined(folder, page or module) for page, module in found]
    return len(seen)


def _joined(folder: str, named: str) -> str:
    plain = named.removeprefix("./").removeprefix("/")
    return f"{folder}/{plain}" if folder else plain


def _streams(report: Report, lambdas: Lambdas, there: Planted) -> None:
    with report.step("recolour: a good record, a person with a poison record, a malformed record") as added:
        head = {"sk": {"S": people.HEAD}}
        good, poison = ({"person_id": {"S": person}, **head} for person in (there.good, there.poison))
        records = [events.change("people", "MODIFY", keys) for keys in (poison, good, {"sk": {"S": people.HEAD}})]
        expect(lambdas.invoke("passes", events.stream(*records), "recolour"), NONE_FAILED, "answer")
        expect(passes.one(there.poison)[1], None, "a pass for the poison record")
        expect(_colour(there), Colour.GREEN, "colour of the good one")
        kept, _ = quarantine.page("people", 10, platform().now())
        expect(sorted(row.why for row in kept), ["Poison", "Poison"], "quarantine")
        expect(lambdas.log("passes", "recolour").count('"event":"quarantined"'), 2, "lines for the alarm")
        added.append("pass written, two set aside, none to come again")
    with report.step("follow: the new pass is told, audited and counted"):
        image = stored.item("passes", {"person_id": {"S": there.good}, "sk": {"S": passes.NOW}})
        keys = {name: image[name] for name in ("person_id", "sk")}
        told = events.stream(events.change("passes", "INSERT", keys, image))
        expect(lambdas.invoke("passes", told, "follow"), NONE_FAILED, "answer")
        counted = counters.counted(there.good)
        expect(counted and counted.colour, Colour.GREEN, "counted as")
    with report.step("notify: the news of the pass is looked at, with nobody to send it to"):
        (news,), _ = notices.page(there.good, platform().now(), 1)
        keys = {"person_id": {"S": there.good}, "notice_id": {"S": news.notice_id}}
        told = events.stream(events.change("notices", "INSERT", keys, stored.item("notices", keys)))
        expect(lambdas.invoke("identity", told, "notify"), NONE_FAILED, "answer")
        lambdas.invoke("identity", events.schedule("morning"), "morning")
    with report.step("count: a sighting is counted at its gate"):
        expect(lambdas.invoke("checkpoints", events.stream(_sighting()), "count"), NONE_FAILED, "answer")
        expect(counters.at_gate("gate", local_day(platform().now())), {Verdict.ADMIT.value: 1}, "counted")


def _others(report: Report, trial: Trial, lambdas: Lambdas) -> None:
    with report.step("sweep: a segment of the population is worked through") as added:
        job = segments.sweep(platform(), "deploy-check")
        answer = lambdas.invoke("passes", events.queue("sweep", *_messages(trial)), "sweep")
        expect(answer, NONE_FAILED, "answer")
        done = jobs.get(job, platform().now())
        finished = sum(segment.finished for segment in done[1]) if done else 0
        if not finished:
            raise Unexpected("no segment was finished")
        added.append(f"{finished} segments finished")
    with report.step("review: the schedule's event"):
        lambdas.invoke("passes", events.schedule("review"), "review")
        expect(jobs.last_run("policy-in-force") is not None, True, "the policy in force was remembered")
    with report.step("rotate: the night's event"):
        lambdas.invoke("passes", events.schedule("rotate"), "rotate")


def _colour(there: Planted) -> Colour | None:
    found = passes.one(there.good)[1]
    return None if found is None else found.timeline.at(platform().now()).colour


def _sighting() -> dict[str, Any]:
    """The stream record of a scan that was really noted."""
    now = platform().now()
    slot, pseudonym = now - now % 30, bytes(8)
    scans.note(pseudonym, slot, Sighting(now, GateId("gate"), Verdict.ADMIT, Colour.GREEN, online=True), now)
    keys = {"day_pseudonym": {"S": f"{local_day(slot)}#{pseudonym.hex()}"}, "slot": {"N": str(slot)}}
    return events.change("scans", "INSERT", keys, stored.item("scans", keys))


def _messages(trial: Trial) -> list[dict[str, Any]]:
    queue = platform().settings.sweep_queue_url
    answer = trial.target().client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=2)
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    if not messages:
        raise Unexpected("no segment was asked for")
    return messages
