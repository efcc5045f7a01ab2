"""What a mistake changes in the reference, and what two mistakes change together."""

import ast
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.exercise import Exercise, Mistake
from autograder.exercises import EXERCISES
from autograder.exercises.edits import apply_edits, changed_places, function_of, source_of_both


def sums(a, b):
    total = a + b
    return total


EXERCISE = Exercise(0, "a + b", list, [], name="sums", reference=sums)


def both(one, other):
    """Run the function that two lists of edits make together."""
    source = source_of_both(EXERCISE, Mistake("one", None, "", edits=one), Mistake("other", None, "", edits=other))
    return source and function_of(EXERCISE, source)(5, 3)


def changed(source, places):
    for start, end, text in reversed(places):
        source = source[:start] + text + source[end:]
    return source


def test_edits_of_different_places_are_combined():
    assert both((("a + b", "a - b"),), (("return total", "return 10 * total"),)) == 20


def test_what_an_edit_repeats_of_the_reference_is_no_change():
    assert both((("a + b", "a - b"),), (("total = a + b", "total = abs(10 * (a + b))"),)) == 20


def test_a_function_of_its_own_is_combined_where_it_is_like_the_reference():
    own = inspect.getsource(sums).replace("return total", "return -total")
    assert both((("a + b", "a - b"),), ((inspect.getsource(sums), own),)) == -2


def test_of_two_texts_put_at_one_place_the_first_mistake_comes_first():
    assert both((("a + b", "-a + b"),), (("a + b", "3 * a + b"),)) == -12


def test_edits_of_the_same_place_are_not_combined():
    assert both((("a + b", "a - b"),), (("a + b", "a * b"),)) is None
    assert both((("a + b", "a"),), (("+ b", "- b"),)) is None


def test_mistakes_that_were_not_made_by_edits_are_not_combined():
    assert both((("a + b", "a - b"),), ()) is None


def test_what_is_no_program_makes_no_function():
    assert function_of(EXERCISE, "def sums(a, b):\n    return (a\n") is None


def test_names_do_not_grow_together():
    places = changed_places("return x", (("return x", "return not x"),))
    assert changed("return x", places).split() == ["return", "not", "x"]
    places = changed_places("a if b else c", (("a if b else c", "a if c"),))
    assert changed("a if b else c", places).split() == ["a", "if", "c"]


TEXTS = st.lists(st.sampled_from(["a", "b", "12", "if", " ", "+", "**", "(", ")", "\n", "\n    "]), max_size=12)


@given(TEXTS, TEXTS)
def test_places_turn_the_old_text_into_the_new_one(old, new):
    old, new = "".join(old), "".join(new)
    result = changed(old, changed_places(old, ((old, new),)))
    assert [line.replace(" ", "") for line in result.split("\n")] == [line.replace(" ", "") for line in new.split("\n")]


@pytest.mark.parametrize("name", EXERCISES)
def test_places_of_each_mistake_make_the_same_program_as_its_edits(name):
    source = inspect.getsource(EXERCISES[name].reference)
    for mistake in EXERCISES[name].mistakes:
        wanted = apply_edits(source, mistake.edits, mistake.id)
        got = changed(source, changed_places(source, mistake.edits))
        assert ast.dump(ast.parse(got)) == ast.dump(ast.parse(wanted)), mistake.id
