"""Small apps with the handlers that infra/functions.yaml names: deployment is proved without the platform's code."""

from __future__ import annotations

from pathlib import Path

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
PASSES = """
@app.on_sqs_message(queue_arn=os.environ["NANHAI_SWEEP_QUEUE_ARN"], batch_size=1)
def sweep(event):
    return {"batchItemFailures": []}

@app.schedule("rate(1 minute)")
def review(event):
    return {}

@app.schedule("cron(10 16 * * ? *)")
def rotate(event):
    return {}
"""


def write(folder: Path) -> Path:
    """All five apps under `folder`, as functions/ holds them."""
    for name in ("identity", "passes", "checkpoints", "casework", "portal"):
        body = HEAD.format(name=name)
        if name == "passes":
            body += STREAM.format(stream="PEOPLE", name="recolour") + STREAM.format(stream="PASSES", name="follow")
            body += PASSES
        if name == "checkpoints":
            body += STREAM.format(stream="SCANS", name="count")
        app = folder / name
        app.mkdir(parents=True)
        (app / "app.py").write_text(body, "utf-8")
        (app / "requirements.txt").write_text("", "utf-8")
    (folder / "portal" / "static").mkdir()
    (folder / "portal" / "static" / "index.html").write_text("<!doctype html><title>pass</title>", "utf-8")
    return folder
