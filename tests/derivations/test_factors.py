"""Products taken apart, and divided by one of their factors."""

import pytest

from autograder.derivations.expression import text_of
from autograder.derivations.factors import as_fraction, divided, factors_of, has_factor
from autograder.derivations.reading import read_expression


@pytest.mark.parametrize(
    ("whole", "factors"),
    [
        ("u*v*w", ["u", "v", "w"]),
        ("u*v/w", ["u", "v/w"]),
        ("1/w*u", ["1/w", "u"]),
        ("-(u*v)", ["-u", "v"]),
        ("(u + v)/w", ["(u + v)/w"]),
    ],
)
def test_a_product_has_factors(whole, factors):
    assert [text_of(each) for each in factors_of(read_expression(whole))] == factors


@pytest.mark.parametrize(
    ("whole", "factor", "rest"),
    [
        ("u*v", "v", "u"),
        ("u**2", "u", "u"),
        ("u**3*v", "u", "u**2*v"),
        ("v*u**2*w", "u", "v*u*w"),
        ("u**2*v", "u**2", "v"),
        ("u", "u", "1"),
        ("v*w", "u", "v*(w/u)"),
    ],
)
def test_a_factor_is_taken_out_wherever_it_stands(whole, factor, rest):
    whole, factor = map(read_expression, (whole, factor))
    assert text_of(divided(whole, factor)) == rest
    assert has_factor(whole, factor) == ("/" not in rest)


@pytest.mark.parametrize(
    ("whole", "sign", "above", "below"),
    [
        ("u/v*w/x", 1, "u w", "v x"),
        ("u/(v/w)", 1, "u w", "v"),
        ("-u/(-v)", 1, "u", "v"),
        ("1/(u*v)*(-w)", -1, "w", "u v"),
        ("u + v", 1, "u+v", ""),
    ],
)
def test_a_product_is_one_fraction(whole, sign, above, below):
    found, *parts = as_fraction(read_expression(whole))
    assert found == sign
    assert [[text_of(each).replace(" ", "") for each in part] for part in parts] == [above.split(), below.split()]
