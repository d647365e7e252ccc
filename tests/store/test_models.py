"""The models say of every table what the template says; their rows hold what they must, exactly, and tell nobody."""

from __future__ import annotations

import importlib
import pkgutil

import nanhai.store
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.denylist import DeniedRow
from nanhai.store.gates import GateRow
from nanhai.store.lookups import LookupRow
from nanhai.store.people import HeadRow
from nanhai.store.scans import ScanRow
from nanhai.store.words import Prepared, all_of, gap, size, words
from nanhai.store.writes import send
from pynamodb.exceptions import AttributeDeserializationError

from infra import template
from infra.local.tables import STAGE_PREFIX, definitions
from tests.items import attribute, item
from tests.store.builders import everything

for found in pkgutil.iter_modules(nanhai.store.__path__):
    importlib.import_module(f"nanhai.store.{found.name}")

LEAD = LookupRow("i", kind="phone", owner="p")


def below(kind):
    return [one for direct in kind.__subclasses__() for one in (direct, *below(direct))]


KINDS = sorted(below(model.Table), key=lambda kind: kind.__name__)
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def of(kind):
    return definitions()[kind.Meta.table_name]


def keys(schema):
    return {key["KeyType"]: key["AttributeName"] for key in schema}


def test_every_table_of_the_template_has_its_models():
    assert {kind.Meta.table_name for kind in KINDS} == set(definitions())


@each
def test_a_model_has_the_keys_of_its_table(kind):
    attributes = kind.get_attributes().values()
    found = {"HASH": [a.attr_name for a in attributes if a.is_hash_key]}
    found["RANGE"] = [a.attr_name for a in attributes if a.is_range_key]
    assert {role: names[0] for role, names in found.items() if names} == keys(of(kind)["KeySchema"])


@each
def test_what_is_a_key_somewhere_has_the_type_that_the_template_says(kind):
    told = {row["AttributeName"]: row["AttributeType"] for row in of(kind)["AttributeDefinitions"]}
    parts = [*kind.get_attributes().values()]
    parts += [part for index in kind._indexes.values() for part in index.Meta.attributes.values()]
    assert {part.attr_name: part.attr_type for part in parts if part.attr_name in told}.items() <= told.items()


@pytest.mark.parametrize("table", definitions())
def test_a_table_has_the_indexes_that_its_models_say(table):
    kinds = [kind for kind in KINDS if kind.Meta.table_name == table]
    said = {name: index._get_schema() for kind in kinds for name, index in kind._indexes.items()}
    found = {name: (keys(one["key_schema"]), one["projection"]) for name, one in said.items()}
    there = {
        one["IndexName"]: (keys(one["KeySchema"]), one["Projection"])
        for one in definitions()[table].get("GlobalSecondaryIndexes", ())
    }
    assert found == there


def test_those_tables_expire_whose_rows_say_when():
    resources = template.read()["Resources"].values()
    tables = [row["Properties"] for row in resources if row["Type"] == "AWS::DynamoDB::Table"]
    expiring = {
        row["TableName"]["Fn::Sub"].removeprefix(STAGE_PREFIX): row["TimeToLiveSpecification"]["AttributeName"]
        for row in tables
        if "TimeToLiveSpecification" in row
    }
    assert set(expiring.values()) == {"expires_at"}
    assert {kind.Meta.table_name for kind in KINDS if "expires_at" in kind.get_attributes()} == set(expiring)


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**38) + 1, 10**38 - 1))
def test_a_whole_number_survives_to_its_last_digit(number):
    stored = DeniedRow("list", number, pseudonym=b"", denied_at=0, expires_at=0).serialize()
    assert stored["sequence"] == {"N": str(number)} == attribute(number)
    assert model.read(DeniedRow, stored).sequence == number


def test_numbers_of_96_bits_are_told_apart_by_the_engine(durable):
    for sequence in (2**95, 2**95 + 1):
        send([model.put("denied", DeniedRow("list", sequence, pseudonym=b"p", denied_at=1, expires_at=2))])
    page, end = model.query(DeniedRow, (DeniedRow.list == "list") & (DeniedRow.sequence >= 2**95 + 1), 9)
    assert ([row.sequence for row in page], end) == ([2**95 + 1], None)
    assert model.get(DeniedRow, "list", 2**95).sequence == 2**95


