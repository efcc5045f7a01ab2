"""The outputs that a sandbox sends are bounded, of whatever kind they are."""

import json

import pytest

from autograder.sandbox import outputs
from autograder.sandbox.outputs import Room, clean_outputs


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(kind="display_data", **data):
    return {"output_type": kind, "data": {key.replace("_", "/"): value for key, value in data.items()}, "metadata": {}}


def error(kind="E", words="", lines=()):
    return {"output_type": "error", "ename": kind, "evalue": words, "traceback": list(lines)}


MEGABYTE = "x" * 2**20
FLOODS = {
    "streams": [stream(MEGABYTE)] * 100,
    "displays": [shown(text_plain=MEGABYTE)] * 100,
    "results": [shown("execute_result", text_plain=MEGABYTE)] * 100,
    "html": [shown(text_html=MEGABYTE)] * 100,
    "pictures": [shown(image_png=MEGABYTE)] * 100,
    "json": [shown(**{"application_json": [MEGABYTE] * 4})] * 100,
    "many-keys": [shown(**{f"{n}_json": [1] for n in range(40_000)})] * 20,
    "metadata": [shown(image_png="") | {"metadata": {"image/png": {str(n): 1 for n in range(60_000)}}}] * 40,
    "words": [error(words=MEGABYTE)] * 100,
    "kinds": [error(kind=MEGABYTE)] * 100,
    "lines": [error(lines=[MEGABYTE] * 100)] * 10,
    "many-lines": [error(lines=["x"] * 10**6)] * 3,
    "empty": [stream("")] * 10**6,
    "empty-errors": [error()] * 10**6,
    "numbers": [shown(**{"a_json": [10**4000] * 1000})] * 100,
    "of-each": [stream(MEGABYTE), shown(text_plain=MEGABYTE), error(lines=[MEGABYTE])] * 40,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_outputs_of_every_kind_share_one_room(kind):
    room = Room()
    cells = [clean_outputs(FLOODS[kind], 1, room) for _ in range(3)]
    assert len(json.dumps(cells)) < 1.2 * outputs._MAX_CHARACTERS
    assert sum(map(len, cells)) <= outputs._MAX_OUTPUTS + len(cells)
    if kind != "html":  # of which the markup is left out, and nothing else is there
        assert "left out" in cells[-1][-1]["text"]


def test_markup_has_a_room_of_its_own_and_words_stay():
    kept = clean_outputs([shown(text_html="x" * outputs._MAX_MARKUP, text_plain="x")] * 5, 1)
    assert ["text/html" in each["data"] for each in kept] == [True] + [False] * 4
    assert all(each["data"]["text/plain"] == "x" for each in kept)


def _parts(value):
    """Count the lists, objects, numbers and texts in some JSON."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_parts, inside))


@pytest.mark.parametrize("part", [[], {}, 0, "", None])
def test_what_is_in_an_output_is_bounded_by_its_parts(part):
    """Each of them is read, copied and written by the coordinator, however few characters it has."""
    kept = clean_outputs([shown(**{"application_json": [part] * 100_000})] * 100, 1)
    assert 200_000 < _parts(kept) < 500_000 and "left out" in kept[-1]["text"]


def test_every_text_of_an_output_can_be_written():
    half = "\ud800"
    metadata = {"metadata": {"image/png": {half: 1}, half: {half: half}}}
    flood = [
        shown(image_png=half, **{f"{half}_json": {half: half}}) | metadata,
        stream(half),
        error(half, half, [half]),
    ]
    assert json.dumps(clean_outputs(flood, 1), ensure_ascii=False).encode().count(b"?") > 4


def test_numbers_that_json_has_no_word_for_are_left_out():
    (output,) = clean_outputs([shown(**{"application_json": [float("nan"), float("inf"), 1.5]})], 1)
    assert output["data"]["application/json"] == [None, None, 1.5]
