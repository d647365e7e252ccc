"""The ring of keys, made once for a stage and kept wrapped by KMS. In a process of its own: the store reads where its
tables are from the environment, and plain keys end with the process."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import boto3

from infra.deploy.foundation import Outputs
from infra.deploy.target import DeployFault, Target

RUN_S_MAX = 120


def apply(target: Target, outputs: Outputs) -> None:
    """Makes the ring when the stage has none; an existing one is never touched."""
    environ = os.environ | {
        "NANHAI_TABLE_PREFIX": f"{target.prefix}-",
        "AWS_DEFAULT_REGION": target.region,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "infra.deploy.ring", target.stage.name, outputs["SecretsKeyArn"]]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=RUN_S_MAX)
    if done.returncode:
        raise DeployFault(f"the ring of keys could not be made: {' '.join(done.stderr.strip().splitlines()[-1:])}")


def make(stage: str, key: str) -> None:
    from nanhai.store import keys
    from nanhai.vault.ring import new_ring, ring_to_entries
    from nanhai.vault.wrapping import KmsWrapper

    if not keys.ring_entries():
        keys.save_ring(ring_to_entries(new_ring(int(time.time()), stage), KmsWrapper(key, boto3.client("kms"))))


if __name__ == "__main__":
    make(*sys.argv[1:])
