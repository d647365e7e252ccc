"""What a function is told by its environment: every port, and what is wrong with it all at once."""

from __future__ import annotations

import pytest
from nanhai.services.settings import Misconfigured, read

REAL = {
    "NANHAI_STAGE": "prod",
    "NANHAI_TABLE_PREFIX": "nanhai-prod-",
    "NANHAI_KEYS": "kms:key",
    "NANHAI_REGISTER": "https://register.example.cn",
    "NANHAI_UPLOADS": "s3:bucket",
    "NANHAI_WECHAT": "https://wechat.example.cn",
    "NANHAI_LEGAL_REGISTER": "https://legal.example.cn",
    "NANHAI_SIGNALLING": "s3:signalling",
}
LOCAL = {
    "NANHAI_KEYS": "file:/a",
    "NANHAI_REGISTER": "file:/a",
    "NANHAI_UPLOADS": "file:/a",
    "NANHAI_WECHAT": "inbox:http://127.0.0.1:1/a",
    "NANHAI_LEGAL_REGISTER": "file:/a",
    "NANHAI_SIGNALLING": "file:/a",
    "NANHAI_CLOCK_FILE": "/a",
}


def wrong(**changed) -> list[str]:
    with pytest.raises(Misconfigured) as refused:
        read({**REAL, **changed})
    return str(refused.value).split("; ")


def test_each_port_is_read_as_it_is_told():
    told = read(REAL)
    assert (told.uploads, told.wechat, told.legal_register, told.signalling) == (
        "s3:bucket",
        "https://wechat.example.cn",
        "https://legal.example.cn",
        "s3:signalling",
    )


def test_a_deployment_may_do_without_wechat():
    assert read({**REAL, "NANHAI_WECHAT": "none"}).wechat == "none"
    without = {name: value for name, value in REAL.items() if name != "NANHAI_WECHAT"}
    assert read(without).wechat == "none"


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_a_local_part_exists_on_a_local_stage_only(name):
    (said,) = wrong(**{name: LOCAL[name]})
    assert said.startswith(name)
    assert said.endswith("exists on a local stage only")
    assert read({**REAL, "NANHAI_STAGE": "local", name: LOCAL[name]})


@pytest.mark.parametrize("name", sorted(REAL.keys() - {"NANHAI_WECHAT"}))
def test_what_is_missing_is_named(name):
    (said,) = wrong(**{name: ""})
    assert name in said


def test_everything_that_is_wrong_is_said_at_once():
    assert len(wrong(NANHAI_KEYS="x", NANHAI_UPLOADS="x", NANHAI_WECHAT="http://x", NANHAI_DISTRICT="x")) == 4
