"""Plain data goes through as it is; everything else as a name; nothing that arrives is believed."""

import array
import enum
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.channel import CodecError, pack, unpack
from autograder.sandbox.codec import MAX_ARRAY_BYTES, MAX_DIGITS, Decoder, Encoder, Unsendable


def sent(value):
    encoder = Encoder()
    form, blobs = unpack(pack(encoder.value(value), encoder.blobs))
    return Decoder(blobs).value(form)


def same(one, other):
    if isinstance(one, np.ndarray):
        # Bytes arrive in the machine's own order.
        return (
            one.dtype.newbyteorder("=") == other.dtype
            and one.shape == other.shape
            and np.array_equal(one, other, equal_nan=True)
        )
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and (one == other or (math.isnan(one) and math.isnan(other)))


ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "i4", "u1", "b1", ">f8"]), hnp.array_shapes(min_dims=0, min_side=0)
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ARRAYS
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(VALUES)
def test_plain_data_arrives_as_it_was_sent(value):
    assert same(value, sent(value))


@pytest.mark.parametrize("value", [2**200, -0.0, math.nan, math.inf, np.float32(1.5), np.int64(3), True, "\ud800", ()])
def test_edges_arrive_as_they_were_sent(value):
    assert same(value, sent(value))


def test_a_generator_arrives_with_its_state():
    rng = np.random.default_rng(5)
    rng.random(7)
    assert sent(rng).random() == rng.random()


@pytest.mark.parametrize("value", [object(), {1: 2}, {3}, b"x", int, print, np.zeros(2, "V8"), 1 + 2j, slice(1)])
def test_what_is_no_plain_data_arrives_as_a_name_at_most(value):
    arrived = sent(value)
    assert isinstance(arrived, Unsendable | complex)
    assert isinstance(arrived, complex) or type(arrived).__module__ != type(value).__module__


class _Number(float):
    """A kind of number of a student's own."""


class _Table:
    def __array__(self, *_, **__):
        return np.arange(3.0)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.str_("too high"), "too high"),
        (_Number(1.5), 1.5),
        (enum.IntEnum("Digit", ["SEVEN"]).SEVEN, 1),
        (array.array("d", [1.0, 2.0]), np.array([1.0, 2.0])),
        (memoryview(np.arange(3.0)), np.arange(3.0)),
        (_Table(), np.arange(3.0)),
    ],
)
def test_kinds_of_plain_data_arrive_as_what_they_are_a_kind_of(value, plain):
    arrived = sent(value)
    assert type(arrived) is type(plain) and np.array_equal(arrived, plain)


def test_what_is_much_too_large_arrives_as_a_name():
    large = np.zeros(MAX_ARRAY_BYTES // 16)
    assert type(sent(large)) is np.ndarray
    assert "too large" in type(sent([large, large, large])[-1]).__name__
    assert sent(10**70_000) == 10**70_000
    assert "too large" in type(sent(1 << 5 * MAX_DIGITS)).__name__


def test_one_blob_does_not_make_more_arrays_than_fit():
    blob, form = bytes(MAX_ARRAY_BYTES), ["array", "|u1", [MAX_ARRAY_BYTES], 0]
    with pytest.raises(CodecError, match="too large"):
        Decoder([blob]).value(["list", [form] * 3])
    with pytest.raises(CodecError, match="too long"):
        Decoder().value(["int", "0x1" + "0" * 2 * MAX_DIGITS])


def test_depth_and_number_are_limited():
    deep = []
    for _ in range(100):
        deep = [deep]
    assert "too deep" in repr(Encoder().value(deep))
    assert "too many" in repr(Encoder().value([0] * 1_100_000)[1][-1])


@pytest.mark.parametrize(
    "form",
    [
        {},
        [],
        ["pickle", "x"],
        ["__class__"],
        ["array"],
        ["array", "O", [1], 0],
        ["array", "<f8", [-1, -1], 0],
        ["array", "<f8", [10**9], 0],
        ["array", "f8,f8", [1], 0],
        ["array", "<f8", [1], 7],
        ["int", "x"],
        ["dict", [[1]]],
        ["rng", {"bit_generator": "os.system"}],
        ["function", "x", "y"],
        ["other"],
        ["list", 5],
    ],
)
def test_what_is_not_in_the_grammar_is_refused(form):
    with pytest.raises(CodecError):
        Decoder([b"12345678"]).value(form)


@given(st.binary(max_size=200))
def test_rubbish_is_refused_or_read_as_json(message):
    try:
        unpack(message)
    except CodecError:
        pass
