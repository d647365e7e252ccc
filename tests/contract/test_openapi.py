"""The published interface is the one that the routes declare."""

from __future__ import annotations

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from infra import openapi


def test_the_description_in_the_repository_is_current():
    assert openapi.is_current(openapi.render()), "run python -m infra.openapi"


def test_the_description_is_valid_openapi():
    OpenAPIV31SpecValidator(json.loads(openapi.render())).validate()


def test_a_drifted_description_is_found(monkeypatch, tmp_path, capsys):
    drifted = tmp_path / "openapi.json"
    drifted.write_text("{}")
    monkeypatch.setattr(openapi, "PATH", drifted)
    monkeypatch.setattr(openapi, "ROOT", tmp_path)
    assert openapi.main(["--check"]) == 1
    assert "openapi.json" in capsys.readouterr().err
    assert (openapi.main([]), openapi.main(["--check"])) == (0, 0)
