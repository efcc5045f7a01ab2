"""The first word of a sentence: a word gets a capital letter, and the name of a quantity keeps its own."""

import pytest

from autograder.checking.words import begin_sentence


@pytest.mark.parametrize("text", ["dw is right.", "db and dW are off.", "a of layer 1 is off.", "z of layer 2 is off."])
@pytest.mark.parametrize(
    "more", ["a_dropped should be a.", "stop_epoch is wrong.", "∂C/∂W is right.", "X_b has shape (3,)."]
)
def test_names_stay_as_they_are(text, more):
    assert [begin_sentence(text), begin_sentence(more)] == [text, more]


@pytest.mark.parametrize(
    "text", ["the result holds nan.", "a bias isn't 0.", "you returned 7 examples.", "some repeat."]
)
def test_words_begin_with_a_capital(text):
    begun = begin_sentence(text)
    assert begun[0].isupper() and begun[1:] == text[1:]
