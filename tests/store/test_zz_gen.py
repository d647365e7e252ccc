import pathlib
from tests.store import test_stored_form as t
from tests.store.test_stored_form import *
OUT = pathlib.Path("/tmp/pyn/golden.jsonl")
@pytest.mark.parametrize(("table","name"), [(t_, n) for t_, c in WORK.items() for n in c])
def test_gen(determined, table, name):
    WORK[table][name]()
    with OUT.open("a") as f:
        f.write(json.dumps([table, name, told(everything(table))], ensure_ascii=False) + "\n")
