"""The receipt: whoever holds it follows the report and answers; whoever does not learns nothing."""

from __future__ import annotations

import pytest
from nanhai.store import reports

from tests.functions.checkpoints.stand import HERE
from tests.functions.reports.desk import anonymous, citizen, follow, get, ids, named, post


def ask(stand, token, report_id, text="哪一栋？"):
    return post(stand, f"/{report_id}/questions", {"text": text}, token)


def answer(stand, receipt, text="3 栋", **sent):
    return post(stand, "/receipts/answers", {"receipt": receipt, "text": text}, **sent)


def said(stand, receipt) -> list[tuple[int, str, str]]:
    return [(one["number"], one["by"], one["text"]) for one in follow(stand, receipt).json["messages"]]


@pytest.mark.parametrize("write", [anonymous, lambda stand: named(stand, citizen(stand))], ids=["nobody", "somebody"])
def test_office_and_reporter_talk_by_the_receipt(stand, community, write):
    receipt = write(stand)["receipt"]
    (report_id,) = ids(stand, community)
    assert answer(stand, receipt).code == "reports.nothing-asked"
    assert ask(stand, community, report_id).json == {"state": "asked", "messages": 1}
    assert follow(stand, receipt).json["state_text"] == "待您答复"
    assert answer(stand, receipt).json == {"state": "answered", "messages": 2}
    assert ask(stand, community, report_id, "几楼？").json["messages"] == 3
    assert answer(stand, receipt, "5 楼").json["messages"] == 4
    conversation = [
        (1, "office", "哪一栋？"),
        (2, "reporter", "3 栋"),
        (3, "office", "几楼？"),
        (4, "reporter", "5 楼"),
    ]
    assert said(stand, receipt) == conversation
    seen = get(stand, f"/{report_id}", community).json
    assert [(one["number"], one["by"], one["text"]) for one in seen["messages"]] == conversation
    assert ("report.ask", report_id, "asked") in stand.audited()


def test_what_is_done_shows_with_the_times_of_the_case(stand, community):
    told = anonymous(stand)
    followed = follow(stand, told["receipt"]).json
    assert (followed["category"], followed["community"], followed["state"]) == ("fever", HERE, "new")
    assert [step["code"] for step in followed["steps"]] == ["opened"]
    english = follow(stand, told["receipt"], headers={"Accept-Language": "en"}).json
    assert english["category_text"] == "Somebody with fever or other symptoms"


def test_a_code_is_read_however_it_is_typed(stand):
    receipt = anonymous(stand)["receipt"]
    for typed in (receipt.lower(), receipt.replace("-", " "), receipt.replace("-", "").replace("0", "O")):
        assert follow(stand, typed).status == 200


def test_an_unknown_code_has_one_answer_however_wrong_it_is(stand):
    anonymous(stand)
    answers = [follow(stand, typed) for typed in ("ABCD-ABCD-ABCD-ABCD", "ABCD", "回执", "-", "A" * 40)]
    answers += [answer(stand, typed) for typed in ("ABCD-ABCD-ABCD-ABCD", "ABCD")]
    assert {(one.status, one.body) for one in answers} == {(404, answers[0].body)}
    assert answers[0].code == "reports.receipt-unknown"


def test_somebody_who_gave_a_name_finds_the_question_in_their_inbox(stand, community):
    person = stand.person()
    named(stand, citizen(stand, person))
    anonymous(stand)
    for report_id in ids(stand, community):
        assert ask(stand, community, report_id).status == 201
    inbox = stand.ask("identity", "GET", "/me/notices", token=citizen(stand, person)).json["notices"]
    assert len(inbox) == 1
    assert not any(report_id in str(inbox) for report_id in ids(stand, community))


def test_a_repeated_question_or_answer_is_said_once(stand, community):
    receipt = anonymous(stand)["receipt"]
    (report_id,) = ids(stand, community)
    body, path = {"text": "哪一栋？"}, f"/{report_id}/questions"
    assert len({post(stand, path, body, community, once="q" * 20).body for _ in range(2)}) == 1
    assert len({answer(stand, receipt, once="a" * 20).body for _ in range(2)}) == 1
    assert len(said(stand, receipt)) == 2


def test_of_two_who_speak_at_once_one_is_asked_to_try_again(stand, community, monkeypatch):
    anonymous(stand)
    (report_id,) = ids(stand, community)
    before = reports.get(report_id, stand.now)
    assert ask(stand, community, report_id).status == 201
    monkeypatch.setattr(reports, "get", lambda *_: before)
    late = ask(stand, community, report_id)
    assert (late.status, late.code) == (409, "edge.still-running")


def test_a_conversation_has_an_end(stand, community, monkeypatch):
    monkeypatch.setattr("nanhai.services.reports.conversation.MESSAGES_MAX", 2)
    receipt = anonymous(stand)["receipt"]
    (report_id,) = ids(stand, community)
    ask(stand, community, report_id)
    answer(stand, receipt)
    assert ask(stand, community, report_id).code == "reports.full"
