"""What the documents point at exists."""

from __future__ import annotations

import re

import pytest

from infra.functions import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "infra" / "decisions").glob("*.md"))]
PATHS = re.compile(r"\b(?:tests|infra|layers|functions)/[A-Za-z0-9_./*-]*[A-Za-z0-9_*/]")
LINKS = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")
MADE = frozenset({"infra/policies"})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_is_there(document):
    named = set(PATHS.findall(document.read_text("utf-8"))) - MADE
    assert {path for path in named if not any(ROOT.glob(path.rstrip("/")))} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    links = set(LINKS.findall(document.read_text("utf-8")))
    assert {link for link in links if not (document.parent / link).exists()} == set()


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in DOCUMENTS[2:]]
    assert numbers == list(range(1, len(numbers) + 1))
