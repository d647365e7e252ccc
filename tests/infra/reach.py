"""What a handler's code can do to which table, found by reading the code: from a function of app.py through everything
it names, down to the store. What is called on an object whose class cannot be seen counts for every class that has it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
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
# How the store says what it does, and the word for it in functions.yaml: botocore's calls, and the store's own makers
# of writes and reads.
CALLS = {"get_item": "read", "query": "read", "scan": "scan", "put_item": "append", "update_item": "write"}
CALLS |= {"delete_item": "delete"}
MAKERS = CALLS | {"get": "read", "put": "append", "update": "write", "delete": "delete"}
MAKING = frozenset({"nanhai.store.batch", "nanhai.store.model", "nanhai.store.writes"})
BULK = "nanhai.store.batch_writing"  # puts and deletes of many items, which IAM has one action for
Place = tuple[str, str]  # module, name


@dataclass
class Module:
    name: str
    imports: dict[str, Place] = field(default_factory=dict)  # "" for the name: the module itself
    definitions: dict[str, list[ast.AST]] = field(default_factory=dict)
    methods: dict[str, list[ast.AST]] = field(default_factory=dict)


def access(function: str, handler: str) -> dict[str, set[str]]:
    """Table by table, the words of functions.yaml that the code behind one Lambda function needs."""
    found: dict[str, set[str]] = {}
    for table, word in _reached(function, handler):
        found.setdefault(table, set()).add(word)
    return {table: words - {"append"} if "write" in words else words for table, words in found.items()}


def handlers(function: str) -> set[str]:
    """The functions of app.py that are Lambda functions of their own."""
    return _handlers(_app(function))


def reaches(function: str, handler: str, module: str) -> bool:
    """Whether the code behind one Lambda function calls into a module."""
    modules, seen = _seen(function, handler)
    made = {
        name for name, nodes in modules[module].definitions.items() for n in nodes if isinstance(n, ast.FunctionDef)
    }
    return any(place == module and name in made for place, name in seen)


def _reached(function: str, handler: str) -> Iterator[tuple[str, str]]:
    modules, seen = _seen(function, handler)
    for place in seen:
        yield from _done(modules[place[0]], place[1])


def _seen(function: str, handler: str) -> tuple[dict[str, Module], set[Place]]:
    """Every module, and every definition that is reached."""
    app = _app(function)
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
    return modules, seen


def _app(function: str) -> Module:
    return _read("app", ROOT / "functions" / function / "app.py")


def _handlers(app: Module) -> set[str]:
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
    nodes = list(_nodes(module, place[1]))
    own = _own_names(nodes)
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in own:
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


def _own_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Parameters and variables: what they are called means nothing outside."""
    parameters = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return parameters | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


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


def _done(module: Module, name: str) -> Iterator[tuple[str, str]]:
    """What one definition of the store does, and to which table: one that it names, or its module's own."""
    if not module.name.startswith("nanhai.store."):
        return
    nodes = list(_nodes(module, name))
    words = {word for node in nodes for word in _words(module, node)}
    tables = set(_tables(module, nodes))
    if not tables and module.name not in MAKING:
        tables = set(_tables_of(module, "TABLE"))
    yield from ((table, word) for table in tables for word in words)


def _words(module: Module, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=of))) if module.imports.get(of) == (BULK, ""):
            yield "bulk"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=name)) if _is_making(module, of):
            yield from (MAKERS[name] for _ in range(name in MAKERS))
        case ast.Call(func=ast.Attribute(attr=name)) if name in CALLS:
            yield CALLS[name]
        case ast.Call(func=ast.Name(id=name)) if name in MAKERS and (_is_making(module, name) or module.name in MAKING):
            yield MAKERS[name]


def _is_making(module: Module, name: str) -> bool:
    """Whether `name` is a module that makes writes and reads, or comes from one."""
    return module.imports.get(name, ("",))[0] in MAKING


def _tables(module: Module, nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name):
            yield from _tables_of(module, node.id)
        elif _is_text(node) and node.value in TABLES:
            yield node.value


def _tables_of(module: Module, name: str) -> Iterator[str]:
    """What TABLE says, or the Meta of a model or of one it is made from, wherever it is defined."""
    if name in module.imports and module.imports[name][0].startswith("nanhai.store."):
        of, name = module.imports[name]
        module = _package().get(of, module)
    for node in module.definitions.get(name, ()):
        if name == "TABLE" or isinstance(node, ast.ClassDef):
            yield from (part.value for part in ast.walk(node) if _is_text(part) and part.value in TABLES)
        if isinstance(node, ast.ClassDef) and any(isinstance(p, ast.Name) and p.id == "TABLE" for p in ast.walk(node)):
            yield from _tables_of(module, "TABLE")
        for base in getattr(node, "bases", ()):
            if isinstance(base, ast.Name):
                yield from _tables_of(module, base.id)


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
