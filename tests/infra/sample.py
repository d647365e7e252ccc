"""Small apps with the handlers that infra/functions.yaml names: deployment is proved without the platform's code."""

from __future__ import annotations

from pathlib import Path

from infra import functions
from infra.functions import Handler

HEAD = """
import json, os
from chalice import Chalice
app = Chalice(app_name="{name}")

@app.route("/configuration")
def configuration():
    return {{"stage": os.environ["NANHAI_STAGE"]}}

@app.route("/codes", methods=["POST"], cors=True)
def codes():
    return {{}}
"""
STREAM = """
@app.on_dynamodb_record(
    stream_arn=os.environ["NANHAI_STREAM_{stream}"], batch_size=100, starting_position="TRIM_HORIZON"
)
def {name}(event):
    return {{"batchItemFailures": []}}
"""
QUEUE = """
@app.on_sqs_message(queue_arn=os.environ["NANHAI_{queue}_QUEUE_ARN"], batch_size=1)
def {name}(event):
    return {{"batchItemFailures": []}}
"""
SCHEDULE = """
@app.schedule("rate(1 minute)")
def {name}(event):
    return {{}}
"""


def write(folder: Path) -> Path:
    """All apps under `folder`, as functions/ holds them."""
    for function in functions.load():
        app = folder / function.name
        app.mkdir(parents=True)
        body = HEAD.format(name=function.name) + "".join(map(_handler, function.handlers))
        (app / "app.py").write_text(body, "utf-8")
        (app / "requirements.txt").write_text("", "utf-8")
    (folder / "portal" / "static").mkdir()
    (folder / "portal" / "static" / "index.html").write_text("<!doctype html><title>pass</title>", "utf-8")
    return folder


def _handler(handler: Handler) -> str:
    if handler.stream:
        return STREAM.format(stream=handler.stream.upper(), name=handler.name)
    if handler.queue:
        return QUEUE.format(queue=handler.queue.upper(), name=handler.name)
    return SCHEDULE.format(name=handler.name)
