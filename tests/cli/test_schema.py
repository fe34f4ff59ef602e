import json

from lstmcast.cli.border import run
from lstmcast.cli.main import lstmcast
from lstmcast.config.json_schema import json_schema


def test_schema_prints_the_schema(capsys):
    code = run(lstmcast, ["schema"])

    assert code == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
