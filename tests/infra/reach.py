"""Which tables a handler's code can touch, found by reading the code: from a function of app.py through everything it
names, down to the store. What is called on an object whose class cannot be seen counts for every class that has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from infra import template
from infra.functions import HTTP, ROOT

PACKAGE = ROOT / "layers" / "nanhai" / "python"
TABLES = frozenset(
    resource["Properties"]["TableName"]["Fn::Sub"].removeprefix("nanhai-${Stage}-")
    for resource in template.read()["Resources"].values()
    if resource["Type"] == "AWS::DynamoDB::Table"
)
Place = tuple[str, str]  # module, name


@dataclass
class Module:
    name: str
    imports: dict[str, Place] = field(default_factory=dict)  # "" for the name: the module itself
    definitions: dict[str, list[ast.AST]] = field(default_factory=dict)
    methods: dict[str, list[ast.AST]] = field(default_factory=dict)


def tables(function: str, handler: str) -> set[str]:
    """The tables that code behind one Lambda function can name."""
    app = _read("app", ROOT / "functions" / function / "app.py")
    others = _handlers(app)
    starts = {handler} if handler != HTTP else app.definitions.keys() - others
    seen: set[Place] = set()
    todo = [("app", name) for name in starts]
    modules = {**_package(), "app": app}
    while todo:
        place = todo.pop()
        if place not in seen and place[0] in modules:
            seen.add(place)
            todo += _named(modules, place)
    return {table for place in seen for table in _touched(modules, place)}


def _handlers(app: Module) -> set[str]:
    """The functions of app.py that are Lambda functions of their own."""
    marks = {"on_dynamodb_record", "on_sqs_message", "schedule"}
    return {
        name
        for name, nodes in app.definitions.items()
        for node in nodes
        for decorator in getattr(node, "decorator_list", ())
        if marks & {part.attr for part in ast.walk(decorator) if isinstance(part, ast.Attribute)}
    }


def _named(modules: dict[str, Module], place: Place) -> Iterator[Place]:
    module = modules[place[0]]
    if place[1] not in module.definitions:
        yield from _resolve(module, place[1])  # handed on from where it is defined
    for node in _nodes(module, place[1]):
        if isinstance(node, ast.Name):
            yield from _resolve(module, node.id)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(modules, module, node)


def _attribute(modules: dict[str, Module], module: Module, node: ast.Attribute) -> Iterator[Place]:
    if isinstance(node.value, ast.Name) and node.value.id in module.imports:
        of, name = module.imports[node.value.id]
        if not name:
            yield of, node.attr
            return
    for other in modules.values():
        if node.attr in other.methods and other.name.startswith("nanhai."):
            yield other.name, f".{node.attr}"


def _resolve(module: Module, name: str) -> Iterator[Place]:
    if name in module.definitions:
        yield module.name, name
    elif name in module.imports:
        yield module.imports[name]


def _nodes(module: Module, name: str) -> Iterator[ast.AST]:
    held = module.methods.get(name[1:], []) if name.startswith(".") else module.definitions.get(name, [])
    for node in held:
        if isinstance(node, ast.ClassDef):
            yield from (part for line in node.body if not _has_a_name_of_its_own(line) for part in ast.walk(line))
        else:
            yield from ast.walk(node)


def _has_a_name_of_its_own(line: ast.AST) -> bool:
    """A method that is reached by being named; `__call__` and the like are reached with their class."""
    return isinstance(line, ast.FunctionDef) and not line.name.startswith("__")


def _touched(modules: dict[str, Module], place: Place) -> Iterator[str]:
    """Tables named in the store: by its modules' TABLE, or by a text that is a table's name."""
    if not place[0].startswith("nanhai.store."):
        return
    module = modules[place[0]]
    for node in _nodes(module, place[1]):
        if isinstance(node, ast.Name) and node.id == "TABLE":
            yield from (part.value for line in module.definitions["TABLE"] for part in ast.walk(line) if _is_text(part))
        elif _is_text(node) and node.value in TABLES:
            yield node.value


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@cache
def _package() -> dict[str, Module]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        found[name] = _read(name, path)
    return found


def _read(name: str, path: Path) -> Module:
    module = Module(name)
    for node in ast.walk(tree := ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module.imports[alias.asname or alias.name] = _place(node.module, alias.name)
    for node in tree.body:
        _define(module, node)
    return module


def _place(module: str, name: str) -> Place:
    path = PACKAGE.joinpath(*module.split("."), name)
    return (f"{module}.{name}", "") if path.is_dir() or path.with_suffix(".py").is_file() else (module, name)


def _define(module: Module, node: ast.AST) -> None:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        module.definitions.setdefault(node.name, []).append(node)
    if isinstance(node, ast.ClassDef):
        for line in node.body:
            if isinstance(line, ast.FunctionDef):
                module.methods.setdefault(line.name, []).append(line)
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                module.definitions.setdefault(target.id, []).append(node)
