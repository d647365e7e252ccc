"""What wraps the platform's secrets: KMS under a named context, or a key file of its owner alone on a local stage."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError
from nanhai.vault.sealing import Tampered
from nanhai.vault.stages import LOCAL_STAGES
from nanhai.vault.wrapping import KeyFileWrapper, KmsWrapper, NotLocal

SECRET = bytes(range(32))


@pytest.fixture
def kms(aws):
    return boto3.client("kms")


@pytest.fixture
def by_kms(kms) -> KmsWrapper:
    return KmsWrapper(kms.create_key()["KeyMetadata"]["Arn"], kms)


@pytest.fixture
def by_file(tmp_path) -> KeyFileWrapper:
    return KeyFileWrapper.create(tmp_path / "key", "test")


def refused_by_kms(unwrap) -> str:
    with pytest.raises(ClientError) as raised:
        unwrap()
    return raised.value.response["Error"]["Code"]


def test_kms_unwraps_what_it_wrapped_under_the_same_name(by_kms):
    wrapped = by_kms.wrap(SECRET, "core")
    assert SECRET not in wrapped
    assert by_kms.unwrap(wrapped, "core") == SECRET


@pytest.mark.parametrize("name", ["gate#1", "", "CORE"])
def test_kms_refuses_another_name(by_kms, name):
    wrapped = by_kms.wrap(SECRET, "core")
    assert refused_by_kms(lambda: by_kms.unwrap(wrapped, name)) == "InvalidCiphertextException"


def test_kms_refuses_what_another_key_wrapped(kms, by_kms):
    other = KmsWrapper(kms.create_key()["KeyMetadata"]["Arn"], kms)
    wrapped = other.wrap(SECRET, "core")
    assert refused_by_kms(lambda: by_kms.unwrap(wrapped, "core"))


def test_the_name_stands_in_the_encryption_context_and_the_plain_text_nowhere_else(by_kms, kms):
    """CloudTrail shows the context, so that every unwrapping can be told apart."""
    asked = []
    kms.meta.events.register("provide-client-params.kms.*", lambda params, **_: asked.append(params))
    by_kms.unwrap(by_kms.wrap(SECRET, "gate#7"), "gate#7")
    assert [params["EncryptionContext"] for params in asked] == [{"nanhai": "gate#7"}] * 2
    assert [params["KeyId"] for params in asked] == [by_kms.key] * 2


def test_a_key_file_unwraps_what_it_wrapped_under_the_same_name(by_file):
    wrapped = by_file.wrap(SECRET, "core")
    assert SECRET not in wrapped
    assert by_file.unwrap(wrapped, "core") == SECRET
    with pytest.raises(Tampered):
        by_file.unwrap(wrapped, "gate#1")


def test_another_key_file_or_another_stage_does_not_unwrap_it(by_file, tmp_path):
    wrapped = by_file.wrap(SECRET, "core")
    for other in (KeyFileWrapper.create(tmp_path / "other", "test"), KeyFileWrapper(by_file.path, "local")):
        with pytest.raises(Tampered):
            other.unwrap(wrapped, "core")


@pytest.mark.parametrize("stage", ["prod", "staging", "dev", "", "Local", "local "])
def test_a_key_file_starts_on_local_stages_only(tmp_path, stage):
    with pytest.raises(NotLocal):
        KeyFileWrapper(tmp_path / "key", stage)
    with pytest.raises(NotLocal):
        KeyFileWrapper.create(tmp_path / "key", stage)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", sorted(LOCAL_STAGES))
def test_a_fresh_key_file_is_its_owners_alone_and_holds_256_bits(tmp_path, stage):
    made = KeyFileWrapper.create(tmp_path / "key", stage)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(made.path.read_text("ascii"))) == 32
    assert list(tmp_path.iterdir()) == [made.path]


def test_a_key_that_is_there_is_never_replaced(by_file):
    wrapped = by_file.wrap(SECRET, "core")
    assert KeyFileWrapper.create(by_file.path, "test").unwrap(wrapped, "core") == SECRET


def test_of_many_that_make_it_at_once_all_have_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: KeyFileWrapper.create(tmp_path / "key", "test"), range(32)))
    wrapped = [one.wrap(SECRET, "core") for one in made]
    assert {made[0].unwrap(one, "core") for one in wrapped} == {SECRET}
    assert list(tmp_path.iterdir()) == [tmp_path / "key"]


def test_without_its_file_nothing_is_unwrapped(by_file):
    wrapped = by_file.wrap(SECRET, "core")
    by_file.path.unlink()
    with pytest.raises(OSError, match="No such file"):
        by_file.unwrap(wrapped, "core")


def test_no_secret_is_shown(by_file, by_kms):
    assert by_file.path.read_text("ascii") not in repr(by_file)
    assert "client" not in repr(by_kms)
