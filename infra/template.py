"""CloudFormation's YAML as plain values: its short tags (!Ref, !Sub, !GetAtt) become what they abbreviate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from infra.functions import ROOT

PATH = ROOT / "infra" / "template.yaml"
BODY_BYTES_MAX = 1_048_576  # CloudFormation takes no more, by way of a bucket


class Loader(yaml.CSafeLoader):
    """A safe loader that knows the short tags."""


def read(path: Path = PATH) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a safe loader
    return document


def body(template: dict[str, Any]) -> str:
    """The template as CloudFormation takes it; ValueError when it has grown too large for that."""
    text = json.dumps(template, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > BODY_BYTES_MAX:
        raise ValueError(f"the template has {len(text.encode()):,} bytes, more than {BODY_BYTES_MAX:,}")
    return text


def _short(loader: yaml.CSafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value = _value(loader, node)
    if tag in {"Ref", "Condition"}:
        return {tag: value}
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{tag}": value}


def _value(loader: yaml.CSafeLoader, node: yaml.Node) -> Any:  # noqa: ANN401 - whatever YAML holds there
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type] # the third and last kind of node


Loader.add_multi_constructor("!", _short)
