"""The self-check's tables: every input ends, every rule and outcome is reached, and who tells more is told no less."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.records import SYMPTOMS
from nanhai.domain.triage import Outcome, Table, TableBook, Told, check
from nanhai.policies import triage

TABLES = {table.version: table for table in triage.shipped().tables}
EVERY = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def cases(version: str) -> list[dict]:
    return json.loads(resources.files(triage).joinpath(f"{version}.cases.json").read_text("utf-8"))


def told(row: dict) -> Told:
    return Told(
        row["temperature_c"],
        *(frozenset(row[name]) for name in ("symptoms", "exposures", "risks")),
        row["distress"],
    )


CASES = [pytest.param(TABLES[name], row, id=f"{name}: {row['name']}") for name in TABLES for row in cases(name)]


@pytest.mark.parametrize(("table", "row"), CASES)
def test_the_table_of_cases(table, row):
    found = check(table, told(row["told"]))
    assert (found.outcome.value, found.rule, bool(found.counselling)) == (
        row["outcome"],
        row["rule"],
        row["counselling"],
    )


@EVERY
def test_every_rule_has_a_case(table):
    assert {rule.name for rule in table.rules} == {row["rule"] for row in cases(table.version)}


# --- the whole space -------------------------------------------------------------------------------------------------
# A rule looks at exposures and risks by their number alone (shown below), so that each number stands for every choice
# of as many; at a temperature only by its bounds, so that each bound and a step to either side stand for all. Symptoms
# are taken in every one of their 2^n choices.


def temperatures(table: Table) -> list[float | None]:
    bounds = {table.lowest_c, table.fever_c, table.highest_c}
    bounds |= {rule.temperature_c_from for rule in table.rules if rule.temperature_c_from is not None}
    steps = {round(bound + step, 1) for bound in bounds for step in (-0.1, 0.0, 0.1)}
    return [None, *sorted(step for step in steps if table.lowest_c <= step <= table.highest_c)]


def chosen(table: Table, choice: int) -> frozenset[str]:
    return frozenset(word for bit, word in enumerate(table.symptoms.choices) if choice >> bit & 1)


def first(words: tuple[str, ...], number: int) -> frozenset[str]:
    return frozenset(words[:number])


@cache
def whole(version: str) -> dict[tuple[int, int, int], list]:
    """By temperature, number of exposures and number of risks: the advice for each choice of symptoms."""
    table = TABLES[version]
    symptoms = [chosen(table, choice) for choice in range(2 ** len(table.symptoms.choices))]
    found = {}
    for place, temperature in enumerate(temperatures(table)):
        for exposures in range(len(table.exposures.choices) + 1):
            for risks in range(len(table.risks.choices) + 1):
                here = first(table.exposures.choices, exposures), first(table.risks.choices, risks)
                found[place, exposures, risks] = [check(table, Told(temperature, which, *here)) for which in symptoms]
    return found


@EVERY
def test_every_input_ends(table):
    """`check` has answered each of them, and with advice."""
    assert all(advice.keys for row in whole(table.version).values() for advice in row)
    assert len(whole(table.version)) == len(temperatures(table)) * 5 * 4


@EVERY
def test_every_outcome_and_every_rule_is_reached(table):
    reached = {(advice.outcome, advice.rule) for row in whole(table.version).values() for advice in row}
    assert {outcome for outcome, _ in reached} == set(Outcome)
    assert {rule for _, rule in reached} == {rule.name for rule in table.rules}


@EVERY
def test_one_more_symptom_is_never_milder(table):
    for row in whole(table.version).values():
        severity = [advice.outcome.severity for advice in row]
        for bit in range(len(table.symptoms.choices)):
            worse = [severity[choice | 1 << bit] for choice in range(len(severity))]
            assert all(map(int.__le__, severity, worse))


@EVERY
def test_one_degree_one_exposure_one_risk_more_is_never_milder(table):
    """And a measured temperature never milder than none, for what was not measured is not taken for normal."""
    space = whole(table.version)
    severity = {place: [advice.outcome.severity for advice in row] for place, row in space.items()}
    for (temperature, exposures, risks), milder in severity.items():
        for more in (
            (temperature + 1, exposures, risks),
            (temperature, exposures + 1, risks),
            (temperature, exposures, risks + 1),
        ):
            assert all(map(int.__le__, milder, severity.get(more, milder)))


@EVERY
def test_no_degree_between_two_steps_is_another_case(table):
    """What is measured to a hundredth is advised as the step below it."""
    steps = [step for step in temperatures(table) if step is not None]
    for below, above in pairwise(steps):
        between = round((below + above) / 2, 3)
        assert check(table, Told(between)).rule == check(table, Told(below)).rule


def choices(words: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(chosen) for number in range(len(words) + 1) for chosen in combinations(words, number)]


@EVERY
def test_which_exposure_or_risk_it_is_makes_no_difference(table):
    for symptoms in (frozenset(), {"cough"}, {"breathless"}, {"fever"}, {"cough", "fatigue", "headache"}):
        for temperature in temperatures(table):
            for exposures in choices(table.exposures.choices):
                for risks in choices(table.risks.choices):
                    asked = Told(temperature, frozenset(symptoms), exposures, risks)
                    alike = (
                        first(table.exposures.choices, len(exposures)),
                        first(table.risks.choices, len(risks)),
                    )
                    assert check(table, asked) == check(table, Told(temperature, frozenset(symptoms), *alike))


@EVERY
@given(st.data())
def test_counselling_is_offered_beside_and_changes_nothing_else(table, data):
    some = [st.frozensets(st.sampled_from(question.choices)) for question in table.questions]
    temperature = data.draw(st.none() | st.sampled_from([36.5, 37.3, 38.0]))
    calm = Told(temperature, *map(data.draw, some))
    afraid = Told(calm.temperature_c, calm.symptoms, calm.exposures, calm.risks, distress=True)
    one, other = check(table, calm), check(table, afraid)
    assert (one.outcome, one.rule, one.keys) == (other.outcome, other.rule, other.keys)
    assert (one.counselling, other.counselling) == ((), table.counselling)


@EVERY
@given(st.data())
def test_the_engine_answers_as_the_document_reads(table, data):
    """Read once more, in other words, from the JSON itself."""
    document = triage.document(table.version)
    temperature = data.draw(st.none() | st.floats(table.lowest_c, table.highest_c))
    symptoms, exposures, risks = (
        data.draw(st.frozensets(st.sampled_from(document[name]))) for name in ("symptoms", "exposures", "risks")
    )
    felt = set(symptoms) | ({"fever"} if temperature and temperature >= document["temperature"]["fever_c"] else set())
    for row in document["rules"]:
        when = row["when"]
        enough = [
            len(felt.intersection(group.get("of", felt))) >= group["at_least"] for group in when.get("symptoms", [])
        ]
        enough += [(temperature or 0) >= when.get("temperature_c_from", 0)]
        enough += [len(exposures) >= when.get("exposures", 0), len(risks) >= when.get("risks", 0)]
        if all(enough):
            break
    found = check(table, Told(temperature, symptoms, exposures, risks))
    assert (found.rule, found.outcome.value, list(found.keys)) == (row["rule"], row["outcome"], row["advice"])


@EVERY
def test_a_symptom_that_is_asked_is_one_that_can_be_recorded(table):
    assert set(table.symptoms.choices) <= SYMPTOMS


@EVERY
def test_the_texts_are_those_that_the_table_needs_in_both_languages_and_no_others(table):
    keys = {f"{prefix}.{outcome.value}" for prefix in ("outcome", "now") for outcome in Outcome}
    keys |= {f"advice.{key}" for rule in table.rules for key in rule.advice} | {
        f"advice.{k}" for k in table.counselling
    }
    prefixes = ("symptom", "exposure", "risk")
    keys |= {f"{p}.{choice}" for p, asked in zip(prefixes, table.questions, strict=True) for choice in asked.choices}
    keys |= {f"phone.{name}" for name, _ in table.phones}
    told = triage.texts(table.version)
    assert {language: set(words) for language, words in told.items()} == {"zh-CN": keys, "en": keys}
    assert all(max(words) >= "\u4e00" for words in told["zh-CN"].values())


@EVERY
def test_no_text_says_that_somebody_is_a_case(table):
    said = "".join(words for told in triage.texts(table.version).values() for words in told.values())
    assert not [
        word for word in ("疑似", "确诊", "患有新冠", "suspect", "diagnos", "confirmed") if word in said.lower()
    ]


@EVERY
def test_a_text_that_names_the_fever_names_the_tables(table):
    said = " ".join(words for told in triage.texts(table.version).values() for words in told.values())
    assert {part.split()[-1].lstrip("到达") for part in said.split(" °C")[:-1]} == {f"{table.fever_c}"}


def test_the_table_in_force_is_the_latest_that_has_begun():
    (table,) = TABLES.values()
    later = Table(
        **{name: getattr(table, name) for name in Table.__slots__} | {"version": "b", "valid_from": 2 * 10**9}
    )
    book = TableBook.of([later, table])
    moments = (0, table.valid_from, 2 * 10**9 - 1, 2 * 10**9)
    assert [book.in_force(at).version for at in moments] == [table.version] * 3 + ["b"]
