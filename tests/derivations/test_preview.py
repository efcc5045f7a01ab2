"""What a learner sees while typing: every line that can be read as mathematics, the others as they were typed."""

import re

import pytest
from bs4 import BeautifulSoup

from autograder import elsewhere
from autograder.derivations.preview import Preview, typeset
from autograder.derive import preview_derivations
from autograder.exercises import DERIVATIONS


def rows(text, names=()):
    return BeautifulSoup(typeset(text, names), "html.parser").find_all("div")


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_model_derivation_is_set_line_by_line(name):
    derivation = DERIVATIONS[name]
    model = "\n= ".join(derivation.model)
    shown = rows(model, derivation.vocabulary.names)
    assert shown and all(row.find("math") for row in shown)
    assert not any("\\" in row.get_text() for row in shown)


def test_an_unfinished_line_is_shown_as_it_was_typed_and_judged_by_nobody():
    first, second, third = rows("d(C, z[j])\n= sum(k, delta\nlet u = 1 + z")
    assert first.find("math") and third.find("math")
    assert second.find("code").get_text() == "= sum(k, delta"
    assert not re.search("[✓✗]", typeset("d(C, z[j])\n= 0"))


def test_what_was_typed_is_never_markup():
    (row,) = rows("<img src=x onerror=alert(1)> +")
    assert row.find("img") is None and "<img" in row.get_text()


def test_too_long_a_text_gets_the_sentence_of_derive():
    assert "more than 20,000 characters" in typeset("x + " * 10_000)


def test_a_strange_message_is_no_error_and_gets_no_answer(monkeypatch):
    preview, sent = Preview(), []
    monkeypatch.setattr(preview, "send", sent.append)
    for content in ({}, {"name": "induction", "text": 3}, {"name": "nothing", "text": "x"}):
        preview._answer(None, content, [])
    assert sent == []
    preview._answer(None, {"name": "induction", "text": "d(C, z[j])", "serial": 4}, [])
    assert sent[0]["serial"] == 4 and "<math" in sent[0]["page"]


def test_there_is_nothing_to_show_where_nobody_types(monkeypatch):
    monkeypatch.setattr(elsewhere, "ask", lambda *words: None)
    assert preview_derivations() is None
