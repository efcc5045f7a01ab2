"""Whatever a sandbox sends, the judge ends it or goes on: no reply is an error of the judge's."""

import contextlib
import copy
import io
import math
import socket
import time
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.checking.call import Described
from autograder.checking.result import Result
from autograder.checking.time_limit import TimeUp
from autograder.sandbox import link as link_module
from autograder.sandbox.channel import Channel, CodecError, pack, unpack
from autograder.sandbox.codec import Decoder, Encoder
from autograder.sandbox.judge import Judge
from autograder.sandbox.link import Link, SandboxEnded

HUGE = 10**400
ODD = [math.inf, -math.inf, math.nan, True, False, None, "", "5", "\ud800", "a\0b", "failure", "KeyError"]
ODD += [HUGE, -1, 0, 2**63, -(2**70), [], {}, [[]], [{}], ["int", "x"], ["rng", {}], ["function", 0, "f"]]
ODD += ["ExceptionGroup", "UnicodeDecodeError", "SystemExit", "BytesWarning", "x" * 1000, ["other", "\0"]]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
GENERATORS = [np.random.default_rng(1), np.random.Generator(np.random.MT19937(1))]
VALUES = [1.5, [np.arange(3.0)], (2**70, np.float32(1)), np.array(["a", "bc"]), np.array([None, "x"]), GENERATORS, {}]


def valid_replies():
    """What a sandbox answers to a call, to the question for names, to a cell, and when it calls back."""
    for value in VALUES:
        encoder = Encoder(lambda function: 0)
        called = {
            "value": encoder.value([value, print]),
            "args": encoder.value((np.zeros(3), [np.ones(2)], GENERATORS[0])),
            "failure": ["ValueError", "no", "raise", "helper", False, "own"],
            "stdout": "a",
            "stderr": "b",
            "warnings": [["RuntimeWarning", "c"]],
            "called": [["nblib.backprop.backprop", "backprop"]],
        }
        yield called, encoder.blobs
        yield called | {"failure": None}, encoder.blobs
        yield {"values": {"f": called["value"]}}, encoder.blobs
        yield {"ask": "recall", "args": encoder.value(("3.1", value))}, encoder.blobs
        yield {"ask": "check", "args": encoder.value((print,))}, encoder.blobs
        yield {"ask": "report", "args": encoder.value((0,))}, encoder.blobs
        yield {"back": 0, "args": encoder.value((value,)), "keywords": encoder.value({"x": value})}, encoder.blobs
    data = {"text/plain": "a", "image/png": "QQ=="}
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "display_data", "data": data, "metadata": {"image/png": {"width": 3}}},
        {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1},
        {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["a", "b"]},
    ]
    yield {"outputs": outputs, "succeeded": True, "interrupted": False, "steps": 5}, []


REPLIES = list(valid_replies())


def places(form, path=()):
    """Every place in some JSON."""
    yield path
    for key, item in form.items() if isinstance(form, dict) else enumerate(form) if isinstance(form, list) else ():
        yield from places(item, (*path, key))


@st.composite
def mutated(draw):
    """A valid reply in which one to three places hold something else, or nothing."""
    form, blobs = copy.deepcopy(draw(st.sampled_from(REPLIES)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in places(form) if path]))
        inside = form
        for key in path[:-1]:
            inside = inside[key]
        if draw(st.booleans()):
            inside[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD) | JSON))
        else:
            del inside[path[-1]]
        if not form:
            break
    if blobs and draw(st.booleans()):
        blobs = draw(st.lists(st.binary(max_size=40), max_size=3))
    return form, blobs


class _Leash:
    """Of a sandbox that is gone."""

    def release(self):
        pass


class _Runner:
    """Takes no part: only cells of a student's are run here."""


def _judge():
    class Limits:
        cell_seconds, wall_seconds, output_characters = 5, 50, 1000

    return Judge(_Runner(), {}, None, Limits())


def squared(x):
    return x * x


def asked(link):
    """Everything that the judge asks of a sandbox, and what it does with the answer."""
    judge = _judge()
    return [
        lambda: link.call(0, "f", (np.zeros(3), [np.ones(2)], np.random.default_rng(0)), {}),
        lambda: link.call(0, "f", (squared, np.zeros((2, 3)).T, np.zeros(6)[::2]), {"x": 1}),
        lambda: link.values({"f"}),
        lambda: link.helpers(0, {"f", "g"}),
        lambda: link.count_steps(0, (squared, 1.0), 1),
        lambda: judge._run(link, "pass", 1),
    ]


