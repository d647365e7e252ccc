"""A write happens once or not at all, and its row answers for it."""

from __future__ import annotations

import pytest
from nanhai.store import model
from nanhai.store.lookups import LookupRow
from nanhai.store.wire import row
from nanhai.store.writes import (
    ONCE_S,
    WRITES_MAX,
    Committed,
    ConditionFailed,
    KeyReused,
    Once,
    commit,
    recall,
    send,
)

from tests.store.builders import NOW, error_code, everything, once, refusal

KEY = "key-of-16-letters"


def row_of(number: int = 1):
    return model.put("lookup", LookupRow(str(number), kind="id", owner="p"), LookupRow.index.does_not_exist())


def count(table="lookups") -> int:
    return len(everything(table))


def test_all_writes_are_made_and_the_answer_is_given(aws):
    assert commit([row_of(1), row_of(2)], answer=b"done") == Committed(b"done", replayed=False)
    assert (count(), count("idempotency")) == (2, 1)


def test_a_failed_condition_undoes_all_of_it_and_names_the_writes_at_fault(aws):
    commit([row_of(1)])
    taken = model.update("other", LookupRow("9"), [LookupRow.kind.set("x")], LookupRow.kind.exists())
    assert refusal(row_of(2), row_of(1), taken) == ("lookup", "other")
    assert (count(), count("idempotency")) == (1, 1)


def test_the_same_request_again_gets_the_first_answer_and_has_no_effect(aws):
    first = commit([row_of(1)], once=once(KEY), answer=b"first")
    again = commit([row_of(2)], once=once(KEY), answer=b"second")
    assert (first, again) == (Committed(b"first", replayed=False), Committed(b"first", replayed=True))
    assert count() == 1


def test_the_same_request_again_is_answered_though_its_conditions_would_fail_now(aws):
    commit([row_of(1)], once=once(KEY), answer=b"first")
    assert commit([row_of(1)], once=once(KEY), answer=b"second").answer == b"first"


def test_the_same_key_for_another_request_is_refused(aws):
    commit([row_of(1)], once=once(KEY))
    with pytest.raises(KeyReused):
        commit([row_of(2)], once=once(KEY, fingerprint="other"))
    with pytest.raises(KeyReused):
        recall(once(KEY, fingerprint="other"))
    assert count() == 1


@pytest.mark.parametrize("other", [once(KEY, owner="another"), once("another-key-16-char")])
def test_another_owner_or_key_is_another_request(aws, other):
    commit([row_of(1)], once=once(KEY), answer=b"first")
    assert recall(other) is None
    assert commit([row_of(2)], once=other, answer=b"second") == Committed(b"second", replayed=False)


@pytest.mark.parametrize(("after_s", "known"), [(0, True), (ONCE_S - 1, True), (ONCE_S, False), (10 * ONCE_S, False)])
def test_a_request_may_be_repeated_for_a_day(aws, after_s, known):
    """The row may lie there for days longer: DynamoDB expires late, and nobody waits for it."""
    commit([row_of(1)], once=once(KEY), answer=b"first")
    later = once(KEY, fingerprint="f" if known else "other", now=NOW + after_s)
    assert recall(later) == (b"first" if known else None)
    assert commit([row_of(2)], once=later, answer=b"second") == Committed(b"first" if known else b"second", known)
    assert count() == (1 if known else 2)


def test_a_refused_request_leaves_no_row_and_may_be_tried_again(aws):
    commit([row_of(1)])
    with pytest.raises(ConditionFailed):
        commit([row_of(1)], once=once(KEY))
    assert recall(once(KEY)) is None
    assert not commit([row_of(2)], once=once(KEY)).replayed


@pytest.mark.parametrize("number", [0, WRITES_MAX + 1])
def test_a_transaction_has_1_to_99_writes(aws, number):
    with pytest.raises(ValueError, match="1 to 99"):
        commit([row_of(n) for n in range(number)])


def test_99_writes_and_their_row_are_one_transaction(aws):
    commit([row_of(n) for n in range(WRITES_MAX)])
    assert count() == WRITES_MAX


def test_a_request_that_dynamodb_cannot_take_is_a_bug_and_is_told_as_it_is(aws):
    wrong = model.put("lookup", LookupRow("", kind="id", owner="p"))
    assert error_code(lambda: commit([wrong])) == "ValidationException"
    assert error_code(lambda: send([wrong])) == "ValidationException"


@pytest.mark.parametrize(
    ("write", "left"),
    [
        (lambda: model.put("x", LookupRow("1", kind="new", owner="q")), [{"index": "1", "kind": "new", "owner": "q"}]),
        (
            lambda: model.update("x", LookupRow("1"), [LookupRow.kind.set("new")], LookupRow.kind == "id"),
            [{"index": "1", "kind": "new", "owner": "p"}],
        ),
        (lambda: model.delete("x", LookupRow("1"), LookupRow.kind.exists()), []),
    ],
)
def test_one_write_without_a_row_is_one_plain_request(aws, requests, write, left):
    commit([row_of(1)])
    requests.clear()
    send([write()])
    assert [name for name, _ in requests] in (["PutItem"], ["UpdateItem"], ["DeleteItem"])
    assert [row(stored) for stored in everything("lookups")] == left
    assert count("idempotency") == 1


def test_several_without_a_row_are_one_transaction(aws, requests):
    send([row_of(1), row_of(2)])
    assert [name for name, _ in requests] == ["TransactWriteItems"]
    with pytest.raises(ConditionFailed, match="lookup, lookup"):
        send([row_of(1), row_of(2), row_of(3)])
    assert count() == 2


def test_a_failed_condition_without_a_row_is_named_too(aws):
    commit([row_of(1)])
    with pytest.raises(ConditionFailed) as failed:
        send([row_of(1)])
    assert failed.value.labels == ("lookup",)


def test_when_it_was_asked_follows_from_when_it_expires():
    assert Once("o", "k", "f", NOW + ONCE_S).asked_at == NOW
