"""What follows a write, as the local platform's own pumps and worker bring it to the functions."""

from __future__ import annotations

import boto3
from nanhai.services.trajectories import co_presence_reviews
from nanhai.streams import draw, effect, escalate, forget, notify, review, rotate

from infra.local.consumers import Consumer, StreamConsumer
from infra.local.pump import Pump
from tests.contract.district import District

CONSUMERS = {
    "people": ("passes", "recolour"),
    "passes": ("passes", "follow"),
    "scans": ("checkpoints", "count"),
    "notices": ("identity", "notify"),
    "sightings": ("trajectories", "index"),
}


def follow_up(district: District) -> None:
    """Until no stream and no queue holds anything that was not delivered, and every schedule has run."""
    pumps = [_pump(district, *named) for named in CONSUMERS.items()]
    while 0.0 in [pump.step() for pump in pumps]:
        pass
    district.work()
    review.handle(lambda: 300.0)
    rotate.handle("a schedule")
    notify.morning(lambda: 240.0)
    escalate.handle(lambda: 60.0)
    effect.handle(lambda: 60.0)
    draw.handle(lambda: 55.0)
    co_presence_reviews.run(district.here, lambda: 60.0)
    forget.handle(lambda: 240.0)


def indexed(district: District) -> None:
    """What was delivered so far can be found by the place."""
    pump = _pump(district, "sightings", CONSUMERS["sightings"])
    while pump.step() == 0.0:
        pass


def _pump(district: District, table: str, handler: tuple[str, str]) -> Pump:
    function, name = handler
    consumer = Consumer(name, 60.0, f"{name}-failures", district.apps[function].handler_map[name])
    source = StreamConsumer(consumer, district.stage.streams[table], 100)
    return Pump(source, district.outside.journal, boto3.client("dynamodbstreams"), pause=lambda _: None)
