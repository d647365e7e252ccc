"""The rows of cases in the table `cases`, and the lists that they lie in."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, ListAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection, KeysOnlyProjection

from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Table, TableIndex

LISTED = [
    "chain",
    "kind",
    "rules",
    "community",
    "subject",
    "origin",
    "opened_at",
    "state",
    "holder",
    "given",
    "clock_from",
    "version",
    "assignee",
    "referred_to",
    "outcome",
    "closed_at",
    "expires_at",
]


class ByCommunity(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "community"
        projection = IncludeProjection(LISTED)

    community_queue = UnicodeAttribute(hash_key=True)
    listed_at = WholeNumberAttribute(range_key=True)


class ByTown(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "town"
        projection = IncludeProjection(LISTED)

    town_queue = UnicodeAttribute(hash_key=True)
    town_at = WholeNumberAttribute(range_key=True)


class ByDistrict(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "district"
        projection = IncludeProjection(LISTED)

    district_queue = UnicodeAttribute(hash_key=True)
    district_at = WholeNumberAttribute(range_key=True)


class ByAssignee(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "assignee"
        projection = IncludeProjection(LISTED)

    assignee_queue = UnicodeAttribute(hash_key=True)
    listed_at = WholeNumberAttribute(range_key=True)


class ByReferral(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "referral"
        projection = IncludeProjection(LISTED)

    referral_queue = UnicodeAttribute(hash_key=True)
    listed_at = WholeNumberAttribute(range_key=True)


class BySubject(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "subject"
        projection = KeysOnlyProjection()

    subject = UnicodeAttribute(hash_key=True)
    opened_at = WholeNumberAttribute(range_key=True)


class ByChain(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "chain"
        projection = KeysOnlyProjection()

    chain = UnicodeAttribute(hash_key=True)
    opened_at = WholeNumberAttribute(range_key=True)


class ByEscalation(TableIndex["CaseFileRow"]):
    class Meta:
        index_name = "escalation"
        projection = KeysOnlyProjection()

    escalation = UnicodeAttribute(hash_key=True)
    escalation_at = WholeNumberAttribute(range_key=True)


class CaseKeyRow(Table):
    """What every list carries."""

    class Meta:
        table_name = "cases"

    case_id = UnicodeAttribute(hash_key=True)


class CaseFileRow(Table):
    """`<tier>_queue`: open#<division> or closed#<division>, with the time from which that tier has it, or its end;
    `listed_at`: when it is due, or its end; `escalation`: shard of those whose next escalation is not told yet.

    `summary` and `steps` are carried by no list.
    """

    class Meta:
        table_name = "cases"

    case_id = UnicodeAttribute(hash_key=True)
    chain = UnicodeAttribute()
    kind = UnicodeAttribute()
    rules = UnicodeAttribute()
    community = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    origin = UnicodeAttribute()
    opened_at = WholeNumberAttribute()
    state = UnicodeAttribute()
    holder = UnicodeAttribute()
    given = PlainMapAttribute[int]()
    clock_from = WholeNumberAttribute()
    version = WholeNumberAttribute()
    assignee = UnicodeAttribute(null=True)
    referred_to = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    closed_at = WholeNumberAttribute(null=True)
    expires_at = WholeNumberAttribute(null=True)
    summary = BinaryAttribute(legacy_encoding=False, null=True)
    steps = ListAttribute[str](null=True)
    listed_at = WholeNumberAttribute(null=True)
    community_queue = UnicodeAttribute(null=True)
    town_queue = UnicodeAttribute(null=True)
    town_at = WholeNumberAttribute(null=True)
    district_queue = UnicodeAttribute(null=True)
    district_at = WholeNumberAttribute(null=True)
    assignee_queue = UnicodeAttribute(null=True)
    referral_queue = UnicodeAttribute(null=True)
    escalation = UnicodeAttribute(null=True)
    escalation_at = WholeNumberAttribute(null=True)
    of_community = ByCommunity()
    of_town = ByTown()
    of_district = ByDistrict()
    of_assignee = ByAssignee()
    of_referral = ByReferral()
    of_subject = BySubject()
    in_chain = ByChain()
    to_escalate = ByEscalation()
