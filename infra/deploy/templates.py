"""Each function as a zip and a SAM template, infra/merge included: the same content as `deploy`, for CloudFormation.

Nothing is asked of AWS, so account, keys and streams stand in the template as placeholders of this shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from infra import layers
from infra.deploy import chalice, copies, settings
from infra.deploy.foundation import Outputs
from infra.deploy.target import Target
from infra.functions import Function, layer_names

ACCOUNT = "000000000000"


def write(target: Target, out: Path) -> Iterator[str]:
    """A folder per function under `out`, layers beside them; a line with its size for each."""
    for layer in layers.build(target.build / "layers", target.layers, target.sources, target.functions):
        yield f"layer {layer.name:14} {layer.size:>10,} bytes"
    for function in target.functions:
        folder = one(target, function, out / function.name)
        yield f"app {function.name:16} {(folder / 'deployment.zip').stat().st_size:>10,} bytes"


def one(target: Target, function: Function, out: Path) -> Path:
    """The folder with deployment.zip and sam.json."""
    target.__dict__.setdefault("account", ACCOUNT)  # where Target keeps what it would ask AWS for
    copy = copies.make(target, function, placeholders(target), layer_placeholders(target), None)
    merge = settings.MERGE / f"{function.name}.json"
    out.mkdir(parents=True, exist_ok=True)
    chalice.run(
        target, copy, "package", "--stage", target.stage.name, "--merge-template", str(merge), str(out.resolve())
    )
    _default_stage(target, out / "sam.json")
    return out


def _default_stage(target: Target, sam: Path) -> None:
    document = json.loads(sam.read_text("utf-8"))
    document["Parameters"]["Stage"]["Default"] = target.stage.name
    sam.write_text(json.dumps(document, indent=2), "utf-8")


def placeholders(target: Target) -> Outputs:
    """The foundation's outputs in the shape AWS gives them."""
    arn = f"arn:{target.partition}:{{}}:{target.region}:{ACCOUNT}:{{}}"
    key = arn.format("kms", "key/00000000-0000-0000-0000-000000000000")
    stream = f"table/{target.prefix}-{{}}/stream/2020-01-23T00:00:00.000"
    return {
        "TablesKeyArn": key,
        "SecretsKeyArn": key,
        "SweepQueueUrl": f"https://sqs.{target.region}.amazonaws.com/{ACCOUNT}/{target.prefix}-sweep",
        "SweepQueueArn": arn.format("sqs", f"{target.prefix}-sweep"),
        "PeopleStreamArn": arn.format("dynamodb", stream.format("people")),
        "PassesStreamArn": arn.format("dynamodb", stream.format("passes")),
        "ScansStreamArn": arn.format("dynamodb", stream.format("scans")),
        "NoticesStreamArn": arn.format("dynamodb", stream.format("notices")),
        "SightingsStreamArn": arn.format("dynamodb", stream.format("sightings")),
        "IngestQueueUrl": f"https://sqs.{target.region}.amazonaws.com/{ACCOUNT}/{target.prefix}-ingest",
        "IngestQueueArn": arn.format("sqs", f"{target.prefix}-ingest"),
        "SignallingBucketName": f"{target.prefix}-signalling-{ACCOUNT}",
        "EvidenceBucketName": f"{target.prefix}-evidence-{ACCOUNT}",
    }


def layer_placeholders(target: Target) -> dict[str, str]:
    arn = f"arn:{target.partition}:lambda:{target.region}:{ACCOUNT}:layer:{target.prefix}-{{}}:1"
    return {name: arn.format(name) for name in layer_names(target.functions)}
