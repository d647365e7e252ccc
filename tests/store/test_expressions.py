"""PynamoDB writes the expressions: no module of the store does, and what goes out is held against DynamoDB's rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nanhai.store
import pytest

from tests.store.expressions import RESERVED, bare_names, unaliased_reserved

STORE = Path(nanhai.store.__file__).parent
SOURCES = {path.stem: ast.parse(path.read_text("utf-8")) for path in sorted(STORE.glob("*.py"))}
LOOKS_LIKE_ONE = re.compile(
    r"attribute_(not_)?exists ?\(|begins_with ?\(|(=|>|<|\+|,) ?:\w|\(:\w|\w :\w|^(SET|ADD|REMOVE) |#\w+ ?(=|<|>)"
)
SPEAK = {"batch", "batch_writing", "model", "writes"}  # the modules that make requests


def texts(module: ast.Module):
    """Every literal text, docstrings left out; what is filled into one is left out too."""
    told = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


@pytest.mark.parametrize("name", SOURCES)
def test_no_module_writes_an_expression(name):
    assert [text for text in texts(SOURCES[name]) if LOOKS_LIKE_ONE.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "attribute_not_exists(kind)",
        "SET a = :a ADD v_admit :one",
        "ADD hits :by",
        "queue = :open",
        "#list = :list AND begins_with(sk, :prefix)",
        "version > :version OR (version = :version AND later > :later)",
        "device IN (:none, :device)",
    ],
)
def test_an_expression_would_be_seen(text):
    assert LOOKS_LIKE_ONE.search(text)


def test_few_modules_speak_to_dynamodb_and_each_through_the_one_client():
    speaking = {
        name
        for name, module in SOURCES.items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("nanhai.store.connection", "nanhai.store.transport", "boto3"))
    }
    assert speaking - {"connection"} == SPEAK


def test_no_other_layer_knows_a_key():
    """Only the store speaks to DynamoDB: nobody else asks it for its client."""
    layer = STORE.parent
    others = [path for path in layer.rglob("*.py") if path.parent != STORE]
    asking = [path.relative_to(layer).as_posix() for path in others if "store.connection" in path.read_text("utf-8")]
    assert asking == []


@pytest.mark.parametrize(
    ("expression", "names", "reserved"),
    [
        ("SET #at = :at, told = :told ADD hits :one", {"told", "hits"}, set()),
        ("attribute_not_exists(request) OR expires_at <= :now", {"request", "expires_at"}, {"request"}),
        ("size(facts) <= :room AND NOT (owner IN (:none, :value))", {"facts", "owner"}, {"owner"}),
        ("begins_with(sk, :hash)", {"sk"}, set()),
        ("SET a = if_not_exists(counter, :end)", {"a", "counter"}, {"counter"}),
        ("add > :x", {"add"}, {"add"}),
        ("(attribute_exists (#0) AND size (#1) <= :0)", set(), set()),
    ],
)
def test_names_are_told_from_words_of_the_grammar(expression, names, reserved):
    assert bare_names(expression) == names
    assert unaliased_reserved(expression) == reserved


def test_the_list_of_reserved_words_is_aws_s():
    """573 words; some that were met here."""
    assert len(RESERVED) == 573
    assert {"REQUEST", "HASH", "INDEX", "LIST", "SEQUENCE", "STREAM", "UNTIL", "AT", "OWNER", "COUNTER"} <= RESERVED
