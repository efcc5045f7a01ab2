"""What may be typed, and the sentence that everything else gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.derivations.edits import edits_of
from autograder.derivations.expression import Binary, Derivative, Entry, Function, Minus, Number, Same, Sum, text_of
from autograder.derivations.lines import read_lines
from autograder.derivations.reading import Refused, read_expression
from autograder.exercises import DERIVATIONS

A, Z, C = Entry("a"), Entry("z", ("j",)), Entry("C")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a**2", Binary("**", A, Number(2.0))),
        ("a^2", Binary("**", A, Number(2.0))),
        ("−a", Minus(A)),
        ("a·b × 2", Binary("*", Binary("*", A, Entry("b")), Number(2.0))),
        ("η*λ*δ[k]", Binary("*", Binary("*", Entry("eta"), Entry("lam")), Entry("delta", ("k",)))),
        ("lambda/n", Binary("/", Entry("lam"), Entry("n"))),
        ("s(z[j])", Function("s", Z)),
        ("σ(z[j])", Function("s", Z)),
        *((f"{slope}(z[j])", Function("s'", Z)) for slope in ("s'", "σ'", "σ′", "s’", "s '")),
        ("W[k,j]", Entry("W", ("k", "j"))),
        ("sum(k, z[k])", Sum("k", Entry("z", ("k",)))),
        ("d(C, z[j])", Derivative(C, Z)),
        ("dC/dz[j]", Derivative(C, Z)),
        ("∂C/∂z[j]", Derivative(C, Z)),
        ("dz[j] / da", Derivative(Z, A)),
        ("[i == j]", Same("i", "j")),
        ("[i ≠ j]", Binary("-", Number(1.0), Same("i", "j"))),
        ("a²", Binary("**", A, Number(2.0))),
        ("exp(-a)", Function("exp", Minus(A))),
        ("-a**2", Minus(Binary("**", A, Number(2.0)))),
        ("  ((a))  ", A),
        (".5*a", Binary("*", Number(0.5), A)),
    ],
)
def test_what_is_typed_and_what_it_means(typed, meant):
    assert read_expression(typed, ["C", "z", "a"]) == meant


@pytest.mark.parametrize(
    ("typed", "column", "words"),
    [
        ("2(a - y)", 1, "2*(a - y)"),
        ("a(1 - a)", 0, "a*(…)"),
        ("x[i][k]", 0, "x[i, k], not x[i][k]"),
        ("s''(z)", 0, "Second derivatives"),
        ("a'(z)", 1, "A prime belongs to s only"),
        ("z[0]", 2, "An index is one letter"),
        ("z[i+1]", 2, "An index is one letter"),
        ("z[ij]", 2, "one letter"),
        ("sum(z[k])", 0, "sum(k, …)"),
        ("d(C)", 0, "d(C, z[j])"),
        ("d(C, a + b)", 5, "with respect to a name"),
        ("s", 0, "what belongs to it in parentheses"),
        ("a + (b", 4, "opened but never closed"),
        ("a) + b", 1, "closes nothing"),
        ("a = b", 2, "only one ="),
        ("u = 1 + a", 2, "let u ="),
        ("[i = j]", 0, "written =="),
        ("dln(a)", 0, "d(ln(…), …)"),
        ("delta(i, j)", 0, "[i == j]"),
        ("\\sigma(a)", 0, "LaTeX"),
        ("a == b", 0, "in brackets: [i == j]"),
        ("a b", 2, "operator is missing"),
        ("a % b", 2, "The character % has no meaning"),
        ("a\x00", 1, "U+0000"),
        ("\u202ea", 0, "U+202E"),
        ("log(a)", 0, "ln(…)"),
        ("sigmoid(a)", 0, "s(…)"),
        ("__import__", 0, "begins with one"),
        ("a.real", 0, "no meaning"),
        ("(a, b)", 0, "comma"),
        ("[a]", 0, "[i == j]"),
        ("a if a else b", 0, "no meaning"),
        ("1j*a", 1, "operator is missing"),
        ("0x10", 1, "operator is missing"),
        ("2a", 1, "operator is missing"),
        ("s(z)(1 - s(z))", 4, "operator is missing"),
        ("-2(z - a)", 2, "operator is missing"),
        ("(z - a) (z + a)", 8, "operator is missing"),
        ("σ(z) · 2(z)", 8, "operator is missing"),
        ("z[j](z - a)", 4, "operator is missing"),
        ("2**9**9", 3, "power of a power"),
        ("a**100", 3, "at most 20"),
        ("9" * 5000, 1000, "at most 1000 characters"),
        ("9" * 20, 0, "at most 15 digits"),
        ("(" * 2000, 1000, "at most 1000 characters"),
        ("(" * 500 + ")" * 500, 30, "nested parentheses"),
        ("sum(a, " * 5 + "z" + ")" * 5, 28, "more than 4 nested sums"),
        ("d(d(d(C, a), a), a)", 4, "more than 2 nested derivatives"),
        ("", 0, "nothing after the ="),
        ("-" * 900 + "a", 400, "too long"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_its_place(typed, column, words):
    with pytest.raises(Refused) as refused:
        read_expression(typed, ["C", "z", "a"])
    assert words in refused.value.sentence
    assert refused.value.column == column


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_gets_a_sentence(typed):
    try:
        read_expression(typed, ["C", "z", "a"])
    except Refused as refused:
        assert refused.sentence.endswith(".") and 0 <= refused.column <= len(typed)


@given(st.text("ad(C,z[j])+*/-^s'σsum12 .=", max_size=40))
def test_whatever_looks_like_an_expression_is_read_or_gets_a_sentence(typed):
    test_whatever_is_typed_is_read_or_gets_a_sentence.hypothesis.inner_test(typed)


@pytest.mark.parametrize("name", DERIVATIONS)
def test_what_is_written_reads_as_the_same(name):
    """Also for every small edit of every line of every model."""
    derivation = DERIVATIONS[name]
    for line in derivation.model:
        expression = read_expression(line, derivation.vocabulary.names)
        for edited in [expression, *(edit.result for edit in edits_of(expression, derivation.vocabulary))]:
            assert text_of(read_expression(text_of(edited))) == text_of(edited)


def test_lines_comments_reasons_and_continuations():
    text = """
    d(C, a)      # the start

    = d(C, z)
      * d(z, a)  ; because of the chain rule
    let u = 1 + a
    = u
    """
    lines = read_lines(text)
    assert [line.kind for line in lines] == ["start", "step", "let", "step"]
    assert text_of(lines[1].expression) == "d(C, z)*d(z, a)"
    assert lines[2].defines == Entry("u") and text_of(lines[2].expression) == "1 + a"


@pytest.mark.parametrize("line", ["d(C, z)*d(z, a)", "(d(C, z))*d(z, a)", "∂C/∂z", "2*z"])
def test_a_step_without_its_equals_sign_is_told_so_at_its_beginning(line):
    (glued, last) = read_lines(f"d(C, a)\n{line}\n= C")
    assert "begin the line with =" in glued.refusal.sentence and glued.place(glued.refusal.column)[0] == 2
    assert last.refusal is None


@pytest.mark.parametrize("typed", ["a*\nz", "a\n*z", "(a\nz*z)", "d(C,\nz)", "a\n- z", "sum(k,\nz[k])", "a ==\nz"])
def test_a_line_that_an_operator_or_an_open_parenthesis_joins_to_the_one_before_goes_on_with_it(typed):
    (_, step) = read_lines(f"C\n= {typed}")
    assert " ".join(step.text.split()) == typed.replace("\n", " ")


def test_the_place_of_a_mistake_is_told_in_the_text_as_it_was_typed():
    (start, step) = read_lines("d(C, a)\n  = d(C, z)\n      * d(z; a)")
    assert start.refusal is None
    assert step.place(step.refusal.column) == (3, 11)


@pytest.mark.parametrize(
    "text",
    ["d(C, a)\n= d(z; a)", "\nd(C, a)\n= d(z; a)", "\n\n  # YOUR LINES HERE\nd(C, a)  # the start\n\n= d(z; a)\n"],
)
def test_lines_are_counted_without_blank_ones_and_comments(text):
    _, step = read_lines(text)
    assert step.place(step.refusal.column)[0] == 2


def test_a_step_that_forgets_its_sign_is_asked_whether_it_is_one():
    (start,) = read_lines("\nd(C, a)\n2*a\n")
    assert "begin the line with =" in start.refusal.sentence and start.place(start.refusal.column) == (2, 0)
    (start,) = read_lines("\nd(C, a)\n+ 2 a\n")  # this one goes on with the line before
    assert "An operator is missing" in start.refusal.sentence


@pytest.mark.parametrize("line", ["u = 1 + exp(-z)", "u[j] = 1 + exp(-z[j])", "  u=1/a"])
def test_a_definition_that_forgets_let_is_told_so(line):
    (start,) = read_lines(f"d(C, a)\n{line}\n= 2*a\n")[:1]
    name = line.partition("=")[0].strip()
    assert f"begin the line with let, as in let {name} = …" in start.refusal.sentence
    assert start.place(start.refusal.column)[0] == 2


@pytest.mark.parametrize("text", ["x" * 10**7, "\n" * 1000, "= a\n" * 100])
def test_a_text_that_is_too_long_is_refused(text):
    with pytest.raises(Refused, match="more than"):
        read_lines(text)
