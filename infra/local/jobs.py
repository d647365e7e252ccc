"""The process that does what no request asks for: stream pumps, queue workers, schedules."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

import boto3
from botocore.config import Config
from nanhai.services.clock import clock
from nanhai.services.settings import read

from infra.local import apps, consumers, worker
from infra.local.folder import Folder
from infra.local.journal import Journal
from infra.local.prune import Pruner
from infra.local.pump import Pump
from infra.local.scheduler import Scheduler
from infra.local.work import Crew
from infra.local.worker import Worker

PATIENT = Config(connect_timeout=1, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})


def main(data: Path) -> None:
    """Runs until it is told to end (SIGTERM, SIGINT)."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("nanhai").setLevel(logging.INFO)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    journal = Journal(data)
    worker.release(journal)
    crew = start(journal, data)
    ending.wait()
    crew.end()


def start(journal: Journal, data: Path) -> Crew:
    loaded = apps.load_all()
    crew = Crew(journal)
    streams = consumers.streams(loaded)
    for stream in streams:
        client = boto3.client("dynamodbstreams", config=PATIENT)
        crew.start(f"pump {stream.consumer.name}", Pump(stream, journal, client, crew.pause).step)
    for queue in consumers.queues(loaded):
        crew.start(f"queue {queue.queue}", Worker(queue, journal).step)
    now = clock(read(os.environ))
    for schedule in consumers.schedules(loaded):
        crew.start(f"schedule {schedule.consumer.name}", Scheduler(schedule, journal, now, crew.pause).step)
    database = Folder(data).engine / "dynoxide.db"
    if database.exists():
        crew.start("prune", Pruner(journal, database, Counter(stream.stream_arn for stream in streams)).step)
    return crew


if __name__ == "__main__":
    main(Path(sys.argv[1]))
