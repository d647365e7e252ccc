"""The stream of notices: what lies in an inbox goes out by the channels of its kind, once, by day, within limits."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

import pytest
from botocore.exceptions import ReadTimeoutError
from nanhai.domain.colour import Colour
from nanhai.domain.days import DAY_S, HOUR_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.notices import COLOUR, Channel, Rule
from nanhai.policies import notices as policy
from nanhai.services import channels, deliveries
from nanhai.services.channels import Channels
from nanhai.services.news import news
from nanhai.services.ports import SmsUnavailable
from nanhai.services.wechat import WeChatUnavailable
from nanhai.store import keys, notices, quarantine
from nanhai.store.connection import client, table_name
from nanhai.store.notices import News, Notice
from nanhai.store.writes import send
from nanhai.streams import notify
from nanhai.texts import LANGUAGES, loaded

from tests.functions.identity.conftest import world
from tests.functions.identity.world import CHILD, HE, HUANG
from tests.streams.feed import Feed

__all__ = ["world"]
DONE = {"batchItemFailures": []}
TOLD, LOUD, QUIET, SILENT = "masks-told", "casework-loud", "masks-quiet", "masks-silent"
RULES = {
    TOLD: Rule((Channel.WECHAT, Channel.SMS), urgent=False, topic="passes"),
    LOUD: Rule((Channel.SMS,), urgent=True, topic="passes"),
    QUIET: Rule((Channel.WECHAT,), urgent=False, topic="passes"),
    SILENT: Rule((), urgent=True, topic="passes"),
    COLOUR: Rule((Channel.WECHAT,), urgent=False, topic="passes"),
}
NIGHT, NOON = 23 * HOUR_S, 12 * HOUR_S


class WeChat:
    """Notes what it passes on; `refuses` and `fails` as WeChat does at times."""

    def __init__(self):
        self.pushed, self.refuses, self.fails = [], False, False

    def openid(self, code):
        return f"openid-{code}"

    def push(self, openid, message):
        if self.fails:
            raise WeChatUnavailable(retry_after_s=30)
        self.pushed.append((openid, message))
        return not self.refuses


class BrokenSms:
    def send(self, phone, text):
        raise SmsUnavailable(retry_after_s=30)


class Post:
    """The consumer with its feed, a mini-program, and whoever is told."""

    def __init__(self, world, monkeypatch):
        self.world, self.wechat, self._monkeypatch = world, WeChat(), monkeypatch
        self.feed = Feed(world.stage.streams["notices"])
        self.use(wechat=self.wechat)
        monkeypatch.setattr(deliveries, "rules", lambda: RULES)
        monkeypatch.setattr("nanhai.services.news.rules", lambda: RULES)
        self.at(NOON)

    def use(self, **parts):
        self.here = replace(getattr(self, "here", self.world.platform), **parts)
        for module in (notify, notify.batch):
            self._monkeypatch.setattr(module, "platform", lambda: self.here)

    def at(self, second):
        """A second of the local day after the present one."""
        begins = (local_day(self.world.now) + 1) * DAY_S - LOCAL_OFFSET_S
        self.world.pass_time(begins + second - self.world.now)

    def citizen(self, who=HUANG, *, linked=True):
        phone = self.world.registered(who)
        if linked:
            self.link(phone.tokens["person_id"])
        return phone

    def link(self, person):
        send([channels.linked(self.here, person, Channels(f"openid-of-{person}", self.world.now))])

    def tell(self, phone, kind=TOLD, subject="", person=None):
        person = person or phone.tokens["person_id"]
        told = news(self.here, person, self.world.now, kind, {"title": "x"}, subject or secrets.token_hex(4))
        send([told])

    def deliver(self):
        records = self.feed.news()
        assert notify.handle({"Records": records}) == DONE
        return records

    def morning(self):
        notify.morning(lambda: 300.0)

    def sms(self, phone):
        """What came by SMS beside codes."""
        return [text for text in self.world.messages(phone.number) if "验证码" not in text and "code" not in text]

    def pushed(self, phone):
        return [message for openid, message in self.wechat.pushed if openid.endswith(phone.tokens["person_id"])]


@pytest.fixture
def post(world, monkeypatch):
    made = Post(world, monkeypatch)
    made.feed.news()
    return made


def test_news_goes_out_by_the_channels_of_its_kind_and_says_only_what_it_is_about(post):
    phone = post.citizen()
    post.tell(phone)
    post.deliver()
    (text,), (message,) = post.sms(phone), post.pushed(phone)
    assert text == "【南海通】您有一条关于通行证的新消息，请打开南海通，在“通知”中查看。"
    assert message.data == {"thing1": "通行证", "time2": message.data["time2"], "thing3": "请打开南海通查看详情"}
    assert message.data["time2"].endswith("12:00")
    assert HUANG.name not in text + json.dumps(dict(message.data), ensure_ascii=False)


def test_a_colour_notice_goes_by_wechat_and_does_not_name_the_colour(post):
    phone = post.citizen()
    at = post.world.now
    send([notices.tell(phone.tokens["person_id"], Notice(f"{at:012d}", at, Colour.RED, at, None, ("isolation",)))])
    post.deliver()
    assert (len(post.pushed(phone)), post.sms(phone)) == (1, [])
    assert "红" not in str(post.pushed(phone))


@pytest.mark.parametrize("kind", [QUIET, SILENT])
def test_a_kind_goes_no_other_way(post, kind):
    phone = post.citizen()
    post.tell(phone, kind)
    post.deliver()
    assert (len(post.pushed(phone)), post.sms(phone)) == (int(kind == QUIET), [])


def test_who_has_not_linked_wechat_is_told_by_sms_alone_and_an_unlinked_one_again(post):
    phone = post.citizen(linked=False)
    post.tell(phone)
    post.deliver()
    assert (post.wechat.pushed, len(post.sms(phone))) == ([], 1)
    post.link(phone.tokens["person_id"])
    send([channels.unlinked(phone.tokens["person_id"])])
    post.tell(phone)
    post.deliver()
    assert (post.wechat.pushed, len(post.sms(phone))) == ([], 2)


def test_without_a_mini_program_nothing_goes_by_wechat(post):
    phone = post.citizen()
    post.use(wechat=None)
    post.tell(phone)
    post.deliver()
    assert (post.wechat.pushed, len(post.sms(phone))) == ([], 1)


def test_news_of_a_dependant_reaches_who_acts_for_them(post):
    guardian = post.citizen()
    child = guardian.add(CHILD).json["person_id"]
    post.tell(guardian, person=child)
    post.deliver()
    assert (len(post.pushed(guardian)), len(post.sms(guardian))) == (1, 1)


def test_nobody_is_told_of_somebody_whose_data_are_gone(post):
    phone = post.citizen()
    client().delete_item(TableName=table_name("keys"), Key={"holder": {"S": phone.tokens["person_id"]}})
    assert keys.wrapped(phone.tokens["person_id"]) is None
    post.tell(phone)
    post.deliver()
    assert (post.wechat.pushed, post.sms(phone)) == ([], [])


def test_everything_delivered_again_and_told_twice_goes_out_once(post):
    phone = post.citizen()
    post.tell(phone, subject="round-1")
    records = post.deliver()
    for _ in range(3):
        assert notify.handle({"Records": records}) == DONE
    post.world.pass_time(60)
    post.tell(phone, subject="round-1")
    post.deliver()
    assert (len(post.pushed(phone)), len(post.sms(phone))) == (1, 1)
    rows, _ = notices.page(phone.tokens["person_id"], post.world.now, 10)
    assert [row.subject for row in rows] == ["round-1", "round-1"]


def test_the_row_says_when_it_went_out(post):
    phone = post.citizen()
    post.tell(phone)
    began = post.world.now
    post.deliver()
    (row,) = [row for row in post.world.rows("notices") if "kind" in row]
    assert row["sms_at"] == row["wechat_at"]
    assert began <= int(row["sms_at"]["N"]) <= post.world.now


def test_sms_that_was_not_taken_comes_again_and_wechat_is_not_sent_twice(post):
    phone = post.citizen()
    post.use(sms=BrokenSms())
    post.tell(phone)
    records = post.feed.news()
    failed = {"batchItemFailures": [{"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]}]}
    assert notify.handle({"Records": records}) == failed
    post.use(sms=post.world.platform.sms)
    assert notify.handle({"Records": records}) == DONE
    assert (len(post.pushed(phone)), len(post.sms(phone))) == (1, 1)


def test_a_run_that_dies_after_sending_sms_sends_it_again(post, monkeypatch):
    phone = post.citizen()
    post.tell(phone, LOUD)
    records = post.feed.news()

    def lost(*_, **__):
        raise ReadTimeoutError(endpoint_url="x")

    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "commit", lost)
        assert notify.handle({"Records": records}) != DONE
    assert notify.handle({"Records": records}) == DONE
    assert len(post.sms(phone)) == 2


def test_wechat_that_gave_no_answer_is_not_asked_again(post, capsys):
    phone = post.citizen()
    post.wechat.fails = True
    post.tell(phone, QUIET)
    records = post.deliver()
    post.wechat.fails = False
    assert notify.handle({"Records": records}) == DONE
    assert post.pushed(phone) == []
    assert [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines() if '"notice"' in line] == [
        "lost",
        "before",
    ]


def test_a_holder_without_a_subscription_left_is_nobodys_failure(post, capsys):
    phone = post.citizen()
    post.wechat.refuses = True
    post.tell(phone, QUIET)
    post.deliver()
    assert '"outcome":"declined"' in capsys.readouterr().out


def test_a_person_gets_three_sms_a_day_and_the_log_names_nobody(post, capsys):
    phone = post.citizen()
    for _ in range(5):
        post.tell(phone, LOUD)
    post.deliver()
    said = capsys.readouterr().out
    assert (len(post.sms(phone)), said.count('"outcome":"capped"')) == (3, 2)
    assert phone.tokens["person_id"] not in said
    assert phone.number not in said
    post.at(NOON)
    post.tell(phone, LOUD)
    post.deliver()
    assert len(post.sms(phone)) == 4


def test_all_together_get_so_many_sms_a_day(post, monkeypatch, capsys):
    monkeypatch.setattr(deliveries, "SMS_PER_DAY", replace(deliveries.SMS_PER_DAY, times=1))
    phones = [post.citizen(who) for who in (HUANG, HE)]
    for phone in phones:
        post.tell(phone, LOUD)
    post.deliver()
    assert sum(len(post.sms(phone)) for phone in phones) == 1
    assert '{"event":"notice","channel":"sms","outcome":"spent"}' in capsys.readouterr().out


def test_at_night_only_what_is_urgent_goes_out_and_the_rest_in_the_morning_once(post):
    phone = post.citizen()
    post.at(NIGHT)
    post.tell(phone, LOUD)
    post.tell(phone, TOLD)
    records = post.deliver()
    assert (len(post.pushed(phone)), len(post.sms(phone))) == (0, 1)
    post.morning()
    assert post.pushed(phone) == []
    post.world.pass_time(8 * HOUR_S)  # seven o'clock
    post.morning()
    assert (len(post.pushed(phone)), len(post.sms(phone))) == (1, 2)
    post.morning()
    assert notify.handle({"Records": records}) == DONE
    assert (len(post.pushed(phone)), len(post.sms(phone))) == (1, 2)
    assert post.deliver() is not None  # that rows were held and released is nobody's news


def test_one_failure_in_the_morning_keeps_nobody_else_and_what_may_work_is_tried_again(post, capsys):
    phones = [post.citizen(who) for who in (HUANG, HE)]
    post.at(NIGHT)
    for phone in phones:
        post.tell(phone, QUIET)
    post.deliver()
    post.world.pass_time(9 * HOUR_S)
    (spoilt,) = [row for row in post.world.rows("notices") if row["person_id"]["S"] == phones[0].tokens["person_id"]]
    client().put_item(TableName=table_name("notices"), Item=spoilt | {"kind": {"S": "unheard-of"}})
    post.morning()
    assert (len(post.pushed(phones[0])), len(post.pushed(phones[1]))) == (0, 1)
    assert '{"event":"notice-failed","failure":"Poison"}' in capsys.readouterr().out
    client().put_item(TableName=table_name("notices"), Item=spoilt)
    post.morning()
    assert len(post.pushed(phones[0])) == 1


def test_what_is_a_day_old_is_in_the_inbox_and_nobodys_news(post):
    phone = post.citizen()
    post.tell(phone, LOUD)
    post.world.pass_time(DAY_S)
    post.deliver()
    assert post.sms(phone) == []


def test_rows_of_no_known_form_or_kind_are_set_aside_and_the_rest_goes_on(post):
    phone = post.citizen()
    person, at = phone.tokens["person_id"], post.world.now
    send([notices.tell_news(person, News("1", at, "unheard-of", {}, "x"))])
    client().put_item(
        TableName=table_name("notices"), Item={"person_id": {"S": person}, "notice_id": {"S": "2"}, "kind": {"N": "1"}}
    )
    post.tell(phone, LOUD)
    post.deliver()
    assert len(post.sms(phone)) == 1
    assert [row.why for row in quarantine.page("notices", 10, 0)[0]] == ["Poison", "Poison"]


def test_news_of_a_kind_that_nobody_declared_is_a_defect(post):
    with pytest.raises(ValueError, match="no kind unheard-of"):
        post.tell(post.citizen(), "unheard-of")


def test_the_shipped_rules_are_sound_and_every_kind_and_topic_has_its_text():
    for kind, rule in policy.rules().items():
        for language in LANGUAGES:
            assert f"notice.{kind}" in loaded(language)
            assert f"notices.topic.{rule.topic}" in loaded(language)
            assert len(loaded(language)["notices.push-short"]) <= deliveries.THING_MAX
