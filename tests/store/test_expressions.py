"""What the store's source names exists, and no expression has a word in it that DynamoDB reserves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nanhai.store
import pytest

from infra.local.tables import definitions
from tests.store.expressions import RESERVED, bare_names, unaliased_reserved

SOURCES = sorted(Path(nanhai.store.__file__).parent.glob("*.py"))
LOOKS_LIKE_ONE = re.compile(
    r"attribute_(not_)?exists\(|begins_with\(|(=|>|<|\+|,) ?:\w|\(:\w|\w :\w|^(SET|ADD|REMOVE) "
)
CALLS = {"put": 3, "update": 3, "delete": 3}  # from which argument on the helpers of `writes` take expressions


@cache
def tree(source: Path) -> ast.Module:
    return ast.parse(source.read_text("utf-8"))


def text_of(node: ast.AST) -> str | None:
    """A literal text, what is filled into it left out."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or " " for part in parts)
    return None


def not_on_their_own(module: ast.Module) -> set[int]:
    """Docstrings, and the pieces of a text that something is filled into."""
    nodes = list(ast.walk(module))
    pieces = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    return pieces | {id(node.value) for node in nodes if isinstance(node, ast.Expr)}


def expressions(source: Path) -> Iterator[str]:
    """Every text of a module that is used as an expression, or looks like one."""
    module = tree(source)
    others = not_on_their_own(module)
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in CALLS:
                yield from filter(None, map(text_of, args[CALLS[name] :]))
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if key is not None and (text_of(key) or "").endswith("Expression"):
                        yield text_of(value) or ""
            case ast.keyword(arg=str(name), value=value) if name.endswith("Expression"):
                yield text_of(value) or ""
            case ast.Constant() | ast.JoinedStr() if id(node) not in others:
                text = text_of(node)
                if text is not None and LOOKS_LIKE_ONE.search(text):
                    yield text


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_no_expression_has_a_reserved_word_without_an_alias(source):
    wrong = {expression: unaliased_reserved(expression) for expression in expressions(source)}
    assert {expression: words for expression, words in wrong.items() if words} == {}


SAMPLE = """
def new(thing):
    \"\"\"Not one: attribute_exists(told) = :told.\"\"\"
    change = f"SET a = :a ADD v_{thing} :one"
    newer = "version > :version OR (version = :version AND later > :later)"
    update("label", "table", key, change, "queue = :open", asked={"KeyConditionExpression": "#list = :list"})
    client().scan(ProjectionExpression="person_id", text="no expression at all")
    return put("label", "table", item(x="y"), "attribute_not_exists(kind)")
"""


def test_the_search_finds_expressions_wherever_they_are_written(tmp_path):
    source = tmp_path / "sample.py"
    source.write_text(SAMPLE, "utf-8")
    assert set(expressions(source)) == {
        "SET a = :a ADD v_  :one",
        "version > :version OR (version = :version AND later > :later)",
        "queue = :open",
        "#list = :list",
        "person_id",
        "attribute_not_exists(kind)",
    }


@pytest.mark.parametrize(
    ("expression", "names", "reserved"),
    [
        ("SET #at = :at, told = :told ADD hits :one", {"told", "hits"}, set()),
        ("attribute_not_exists(request) OR expires_at <= :now", {"request", "expires_at"}, {"request"}),
        ("size(facts) <= :room AND NOT (owner IN (:none, :value))", {"facts", "owner"}, {"owner"}),
        ("begins_with(sk, :hash)", {"sk"}, set()),
        ("SET a = if_not_exists(counter, :end)", {"a", "counter"}, {"counter"}),
        ("add > :x", {"add"}, {"add"}),
    ],
)
def test_names_are_told_from_words_of_the_grammar(expression, names, reserved):
    assert bare_names(expression) == names
    assert unaliased_reserved(expression) == reserved


def test_the_list_of_reserved_words_is_aws_s():
    """573 words; some that were met here."""
    assert len(RESERVED) == 573
    assert {"REQUEST", "HASH", "INDEX", "LIST", "SEQUENCE", "STREAM", "UNTIL", "AT", "OWNER", "COUNTER"} <= RESERVED


def tables(source: Path) -> Iterator[str]:
    for node in ast.walk(tree(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id="TABLE" | "table_name")], value=ast.Constant(value=str(name))):
                yield name
            case ast.Call(func=ast.Name(id="table_name"), args=[ast.Constant(value=str(name))]):
                yield name
            case ast.Call(func=ast.Name(id=verb), args=[_, ast.Constant(value=str(name)), *_]) if verb in CALLS:
                yield name


def indexes(source: Path) -> Iterator[str]:
    text = source.read_text("utf-8")
    yield from re.findall(r'"IndexName": "(\w+)"', text)
    yield from re.findall(r'^(?:[A-Z_]+_INDEX| +index_name) = "(\w+)"', text, re.MULTILINE)


def test_the_store_and_the_template_have_the_same_tables():
    assert {table for source in SOURCES for table in tables(source)} == set(definitions())


def test_the_store_and_the_template_have_the_same_indexes():
    there = {index["IndexName"] for one in definitions().values() for index in one.get("GlobalSecondaryIndexes", ())}
    assert {index for source in SOURCES for index in indexes(source)} == there


def test_no_other_layer_knows_a_key():
    """Only the store speaks to DynamoDB: nobody else asks it for its client."""
    layer = SOURCES[0].parent.parent
    others = [path for path in layer.rglob("*.py") if path.parent != SOURCES[0].parent]
    asking = [path.relative_to(layer).as_posix() for path in others if "store.connection" in path.read_text("utf-8")]
    assert asking == []