@contextlib.contextmanager
def answered_by(*messages):
    """Yield a link to a sandbox that has answered beforehand, in these bytes, and is gone."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
    for message in messages:
        theirs.sendall(len(message).to_bytes(8, "little") + message)
    theirs.shutdown(socket.SHUT_WR)
    link = Link(Channel(ours), _Leash(), time.monotonic() + 60)
    link._key_of(squared)
    try:
        yield link
    finally:
        ours.close()
        theirs.close()


def hold(*messages):
    """Hold that what comes of these answers is an answer, or the end of the sandbox."""
    for number in range(len(asked(None))):
        with answered_by(*messages) as link, warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            try:
                with contextlib.redirect_stderr(io.StringIO()):
                    asked(link)[number]()
            except SandboxEnded:
                assert link.ended
            except (Described, TimeUp):
                pass  # the exception of the student's function that a reply describes


OFTEN = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@OFTEN
@given(JSON)
def test_any_json_is_an_answer_or_the_end(form):
    hold(pack(form))


@OFTEN
@given(mutated(), mutated())
def test_any_change_of_an_answer_is_an_answer_or_the_end(one, other):
    hold(pack(*one), pack(*other))


@OFTEN
@given(st.binary(max_size=200))
def test_any_bytes_are_the_end(message):
    hold(message)


def test_a_sandbox_that_does_not_answer_has_timed_out_and_one_that_is_gone_has_ended(monkeypatch):
    monkeypatch.setattr(link_module, "GRACE", 0.05)
    ours, theirs = socket.socketpair()
    link = Link(Channel(ours), _Leash(), time.monotonic() + 60)
    with theirs:
        for _ in range(2):  # it stays so, whatever is asked next
            with pytest.raises(TimeUp):
                link.count_steps(0, (1.0,), 0.05)
    with answered_by() as gone:
        for _ in range(2):
            with pytest.raises(SandboxEnded):
                gone.count_steps(0, (1.0,), 0.05)


def test_a_question_whose_answer_takes_too_long_ends_no_judge():
    """Steps are counted where the function runs, so a function can wait forever while a cell asks about it."""

    def too_long():
        raise TimeUp

    with answered_by(pack({"ask": "report", "args": Encoder().value((0,))})) as link:
        link._results.append(Result(too_long))
        with pytest.raises(SandboxEnded):
            link.ask({"do": "run"}, answering=True)


@pytest.mark.parametrize(
    "back", [repr(math.inf), "Infinity", "1e400", "true", '"0"', "-1", "1", "9" * 400, "null", "[0]"]
)
def test_a_call_back_has_the_number_of_a_function(back):
    text = f'{{"back": {back}, "args": ["tuple", []], "keywords": ["dict", []]}}'.encode()
    with answered_by(len(text).to_bytes(4, "little") + bytes(4) + text) as link:
        with pytest.raises(SandboxEnded, match=r"a call back is malformed|a message cannot be read"):
            link.ask({"do": "restore"})
        assert link.ended


@pytest.mark.parametrize(
    "form",
    [
        ["objects", "U", [1001], ["x" * 10**6] + ["y"] * 1000],
        ["objects", "U", [0, 10**15], []],
        ["objects", "O", [0, 10**15], []],
        ["array", "<f8", [0, 10**15], 1],
        ["scalar", "<f8", [1], 0],
        ["objects", "U", [1], [["x"]]],
        ["objects", "U", [1], [5]],
        ["array", "<f8", "1", 0],
        ["array", "<f8", [True], 0],
        ["array", "(1", [1], 0],
        ["array", "<f8", [1], 0.0],
        ["int", ["1"] * 5],
        ["dict", [[[1], 1]]],
        ["function", 1.5, "f"],
        ["function", 0, ["f"]],
        ["other", ["x"]],
        ["rng", {"bit_generator": ["x"]}],
    ],
)
def test_every_form_is_bounded_and_read_strictly(form):
    with pytest.raises(CodecError):
        Decoder([bytes(8), b""]).value(form)


@pytest.mark.parametrize("position", [-1, 625, 10**6])
def test_a_generator_does_not_read_outside_of_its_state(position):
    encoder = Encoder()
    form = encoder.value(GENERATORS[1])
    form[1]["state"]["pos"] = position
    with pytest.raises(CodecError, match="outside"):
        Decoder(encoder.blobs).value(form)


def test_a_state_in_a_state_in_a_state_is_too_deep():
    state = {}
    for _ in range(900):
        state = {"state": state}
    with pytest.raises(CodecError, match="too deeply"):
        Decoder().value(["rng", state])


def test_truth_values_are_one_of_two():
    array = Decoder([bytes([0, 1, 2, 255])]).value(["array", "|b1", [4], 0])
    assert array.view(np.uint8).tolist() == [0, 1, 1, 1]


def test_messages_of_many_parts_are_refused():
    with pytest.raises(CodecError, match="too many parts"):
        unpack(pack([[]] * 5_000_000))
