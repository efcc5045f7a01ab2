"""A family that fits an exercise, and that it doesn't have, is offered; nothing else is."""

from dataclasses import replace

from autograder.audit.offers import offers
from autograder.diagnosis.known_mistakes import catalogue_of
from autograder.exercises import EXERCISES


def offered(name):
    return [line.split()[2] for line in offers(name)]


def test_a_forgotten_twin_is_offered(monkeypatch):
    assert "summed" not in offered("output_delta")
    without = [mistake for mistake in EXERCISES["output_delta"].mistakes if mistake.id != "summed"]
    monkeypatch.setitem(EXERCISES, "output_delta", replace(EXERCISES["output_delta"], mistakes=without))
    catalogue_of.cache_clear()
    assert "summed" in offered("output_delta")
    catalogue_of.cache_clear()


def test_what_cannot_be_made_passes_or_has_a_name_already_is_not_offered():
    found = offered("l2_cost")
    assert "order-of-results" not in found  # there is one result
    assert "flattened" not in found  # which changes nothing that counts, or is called one-element-array
    assert "no-transpose" not in found
