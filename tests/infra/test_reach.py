"""The reader of code finds what a handler does to which table, in each of the ways in which the store says it."""

from __future__ import annotations

import pytest

from tests.infra import reach

CONNECTION = """
def client(): ...
def table_name(table): ...
"""
MODEL = """
class Table: ...
def put(label, new): ...
def update(label, of, actions): ...
def get(kind, key): ...
def query(kind, where): ...
def scan(kind): ...
def update_item(of, actions): ...
"""
WRITES = """
from nanhai.store.connection import client, table_name
def put(label, table, new): ...
def commit(writes):
    client().transact_write_items()
    return _row()
def _row():
    return put("row", "idempotency", {})
"""
KEYS = """
from nanhai.store.connection import client, table_name
TABLE = "keys"
def read(name):
    return client().get_item(TableName=table_name(TABLE)).get("Item")
def drop(name):
    client().delete_item(TableName=table_name(TABLE))
def unused(name):
    client().scan(TableName=table_name(TABLE))
"""
GATES = """
from nanhai.store import model
from nanhai.store.model import Table, put
from nanhai.store.rows import GateRow
def new(gate):
    return put("gate", GateRow(gate))
def one(gate):
    return model.get(GateRow, gate)
def shut(gate):
    return model.update("gate", GateRow(gate), [])
def rust(gate):
    return model.update_item(OldGateRow(gate), [])
class OldGateRow(GateRow):
    age = 1
"""
ROWS = """
from nanhai.store.model import Table
class GateRow(Table):
    class Meta:
        table_name = "gates"
"""
SERVICE = """
from nanhai.store import gates, keys
from nanhai.store.writes import commit
class Opening:
    def __init__(self, gate):
        self.gate = gate
    def shut(self):
        return gates.shut(self.gate)
    def rust(self):
        return gates.rust(self.gate)
    def __call__(self):
        return commit([gates.new(self.gate)])
def look(name):
    return keys.read(name)
"""
APP = """
from nanhai.service import Opening, look
from nanhai.service import look as see
@app.route("/look")
def looking():
    return look("a")
@app.on_dynamodb_record(stream_arn="")
def opening(event):
    return Opening("a")()
@app.schedule("rate(1 minute)")
def shutting(event):
    opening_of(event).shut()
@app.schedule("rate(1 day)")
def rusting(event):
    opening_of(event).rust()
"""


@pytest.fixture(autouse=True)
def code(tmp_path, monkeypatch):
    package = tmp_path / "layers" / "nanhai" / "python"
    store = {"connection": CONNECTION, "model": MODEL, "writes": WRITES, "keys": KEYS, "gates": GATES, "rows": ROWS}
    files = {f"nanhai/store/{name}.py": text for name, text in store.items()}
    files |= {"nanhai/__init__.py": "", "nanhai/store/__init__.py": "", "nanhai/service.py": SERVICE}
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, "utf-8")
    (tmp_path / "functions" / "app").mkdir(parents=True)
    (tmp_path / "functions" / "app" / "app.py").write_text(APP, "utf-8")
    monkeypatch.setattr(reach, "ROOT", tmp_path)
    monkeypatch.setattr(reach, "PACKAGE", package)
    reach._package.cache_clear()
    yield
    reach._package.cache_clear()


@pytest.mark.parametrize(
    ("handler", "wanted"),
    [
        ("api_handler", {"keys": {"read"}}),
        ("opening", {"gates": {"append"}, "idempotency": {"append"}}),
        ("shutting", {"gates": {"write"}}),
        ("rusting", {"gates": {"write"}}),
    ],
)
def test_a_handler_needs_what_is_called_from_it(handler, wanted):
    assert reach.access("app", handler) == wanted


def test_a_lambda_function_of_its_own_is_known_by_its_decorator():
    assert reach.handlers("app") == {"opening", "rusting", "shutting"}
