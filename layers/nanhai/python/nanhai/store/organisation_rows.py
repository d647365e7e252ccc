"""The rows of the table `organisations`, and its indexes."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection

from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Table, TableIndex


class PersonIndex(TableIndex["OrganisationsTable"]):
    """Sparse: of members by person, and of invitations by the blind index of who is meant."""

    class Meta:
        index_name = "person"
        projection = AllProjection()

    person_id = UnicodeAttribute(hash_key=True)
    organisation_id = UnicodeAttribute(range_key=True)


class TownIndex(TableIndex["OrganisationsTable"]):
    """Sparse: of filings that an office sees."""

    class Meta:
        index_name = "town"
        projection = AllProjection()

    shelf = UnicodeAttribute(hash_key=True)
    filed_at = WholeNumberAttribute(range_key=True)


class OrganisationsTable(Table):
    class Meta:
        table_name = "organisations"

    organisation_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    of_person = PersonIndex()
    in_town = TownIndex()


class HeadRow(OrganisationsTable):
    """`shelf`: <town>#<state>, of what an office sees."""

    version = WholeNumberAttribute()
    name = UnicodeAttribute()
    community = UnicodeAttribute()
    above = BooleanAttribute()
    state = UnicodeAttribute()
    revision = WholeNumberAttribute()
    submitted = WholeNumberAttribute()
    steps = WholeNumberAttribute()
    headcount = WholeNumberAttribute()
    accepted_headcount = WholeNumberAttribute(null=True)
    invitations = WholeNumberAttribute()
    shelf = UnicodeAttribute(null=True)
    filed_at = WholeNumberAttribute(null=True)


class StepRow(OrganisationsTable):
    revision = WholeNumberAttribute()
    action = UnicodeAttribute()
    state = UnicodeAttribute()
    at = WholeNumberAttribute()
    by = UnicodeAttribute()
    role = UnicodeAttribute()
    plan = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False, null=True)


class CellRow(OrganisationsTable):
    """Of one town, one size and one shard: n enterprises and h people by state."""

    n_unfiled = WholeNumberAttribute(null=True)
    n_submitted = WholeNumberAttribute(null=True)
    n_returned = WholeNumberAttribute(null=True)
    n_accepted = WholeNumberAttribute(null=True)
    n_resumed = WholeNumberAttribute(null=True)
    h_unfiled = WholeNumberAttribute(null=True)
    h_submitted = WholeNumberAttribute(null=True)
    h_returned = WholeNumberAttribute(null=True)
    h_accepted = WholeNumberAttribute(null=True)
    h_resumed = WholeNumberAttribute(null=True)


class InvitationRow(OrganisationsTable):
    """`person_id`: the blind index; `member`: who joined by it; `hidden`: whoever is meant does not want to see it."""

    person_id = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    invited_at = WholeNumberAttribute()
    member = UnicodeAttribute(null=True)
    hidden = BooleanAttribute(null=True)


class MemberRow(OrganisationsTable):
    person_id = UnicodeAttribute()
    joined_at = WholeNumberAttribute()
    left_at = WholeNumberAttribute(null=True)
