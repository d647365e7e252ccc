"""Who may do what, and how far they may see: one table, one question before every answer.

`MATRIX` is the whole of it. A role that is not named for an operation may not do it. How far a role reaches is a
rule on the actor's scope, which comes from the server's own staff record and is a prefix of what it may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from nanhai.domain.actors import Actor, Role
from nanhai.domain.errors import Absent, Forbidden, Refusal


class ScopeRule(StrEnum):
    PUBLIC = "public"  # nobody is asked who they are
    SESSION = "session"  # anyone signed in, registered or not
    OWN = "own"  # a registered person, for themselves and their dependants
    GATE = "gate"  # the gate in the staff record
    COMMUNITY = "community"
    TOWN = "town"
    DISTRICT = "district"


class Unauthenticated(Refusal):
    """Signing in comes first."""

    code = "edge.unauthenticated"
    kind = "unauthenticated"


class NotAllowed(Forbidden):
    """The role may not do this, wherever."""

    code = "edge.forbidden"


class NotRegistered(Forbidden):
    """Signed in, but not registered yet: there is no person to do it for."""

    code = "edge.not-registered"


_PUBLIC = dict.fromkeys(Role, ScopeRule.PUBLIC)
_SIGNED_IN: dict[Role, ScopeRule] = {role: ScopeRule.SESSION for role in Role if role is not Role.ANONYMOUS}
_CITIZEN = {Role.CITIZEN: ScopeRule.OWN}
_GUARD = {Role.GUARD: ScopeRule.GATE}
_LOCAL = {Role.COMMUNITY_OFFICER: ScopeRule.COMMUNITY, Role.TOWN_OFFICER: ScopeRule.TOWN}
_COMMAND = {Role.DISTRICT_COMMAND: ScopeRule.DISTRICT}
_HEALTH = {Role.HEALTH_AUTHORITY: ScopeRule.DISTRICT}
_HOSPITAL = {Role.HOSPITAL: ScopeRule.DISTRICT}
_AUDITOR = {Role.AUDITOR: ScopeRule.DISTRICT}
_TOWN = {Role.TOWN_OFFICER: ScopeRule.TOWN}
_FEED = {Role.DEPARTMENT_FEED: ScopeRule.DISTRICT}
_ENTERPRISE = {Role.ENTERPRISE: ScopeRule.OWN}

MATRIX: Mapping[str, Mapping[Role, ScopeRule]] = {
    # before anyone has signed in
    "client.read": _PUBLIC,
    "config.read": _PUBLIC,
    "openapi.read": _PUBLIC,
    "policy.read": _PUBLIC,
    "trust.read": _PUBLIC,
    "code.send": _PUBLIC,
    "session.open": _PUBLIC,
    "session.refresh": _PUBLIC,
    "staff.session.open": _PUBLIC,
    "division.read": _PUBLIC,
    "address.find": _PUBLIC,
    "triage.table": _PUBLIC,
    "triage.check": _PUBLIC,
    "photo.offer": _PUBLIC,
    "report.write-anonymous": _PUBLIC,
    "report.follow": _PUBLIC,
    "report.answer": _PUBLIC,
    "enterprise.code.send": _PUBLIC,
    "enterprise.session.open": _PUBLIC,
    "round.read": _PUBLIC,
    "draw.read": _PUBLIC,
    "figures.read": _PUBLIC,
    "trajectory.code": _PUBLIC,
    "trajectory.lookup": _PUBLIC,
    "certificate.render": _PUBLIC,
    "certificate.check": _PUBLIC,
    # one's own
    "session.close": _SIGNED_IN,
    "person.register": {Role.CITIZEN: ScopeRule.SESSION},
    "me.read": _CITIZEN,
    "dependant.add": _CITIZEN,
    "access-log.read": _CITIZEN,
    "notice.read": _CITIZEN,
    "pass.apply": _CITIZEN,
    "pass.show": _CITIZEN,
    "pass.tokens": _CITIZEN,
    "pass.explain": _CITIZEN,
    "pass.history": _CITIZEN,
    "pass.declare": _CITIZEN,
    "pass.paper": _CITIZEN,
    "pass.qr": _CITIZEN,
    "channel.link": _CITIZEN,
    "report.write": _CITIZEN,
    "help.ask": _CITIZEN,
    "help.read": _CITIZEN,
    "arrival.write": _CITIZEN,
    "case.mine": _CITIZEN,
    "appeal.write": _CITIZEN,
    "appeal.mine": _CITIZEN,
    "employment.read": _CITIZEN,
    "employment.answer": _CITIZEN,
    "checkin.write": _CITIZEN,
    "round.enter": _CITIZEN,
    "entry.read": _CITIZEN,
    "entry.reserve": _CITIZEN,
    # an enterprise's own
    "filing.write": _ENTERPRISE,
    "filing.read": _ENTERPRISE,
    "roster.file": _ENTERPRISE,
    "roster.invite": _ENTERPRISE,
    "roster.import": _ENTERPRISE,
    "roster.import-read": _ENTERPRISE,
    "roster.list": _ENTERPRISE,
    "roster.export": _ENTERPRISE,
    "checkin.day": _ENTERPRISE,
    "mask.order": _ENTERPRISE,
    # at the gate
    "gate.scan": _GUARD,
    "gate.scan-batch": _GUARD,
    "gate.count": _GUARD | _LOCAL | _COMMAND,
    "denylist.read": _GUARD,
    "correction.read": _GUARD,
    "gate.create": _LOCAL | _COMMAND,
    "gate.read": _LOCAL | _COMMAND,
    # casework
    "person.find": _LOCAL | _COMMAND | _HEALTH,
    "person.read": _LOCAL | _COMMAND | _HEALTH,
    "person.records": _LOCAL | _COMMAND | _HEALTH,
    "clearance.write": _LOCAL,
    "isolation.propose": _LOCAL | _COMMAND | _HEALTH,
    "isolation.decide": _HEALTH,
    "release.write": _HEALTH,
    "result.write": _HOSPITAL | _HEALTH,
    "approval.list": _LOCAL | _COMMAND | _HEALTH,
    "approval.read": _LOCAL | _COMMAND | _HEALTH,
    "case.list": _LOCAL | _COMMAND | _HEALTH | _HOSPITAL,
    "case.read": _LOCAL | _COMMAND | _HEALTH | _HOSPITAL,
    "case.open": _LOCAL | _COMMAND | _HEALTH,
    "case.step": _LOCAL | _COMMAND | _HEALTH | _HOSPITAL,
    "case.assign": _LOCAL | _COMMAND | _HEALTH,
    "case.chain": _LOCAL | _COMMAND | _HEALTH,
    "case.hand-over": _LOCAL | _COMMAND | _HEALTH,
    "appeal.read": _TOWN | _COMMAND | _HEALTH,
    "appeal.decide": _TOWN | _COMMAND | _HEALTH,
    "batch.propose": _LOCAL | _COMMAND | _HEALTH,
    "batch.list": _LOCAL | _COMMAND | _HEALTH,
    "batch.read": _LOCAL | _COMMAND | _HEALTH,
    "batch.decide": _COMMAND | _HEALTH,
    "batch.stop": _LOCAL | _COMMAND | _HEALTH,
    "report.list": _LOCAL | _COMMAND | _HEALTH,
    "report.read": _LOCAL | _COMMAND | _HEALTH,
    "report.ask": _LOCAL | _COMMAND,
    "report.merge": _LOCAL | _COMMAND,
    "report.count": _LOCAL | _COMMAND | _HEALTH,
    "arrival.file": _LOCAL | _COMMAND,
    "arrival.import": _LOCAL | _COMMAND,
    "arrival.import-read": _LOCAL | _COMMAND,
    "filing.list": _TOWN | _COMMAND,
    "filing.inspect": _TOWN | _COMMAND,
    "filing.decide": _TOWN | _COMMAND,
    "resumption.read": _TOWN | _COMMAND,
    "round.create": _COMMAND,
    "round.draw": _COMMAND,
    "round.stock": _LOCAL | _COMMAND,
    "pickup.write": _LOCAL,
    # trajectories
    "sightings.write": _FEED,
    "copresence.ask": _HEALTH,
    "copresence.decide": _HEALTH,
    "copresence.list": _HEALTH,
    "copresence.read": _HEALTH,
    # oversight
    "counters.read": _LOCAL | _COMMAND | _HEALTH,
    "dryrun.write": _COMMAND | _HEALTH,
    "dryrun.read": _COMMAND | _HEALTH,
    "audit.read": _AUDITOR,
}

# Refused attempts at these go to the audit, whoever is known to have tried.
AUDITED = frozenset(
    {
        "person.find",
        "person.read",
        "person.records",
        "clearance.write",
        "isolation.propose",
        "isolation.decide",
        "release.write",
        "result.write",
        "approval.list",
        "approval.read",
        "case.list",
        "case.read",
        "case.open",
        "case.step",
        "case.assign",
        "case.hand-over",
        "case.chain",
        "appeal.read",
        "appeal.decide",
        "batch.propose",
        "batch.list",
        "batch.read",
        "batch.decide",
        "batch.stop",
        "arrival.import",
        "arrival.import-read",
        "gate.create",
        "dryrun.write",
        "audit.read",
        "report.read",
        "report.ask",
        "report.merge",
        "filing.inspect",
        "filing.decide",
        "roster.invite",
        "roster.import",
        "roster.list",
        "roster.export",
        "checkin.day",
        "round.create",
        "round.draw",
        "pickup.write",
        "sightings.write",
        "copresence.ask",
        "copresence.decide",
        "copresence.list",
        "copresence.read",
    }
)
# Here the answer too, before it leaves. Look-ups that need a purpose and a case are audited where those are known.
AUDITED_READS = frozenset(
    {
        "person.read",
        "approval.list",
        "approval.read",
        "case.read",
        "case.chain",
        "appeal.read",
        "batch.list",
        "batch.read",
        "audit.read",
        "report.read",
        "arrival.import-read",
        "roster.list",
        "checkin.day",
        "copresence.list",
        "copresence.read",
    }
)

# A scope shorter than its tier would see more than the role may: such a staff record sees nothing.
SCOPE_DIGITS_MIN = {ScopeRule.COMMUNITY: 12, ScopeRule.TOWN: 9, ScopeRule.DISTRICT: 6}


def authorise(actor: Actor, operation: str) -> None:
    """Raises Unauthenticated, NotAllowed or NotRegistered unless `actor` may ask for `operation` at all."""
    rule = MATRIX[operation].get(actor.role)
    if rule is None:
        raise Unauthenticated if actor.role is Role.ANONYMOUS else NotAllowed
    if rule is ScopeRule.OWN and not actor.id:
        raise NotRegistered
    if rule is ScopeRule.GATE and not actor.gate:
        raise NotAllowed
    if len(actor.scope) < SCOPE_DIGITS_MIN.get(rule, 0):
        raise NotAllowed


def require_scope(actor: Actor, operation: str, division: str) -> None:
    """Raises Absent, as for what does not exist, unless `division` lies within what `actor` sees in `operation`."""
    rule = MATRIX[operation].get(actor.role)
    if rule not in SCOPE_DIGITS_MIN or len(actor.scope) < SCOPE_DIGITS_MIN[rule] or not within(actor, division):
        raise Absent


def within(actor: Actor, division: str) -> bool:
    """Whether the actor's scope contains `division`; an empty scope contains nothing."""
    return bool(actor.scope) and division.startswith(actor.scope)


def is_public(operation: str) -> bool:
    """Whether nobody is asked who they are."""
    return Role.ANONYMOUS in MATRIX[operation]


def is_scoped(operation: str) -> bool:
    """Whether something can be out of scope here, and must then look absent."""
    return any(rule in SCOPE_DIGITS_MIN or rule is ScopeRule.GATE for rule in MATRIX[operation].values())
