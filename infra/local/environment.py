"""What the processes of a local platform are told: the same variables as on AWS, with loopback addresses in them."""

from __future__ import annotations

import os
from collections.abc import Mapping

from infra.local.aws import queue_arn, queue_url
from infra.local.folder import PREFIX, Folder

DISTRICT = "440605"  # of the shipped divisions
OURS = ("AWS_", "NANHAI_", "BOTO_")  # of whoever calls, none of these reaches a platform: no profile, no region
SWEEP_QUEUE, INGEST_QUEUE = f"{PREFIX}sweep", f"{PREFIX}ingest"


def compose(
    caller: Mapping[str, str], folder: Folder, port: int, engine: Mapping[str, str], streams: Mapping[str, str]
) -> dict[str, str]:
    """The whole environment of a child process; `streams` are the stream ARNs by table."""
    base = f"http://127.0.0.1:{port}"
    return {
        **{name: value for name, value in caller.items() if not name.startswith(OURS)},
        **engine,
        "AWS_ENDPOINT_URL_SNS": f"{base}/local/sns",
        "AWS_ENDPOINT_URL_SQS": f"{base}/local/sqs",
        "NANHAI_STAGE": "local",
        "NANHAI_TABLE_PREFIX": PREFIX,
        "NANHAI_DISTRICT": DISTRICT,
        "NANHAI_KEYS": f"file:{folder.key_file}",
        "NANHAI_REGISTER": f"file:{folder.register}",
        "NANHAI_UPLOADS": f"file:{folder.uploads}",
        "NANHAI_WECHAT": f"inbox:{base}/local/wechat",
        "NANHAI_LEGAL_REGISTER": f"file:{folder.legal_register}",
        "NANHAI_CLOCK_FILE": str(folder.clock),
        "NANHAI_SWEEP_QUEUE_URL": queue_url(base, SWEEP_QUEUE),
        "NANHAI_SWEEP_QUEUE_ARN": queue_arn(SWEEP_QUEUE),
        "NANHAI_SIGNALLING": f"file:{folder.signalling}",
        "NANHAI_INGEST_QUEUE_URL": queue_url(base, INGEST_QUEUE),
        "NANHAI_INGEST_QUEUE_ARN": queue_arn(INGEST_QUEUE),
        **{f"NANHAI_STREAM_{table.upper()}": arn for table, arn in streams.items() if arn},
    }


def ours(environment: Mapping[str, str]) -> dict[str, str]:
    """What of it concerns the platform."""
    return {name: value for name, value in environment.items() if name.startswith(OURS)}


def adopt(told: Mapping[str, str]) -> None:
    """From here on this process uses the store and the services as that platform's functions do."""
    for name in ours(os.environ):
        del os.environ[name]
    os.environ.update(told)
