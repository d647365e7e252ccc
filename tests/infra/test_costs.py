"""The cost tables follow from what costs.yaml says, by sums that can be done by hand."""

from __future__ import annotations

import pytest

from infra import costs
from infra.costs import Assumed, Operation, tiered
from infra.functions import ROOT

DECISION = ROOT / "infra" / "decisions" / "0010-what-it-costs.md"
PRICES = {
    "dynamodb_read_million": 0.1,
    "dynamodb_write_million": 0.5,
    "dynamodb_storage_gb": 0.2,
    "dynamodb_pitr_gb": 0.3,
    "lambda_million": 0.2,
    "lambda_gb_s": 0.00001,
    "gateway_tiers_million": [[1, 4.0], [2, 3.0]],
    "transfer_gb": 0.1,
    "logs_gb": 0.5,
    "traces_million": 5.0,
    "kms_key": 1.0,
    "kms_million": 3.0,
    "sms": 0.01,
}
MONTH = {
    "seconds": 1_000,
    "holders": 1_000_000,
    "per_second": {"look": 1_000, "scan": 1},
    "per_holder": {"write": 2},
    "log_kb_per_invocation": 1.0,
    "traced_share": 0.1,
    "stored_kb_per_holder": 10,
    "stored_kb_per_scan": 0,
    "scans_kept_days": 14,
    "keys": 2,
    "kms_millions": 1,
}
LOOK = Operation("look", reads=2, writes=0, ms=100, memory_mb=1_024, answer_kb=2)
WRITE = Operation("write", reads=0, writes=4, ms=50, memory_mb=512, sms=1)
SCAN = Operation("scan", reads=0, writes=0, ms=0, memory_mb=512, invocations=0, gateway=0)
ASSUMED = Assumed(PRICES, (LOOK, WRITE, SCAN), MONTH)


def test_a_million_looks_cost_two_million_reads_and_their_time():
    assert costs.per_million(ASSUMED, LOOK) == pytest.approx(
        {"DynamoDB": 0.2, "Lambda": 0.2 + 1.0, "API Gateway": 4.0, "SMS": 0.0}
    )


def test_a_million_writes_with_a_message_each():
    assert costs.per_million(ASSUMED, WRITE) == pytest.approx(
        {"DynamoDB": 2.0, "Lambda": 0.2 + 0.25, "API Gateway": 4.0, "SMS": 10_000.0}
    )


def test_how_often_is_so_many_a_second_and_so_many_a_holder():
    assert [ASSUMED.times(operation) for operation in ASSUMED.operations] == [1_000_000, 2_000_000, 1_000]


def test_a_month_adds_up_by_service():
    assert costs.per_month(ASSUMED) == pytest.approx(
        {
            "DynamoDB": 0.2 + 2 * 2.0,
            "Lambda": 1.2 + 2 * 0.45,
            "API Gateway": 1 * 4.0 + 2 * 3.0,
            "SMS": 20_000.0,
            "logs": 3 * 0.5,
            "traces": 0.3 * 5,
            "transfer": 2 * 0.1,
            "storage, recovery": 10 * 0.5,
            "KMS": 5.0,
        }
    )


@pytest.mark.parametrize(
    ("millions", "usd"), [(0, 0), (0.5, 2), (1, 4), (2, 7), (3, 10), (10, 31)], ids=lambda value: str(value)
)
def test_each_tier_has_its_price_and_the_last_one_has_no_end(millions, usd):
    assert tiered(millions, PRICES["gateway_tiers_million"]) == usd


def test_an_operation_that_nobody_described_is_named(tmp_path):
    text = costs.PATH.read_text("utf-8").replace("{show: 250,", "{shew: 250,")
    (tmp_path / "costs.yaml").write_text(text, "utf-8")
    with pytest.raises(KeyError, match="shew"):
        costs.read(tmp_path / "costs.yaml")


def test_the_decision_shows_what_is_computed_now():
    assert costs.tables(costs.read()).strip() in DECISION.read_text("utf-8")
