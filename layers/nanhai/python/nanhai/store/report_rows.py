"""The rows of reports and of what is said about them in the table `reports`, and the lists that they lie in."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection

from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Table, TableIndex


class CommunityIndex(TableIndex["ReportRow"]):
    class Meta:
        index_name = "community"
        projection = AllProjection()

    community = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class TownIndex(TableIndex["ReportRow"]):
    class Meta:
        index_name = "town"
        projection = AllProjection()

    town_day = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class ReportsTable(Table):
    class Meta:
        table_name = "reports"

    report_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class ReportRow(ReportsTable):
    """`town_day`: <town>#<local day>; `messages`: how many there are; `merged`: the reports that are in it."""

    community = UnicodeAttribute()
    town_day = UnicodeAttribute()
    opened_at = WholeNumberAttribute()
    category = UnicodeAttribute()
    state = UnicodeAttribute()
    anonymous = BooleanAttribute()
    case_id = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    messages = WholeNumberAttribute()
    merged_into = UnicodeAttribute(null=True)
    merged = UnicodeSetAttribute(null=True)
    expires_at = WholeNumberAttribute(null=True)
    in_community = CommunityIndex()
    in_town = TownIndex()


class MessageRow(ReportsTable):
    said_at = WholeNumberAttribute()
    by_office = BooleanAttribute()
    text = BinaryAttribute(legacy_encoding=False)
    expires_at = WholeNumberAttribute(null=True)