@pytest.mark.parametrize("value", [1.5, "1", None, b"1"])
def test_what_is_no_whole_number_is_none(value):
    with pytest.raises((TypeError, ValueError)):
        WholeNumberAttribute().serialize(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(min_size=1), plain, max_size=4))
def test_a_map_of_plain_values_survives_whatever_its_names_are(value):
    kind = PlainMapAttribute()
    assert kind.deserialize(kind.serialize(value)) == value


@pytest.mark.parametrize("name", ["self", "null", "hash_key", "attribute_values"])
def test_no_name_in_a_map_is_taken(name):
    kind = PlainMapAttribute()
    assert kind.deserialize(kind.serialize({name: b"x"})) == {name: b"x"}


def test_a_row_that_lacks_what_it_must_have_is_neither_stored_nor_read():
    with pytest.raises(TypeError, match="LookupRow needs owner"):
        LookupRow("i", kind="phone").serialize()
    with pytest.raises(KeyError, match="LookupRow without owner"):
        model.read(LookupRow, item(index="i", kind="phone"))
    with pytest.raises(TypeError, match="LookupRow has no colour"):
        LookupRow("i", colour="red")
    with pytest.raises(AttributeDeserializationError, match="owner"):
        model.read(LookupRow, item(index="i", kind="phone", owner=7))


def test_a_row_tells_nobody_what_is_stored():
    assert repr(LEAD) == str(LEAD) == "LookupRow"


def test_what_may_be_missing_is_none_and_is_not_stored():
    stored = item(person_id="p", sk="head", version=1, community="c", facts=[], changed_at=2)
    head = model.read(HeadRow, stored)
    assert (head.trimmed, head.facts, head.serialize()) == (None, [], stored)


def test_a_change_of_its_own_gives_what_it_was_asked_for_or_none_when_it_may_not(aws):
    send([model.put("claim", LEAD)])
    change, theirs = [LookupRow.kind.set("id")], LookupRow.owner == "p"
    assert model.update_item(LEAD, change, LookupRow.owner == "q") is None
    assert model.update_item(LEAD, change, theirs, returned="ALL_OLD")["kind"] == {"S": "phone"}
    assert model.update_item(LEAD, change, theirs) == {}
    model.delete_item(LookupRow, "i")
    model.delete_item(LookupRow, "i")
    assert everything("lookups") == []


def test_words_with_gaps_are_those_that_the_values_would_have_given():
    def condition(most, owner):
        return all_of(size(HeadRow.facts) < most, HeadRow.community == owner) | HeadRow.trimmed.does_not_exist()

    def actions(facts, at):
        return [HeadRow.facts.set(HeadRow.facts.append(facts)), HeadRow.changed_at.set(at), HeadRow.version.add(1)]

    prepared = Prepared(
        condition(gap("most", HeadRow.version), gap("owner", HeadRow.community)),
        actions(gap("facts", HeadRow.facts), gap("at", HeadRow.changed_at)),
    )
    for most, owner, facts, at in [(3, "p", ["a"], 4), (5, "", [], 0)]:
        filled = prepared(most=most, owner=owner, facts=facts, at=at)
        assert filled == words(condition(most, owner), actions(facts, at))
    with pytest.raises(KeyError, match="owner"):
        prepared(most=1, facts=[], at=1)


def test_a_gap_takes_a_set_and_a_default():
    told = words(None, [ScanRow.expires_at.set(ScanRow.expires_at | 5), ScanRow.sightings.add({"x"})])
    prepared = Prepared(
        None,
        [
            ScanRow.expires_at.set(ScanRow.expires_at | gap("end", ScanRow.expires_at)),
            ScanRow.sightings.add(gap("seen", ScanRow.sightings)),
        ],
    )
    assert prepared(end=5, seen={"x"}) == told


def test_a_page_of_an_index_is_asked_of_the_index(aws, requests):
    send([model.put("gate", GateRow("G1", name="n", community="c", shows_name=True, made_at=1))])
    requests.clear()
    page, _ = model.query(GateRow, GateRow.community == "c", 5, index=GateRow.in_community)
    assert [row.gate_id for row in page] == ["G1"]
    assert [(name, asked["IndexName"], "ConsistentRead" in asked) for name, asked in requests] == [
        ("Query", "community", False)
    ]
