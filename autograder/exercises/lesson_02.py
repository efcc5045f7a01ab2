"""Lesson 2, the chain rule: ten exercises, their probes and the mistakes that are known by name."""

import math
from itertools import product

import numpy as np

from autograder.checking import probes
from autograder.checking.requirements import cases, shapes, unchanged, values
from autograder.exercise import Exercise, Mistake
from autograder.recall import Question
from nblib.activations import logistic, logistic_prime, relu, relu_prime, tanh, tanh_prime
from nblib.gradcheck import relative_error
from nblib.network import forward

LESSON = "02-chain-rule"


# --- logistic_prime, tanh_prime, relu_prime --------------------------------------------------------------------------


def _weighted_inputs(rng):
    """Weighted inputs of both signs in several shapes, none of them 0."""
    found = []
    for shape in ((int(rng.integers(5, 9)),), (int(rng.integers(3, 5)), 6), (2, 5, 4)):
        found.append((rng.uniform(0.1, 5, size=shape) * rng.choice([-1.0, 1.0], size=shape),))
    return found


def _single_numbers(rng):
    """Where a function for one number works and one for arrays does too."""
    return [(float(sign * rng.uniform(0.3, 3)),) for sign in (-1, 1)]


def _other_types(rng):
    """A list, whole numbers, a single number: everything but 0."""
    return [
        ([-1.5, 0.75, float(rng.uniform(0.5, 3))],),
        (np.array([-3, 1, int(rng.integers(2, 5))]),),
        (float(rng.uniform(0.3, 2)),),
        (-1,),
    ]


def _far_out(rng):
    far = float(rng.uniform(900, 1100))
    return [(np.array([-far, -1.25, 2.5, far]),)]


def _prime_requirements(last):
    return [
        values(0.5),
        last,
        shapes(0.125),
        cases("lists, whole numbers, single numbers", 0.125, _other_types),
        unchanged(0.125),
    ]


def _calm():
    return cases("|z| around 1000, without a warning", 0.125, _far_out, quiet=True)


_SCALARS_ONLY = (
    "It works for one number and stops with an error for arrays: the functions of math, and an if, take one number at "
    "a time. Use those of NumPy, which go through an array by themselves."
)
_LISTS_REFUSED = (
    "Right for arrays, but not for a list: −z and z > 0 are errors there, and a whole number times a list makes it "
    "longer instead of multiplying its numbers. Turn z into an array first."
)
_SUMMED = "One number came back, where each z has a slope of its own: nothing is added up here."
_FLATTENED = "The numbers are right, but they stand in one long row. The slopes keep the shape of z."


def _in_place_minus(z):
    z *= -1.0
    return logistic_prime(z)


def _stable_logistic_variant(z):
    z = np.asarray(z, dtype=float)
    positive = 1 / (1 + np.exp(-np.abs(z)))
    return positive * (1 - positive)


LOGISTIC_PRIME = Exercise(
    name="logistic_prime",
    lesson=LESSON,
    derivative_of="σ",
    points=1,
    equation="σ′(z) = σ(z) (1 − σ(z)), elementwise",
    reference=lambda z: logistic_prime(z),
    probes=_weighted_inputs,
    telling_probes=_single_numbers,
    requirements=_prime_requirements(_calm()),
    mistakes=[
        Mistake(
            "of-a",
            lambda z: logistic_prime(logistic(z)),
            "All values lie between 0.197 and 0.25, whatever z is: σ was applied once too often, so that the slope is "
            "taken at the activation a = σ(z). It is wanted at z.",
        ),
        Mistake(
            "z-one-minus-z",
            lambda z: np.asarray(z) * (1 - np.asarray(z)),
            "Some slopes are negative, which a function that always rises cannot have: this is z(1 − z). The product "
            "form of the proof is written with σ(z), not with z.",
        ),
        Mistake(
            "one-minus-z",
            lambda z: logistic(z) * (1 - np.asarray(z)),
            "This is σ(z)(1 − z): some slopes are negative, which those of a rising function cannot be. The bracket holds "
            "σ(z) as well, not z.",
        ),
        Mistake(
            "sigma",
            logistic,
            "These are the values of σ, not its slopes. At a large z the curve is flat: what should its slope be there?",
        ),
        Mistake(
            "one-minus-sigma",
            lambda z: logistic(-np.asarray(z)),
            "This is 1 − σ(z), which grows to 1 for very negative z, where the curve is flat. In the last line of the "
            "proof a factor stands in front of the bracket; or, in the line before, the denominator is a square.",
        ),
        Mistake(
            "one-minus-sigma-squared",
            lambda z: 1 - logistic(z) ** 2,
            "This is 1 − σ², which is largest for very negative z, where σ is flat. That form belongs to another "
            "activation function; look at the last line of the proof of σ′.",
        ),
        Mistake(
            "one-plus-sigma",
            lambda z: logistic(z) * (1 + logistic(z)),
            "This is σ(1 + σ), which goes to 2 for large z, where σ is flat. Check the sign in the bracket.",
        ),
        Mistake(
            "squared",
            lambda z: logistic_prime(z) ** 2,
            "Every value is the square of the right one. No slope of σ is larger than ¼; here none is larger than "
            "1/16. The product σ(z)(1 − σ(z)) comes once.",
        ),
        Mistake(
            "sign",
            lambda z: -logistic_prime(z),
            "Every slope has the right size and the wrong sign, but σ rises everywhere. The proof has two minus signs: "
            "one from the power −1, one from the exponent −z.",
        ),
        Mistake(
            "inner-derivative-missing",
            lambda z: -(logistic(z) ** 2),
            "This is −1/u² with u = 1 + e^(−z): the outer derivative alone. The chain rule multiplies it by du/dz.",
        ),
        Mistake(
            "sigma-squared",
            lambda z: logistic(z) ** 2,
            "This is σ², which goes to 1 for large z. The chain rule's second factor du/dz is missing, or the bracket "
            "1 − σ of the result has become σ.",
        ),
        Mistake(
            "of-tanh",
            tanh_prime,
            "These are the slopes of tanh, up to 1 at z = 0. The slope of σ is ¼ there: σ′(z) = σ(z)(1 − σ(z)).",
        ),
        Mistake(
            "second-derivative",
            lambda z: logistic_prime(z) * (1 - 2 * logistic(z)),
            "Where z is positive the numbers are negative: this is how the slope changes, σ″. One derivative is asked "
            "for.",
        ),
        Mistake(
            "doubled",
            lambda z: 2 * logistic_prime(z),
            "Every slope is twice too large: at z = 0 σ has the slope ¼. Nothing is squared here, so no 2 comes down.",
        ),
        Mistake(
            "in-place",
            _in_place_minus,
            "The slopes are right, but z is not what it was: it was changed on the way. It belongs to the caller: work "
            "on a new array.",
        ),
        Mistake(
            "overflow",
            lambda z: np.exp(-np.asarray(z)) / (1 + np.exp(-np.asarray(z))) ** 2,
            "Right for moderate z, but e^1000 is larger than any float, so that very negative z bring a warning, and ∞/∞ "
            "if it is divided by. Write the slope with a σ that copes with such z, as nblib's does.",
        ),
        Mistake(
            "plain-exp",
            lambda z: 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z))),
            "Right for arrays of moderate z. Two things are left: a list cannot be negated, so make an array of it; and "
            "e^1000 is larger than any float, which brings a warning. nblib's logistic copes with both.",
        ),
        Mistake("lists-refused", lambda z: logistic(z) * logistic(-z), _LISTS_REFUSED),
        Mistake("scalars-only", lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2, _SCALARS_ONLY),
        Mistake("summed", lambda z: np.sum(logistic_prime(z)), _SUMMED),
        Mistake("flattened", lambda z: np.ravel(logistic_prime(z)), _FLATTENED),
    ],
    variants=[
        lambda z: logistic(z) * (1 - logistic(z)),
        lambda z: logistic(z) - logistic(z) ** 2,
        lambda z: logistic(z) * logistic(-np.asarray(z)),
        _stable_logistic_variant,
        lambda z: np.reshape([logistic_prime(float(v)) for v in np.ravel(z)], np.shape(z)),
    ],
)


TANH_PRIME = Exercise(
    name="tanh_prime",
    lesson=LESSON,
    derivative_of="tanh",
    points=1,
    equation="tanh′(z) = 1 − tanh²(z), elementwise",
    reference=lambda z: tanh_prime(z),
    probes=_weighted_inputs,
    telling_probes=_single_numbers,
    requirements=_prime_requirements(_calm()),
    mistakes=[
        Mistake(
            "tanh-of-the-square",
            lambda z: 1 - np.tanh(np.asarray(z) ** 2),
            "The square was taken of z, inside tanh. tanh²(z) is the square of the number that tanh(z) gives.",
        ),
        Mistake(
            "of-a",
            lambda z: tanh_prime(tanh(z)),
            "All values lie between 0.42 and 1, whatever z is: the slope was taken at the activation tanh(z). It is "
            "wanted at z.",
        ),
        Mistake(
            "one-minus-z-squared",
            lambda z: 1 - np.asarray(z) ** 2,
            "This is 1 − z², with z where tanh(z) belongs. tanh rises everywhere, so no slope can be negative.",
        ),
        Mistake(
            "tanh-of-one-minus-z-squared",
            lambda z: np.tanh(1 - np.asarray(z) ** 2),
            "This is tanh(1 − z²): tanh was applied last, to z squared. It comes first, at z; its value is squared and "
            "taken from 1.",
        ),
        Mistake(
            "tanh",
            tanh,
            "These are the values of tanh, not its slopes: a rising curve has no negative slope, and at a large z it "
            "is flat.",
        ),
        Mistake(
            "square-missing",
            lambda z: 1 - tanh(z),
            "This is 1 − tanh(z), which goes to 2 for very negative z, where the curve is flat. The quotient rule "
            "leaves a square.",
        ),
        Mistake(
            "square-alone",
            lambda z: tanh(z) ** 2,
            "This is tanh², which goes to 1 on both sides, where the curve is flat: the 1, from which it is taken, is "
            "missing.",
        ),
        Mistake(
            "doubled-not-squared",
            lambda z: 1 - 2 * tanh(z),
            "This is 1 − 2 tanh(z): one * multiplies, and a power needs two. Some slopes are negative, which those of a "
            "rising curve cannot be.",
        ),
        Mistake(
            "one-plus-square",
            lambda z: 1 + tanh(z) ** 2,
            "This is 1 + tanh², which grows towards 2 on both sides, where the curve is flat. Check the sign: "
            "(u/v)′ = (u′v − uv′)/v². The plus belongs to the tangent without h.",
        ),
        Mistake(
            "sign",
            lambda z: -tanh_prime(z),
            "Every slope has the right size and the wrong sign, but tanh rises everywhere. In 1 − tanh²(z), which is "
            "subtracted from which?",
        ),
        Mistake(
            "squared",
            lambda z: tanh_prime(z) ** 2,
            "Every value is the square of the right one. In 1 − tanh²(z) only tanh(z) is squared, not the difference.",
        ),
        Mistake(
            "of-logistic",
            logistic_prime,
            "These are the slopes of the logistic function, at most ¼. The slope of tanh is 1 at z = 0.",
        ),
        Mistake(
            "logistic-form",
            lambda z: tanh(z) * (1 - tanh(z)),
            "This is t(1 − t) with t = tanh(z): the form of σ′, which holds for σ only. Negative slopes appear, and a "
            "rising curve has none.",
        ),
        Mistake(
            "inner-derivative-missing",
            lambda z: tanh_prime(z) / 2,
            "Every slope is half of what it should be. In tanh(z) = 2σ(2z) − 1 the inner function 2z has a derivative "
            "too.",
        ),
        Mistake(
            "argument-not-doubled",
            lambda z: 4 * logistic_prime(z),
            "The largest slope is right, but the bell is twice too wide: this is 4σ′(z). In tanh(z) = 2σ(2z) − 1 the "
            "slope of σ is taken where σ is evaluated.",
        ),
        Mistake(
            "root",
            lambda z: np.sqrt(tanh_prime(z)),
            "This is 1/cosh(z), the root of the slope: a square was lost. tanh′ = 1 − tanh² = 1/cosh².",
        ),
        Mistake(
            "second-derivative",
            lambda z: -2 * tanh(z) * tanh_prime(z),
            "The sign is against that of z: this is how the slope changes, tanh″. One derivative is asked for.",
        ),
        Mistake(
            "overflow",
            lambda z: 1 / np.cosh(z) ** 2,
            "Right for moderate z, but cosh(1000) is larger than any float and brings a warning. Written with tanh, "
            "which stays between −1 and 1, nothing can overflow.",
        ),
        Mistake("lists-refused", lambda z: 4 * logistic_prime(z + z.real), _LISTS_REFUSED),
        Mistake("scalars-only", lambda z: 1 - math.tanh(z) ** 2, _SCALARS_ONLY),
        Mistake("summed", lambda z: np.sum(tanh_prime(z)), _SUMMED),
        Mistake("flattened", lambda z: np.ravel(tanh_prime(z)), _FLATTENED),
    ],
    variants=[
        lambda z: 1 - np.tanh(z) ** 2,
        lambda z: (1 - np.tanh(z)) * (1 + np.tanh(z)),
        lambda z: 4 * logistic_prime(2 * np.asarray(z)),
        lambda z: np.reshape([1 - math.tanh(v) ** 2 for v in np.ravel(z)], np.shape(z)),
    ],
)


def _kinks(rng):
    return [(np.array([float(rng.uniform(1, 2)), 0.0, -0.0, -1.0]),), (0.0,), (np.array([[0, 3], [-2, 0]]),)]


def _in_place_relu_prime(z):
    z[z > 0] = 1
    z[z <= 0] = 0
    return z


def _quotient_relu_prime(z):
    z = np.asarray(z, dtype=float)
    return np.maximum(z, 0) / z


RELU_PRIME = Exercise(
    name="relu_prime",
    lesson=LESSON,
    points=1,
    equation="ReLU′(z) = 1 where z > 0, 0 elsewhere, 0 at z = 0 too",
    reference=lambda z: relu_prime(z),
    probes=_weighted_inputs,
    telling_probes=lambda rng: _single_numbers(rng) + _kinks(rng)[:1],
    requirements=_prime_requirements(cases("at the kink, z = 0", 0.125, _kinks)),
    mistakes=[
        Mistake(
            "one-at-zero",
            lambda z: (np.asarray(z) >= 0).astype(float),
            "Everywhere right but at z = 0, where the slope came out as 1. From the left it is 0, from the right 1; the "
            "course takes the left one.",
        ),
        Mistake(
            "half-at-zero",
            lambda z: np.heaviside(z, 0.5),
            "Everywhere right but at z = 0, where it came out as ½: the mean of the slopes on both sides, which a "
            "central difference gives as well. The course takes 0 there.",
        ),
        Mistake(
            "relu",
            relu,
            "These are the values of ReLU, max(0, z), not its slopes. How fast does it rise for z > 0?",
        ),
        Mistake(
            "sign-function",
            lambda z: np.sign(z),
            "For negative z the slope came out as −1: this is the slope of |z|. max(0, z) is flat there.",
        ),
        Mistake(
            "reversed",
            lambda z: (np.asarray(z) < 0).astype(float),
            "The two halves are exchanged: 1 for negative z, 0 for positive. max(0, z) rises where z > 0.",
        ),
        Mistake(
            "identity",
            lambda z: np.asarray(z, dtype=float) * 1.0,
            "z itself came back. A slope says how fast max(0, z) changes, not where you are.",
        ),
        Mistake(
            "always-one",
            lambda z: np.ones_like(np.asarray(z, dtype=float)),
            "The slope is 1 everywhere. For negative z, max(0, z) does not move at all.",
        ),
        Mistake(
            "always-zero",
            lambda z: np.zeros_like(np.asarray(z, dtype=float)),
            "The slope is 0 everywhere: that of the step function, not of max(0, z). (If z is compared with 1, or "
            "rounded, look there.)",
        ),
        Mistake(
            "leaky",
            lambda z: np.where(np.asarray(z) > 0, 1, 0.01),
            "For negative z a small slope is left: that is the “leaky” relative of ReLU. max(0, z) is quite flat there.",
        ),
        Mistake(
            "sign",
            lambda z: -relu_prime(z),
            "The slope for positive z has the wrong sign: max(0, z) rises there, one for one.",
        ),
        Mistake(
            "of-logistic",
            logistic_prime,
            "These are the slopes of the logistic function. ReLU has only two slopes: flat below 0, and the one of z "
            "itself above.",
        ),
        Mistake(
            "step-at-one",
            lambda z: (np.asarray(z) > 1).astype(float),
            "Between z = 0 and z = 1 the slope came out as 0: the kink of max(0, z) was looked for in the wrong place.",
        ),
        Mistake(
            "in-place",
            _in_place_relu_prime,
            "The slopes are right, but they were written over z, which the backward pass would still need. Build a new "
            "array.",
        ),
        Mistake(
            "quotient",
            _quotient_relu_prime,
            "Right where z is not 0; there 0/0 gives nan. Ask on which side of 0 each z is; no division is needed.",
        ),
        Mistake("lists-refused", lambda z: (z > 0) * 1.0, _LISTS_REFUSED),
        Mistake("scalars-only", lambda z: 1.0 if z > 0 else 0.0, _SCALARS_ONLY),
        Mistake("summed", lambda z: np.sum(relu_prime(z)), _SUMMED),
        Mistake("flattened", lambda z: np.ravel(relu_prime(z)), _FLATTENED),
    ],
    variants=[
        lambda z: np.where(np.asarray(z) > 0, 1, 0),
        lambda z: np.asarray(z) > 0,
        lambda z: np.heaviside(z, 0.0),
        lambda z: np.reshape([1.0 if v > 0 else 0.0 for v in np.ravel(z)], np.shape(z)),
        lambda z: np.maximum(np.sign(z), 0),
    ],
)


# --- numerical_derivative --------------------------------------------------------------------------------------------


def numerical_derivative(f, x, h=1e-5):
    """Reference: a central difference."""
    return (f(x + h) - f(x - h)) / (2 * h)


def _exponential(c):
    return lambda x: np.exp(c * x)


def _cubic(c, d):
    return lambda x: c * x**3 + d * x**2 - x


def _wave(c):
    return lambda x: np.sin(c * x) + x**2


def _derivative_probes(rng):
    c = float(rng.uniform(1.5, 2.5))
    x = float(rng.uniform(0.4, 1.2))
    return [
        (_exponential(c), x),
        (_exponential(-c), -x),
        (_cubic(c, 3.0), -x / 2),
        (_wave(c), x + 1),
        (_exponential(-1.2), x, float(rng.uniform(0.3, 0.6))),
        (_wave(2.0), -x, float(rng.uniform(0.05, 0.2))),
    ]


def _with(rule):
    """Turn ``rule(f, x, h)`` into a wrong numerical derivative with the exercise's default h."""
    return lambda f, x, h=1e-5: rule(f, x, h)


_DIFFERENCES = [
    (
        "forward",
        lambda f, x, h: (f(x + h) - f(x)) / h,
        "This is the forward difference: it looks to one side only, and its error shrinks like h. The central one looks "
        "equally far to both sides, and its error shrinks like h².",
    ),
    (
        "backward",
        lambda f, x, h: (f(x) - f(x - h)) / h,
        "This is the backward difference: it looks to the left only. The central one looks equally far to both sides.",
    ),
    (
        "half-missing",
        lambda f, x, h: (f(x + h) - f(x - h)) / h,
        "Every number is twice too large. From x − h to x + h the way is longer than h.",
    ),
    (
        "half-too-many",
        lambda f, x, h: (f(x + h) - f(x - h)) / (4 * h),
        "Every number is half of what it should be: how long is the way from x − h to x + h?",
    ),
    (
        "forward-over-two-h",
        lambda f, x, h: (f(x + h) - f(x)) / (2 * h),
        "The numbers are about half of the right ones: f is compared at x and x + h, which are h apart, but divided by "
        "the central difference's distance.",
    ),
    (
        "absolute-value",
        lambda f, x, h: abs(f(x + h) - f(x - h)) / (2 * h),
        "No number is negative. Where f falls, its derivative is negative: the sign must stay.",
    ),
    (
        "sign",
        lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
        "Every number has the right size and the wrong sign: where f rises, f(x + h) is above f(x − h). Look at which "
        "of the two is subtracted.",
    ),
    (
        "not-divided",
        lambda f, x, h: f(x + h) - f(x - h),
        "These are differences of f, tiny ones. A slope divides the difference by the way it was measured over, from x "
        "− h to x + h.",
    ),
    (
        "precedence",
        lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
        "Every number is h² times the right one: the difference was halved and then multiplied by h. In a / 2 * h "
        "Python goes from left to right.",
    ),
    (
        "bracket-missing",
        lambda f, x, h: f(x + h) - f(x - h) / (2 * h),
        "The numbers are huge, of the size f/h: only f(x − h) was divided by 2h, because division comes before "
        "subtraction. The difference needs a bracket.",
    ),
    (
        "sum-for-difference",
        lambda f, x, h: (f(x + h) + f(x - h)) / (2 * h),
        "The numbers are huge, of the size f/h: the two values were added, where their difference is wanted.",
    ),
    (
        "h-ignored",
        lambda f, x, h: (f(x + 1e-5) - f(x - 1e-5)) / 2e-5,
        "Right for the default h; with another one nothing changes. The caller decides how far to look: use the h that "
        "is passed in.",
    ),
    (
        "h-too-small",
        lambda f, x, h: (f(x + 1e-12) - f(x - 1e-12)) / 2e-12,
        "The first three or four digits are right and the rest is noise: h is about 1e-12, where rounding in f drowns "
        "the difference. Use the h that is passed in.",
    ),
    (
        "h-too-large",
        lambda f, x, h: (f(x + 0.1) - f(x - 0.1)) / 0.2,
        "About right, a per cent or so off: this looks 0.1 to both sides, where f is no straight line any more. Use "
        "the h that is passed in.",
    ),
    (
        "half-step",
        lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h,
        "Right while h is tiny, off for a larger one: this looks h/2 to both sides. Here h is the distance from x to "
        "each of the two places.",
    ),
    (
        "second-derivative",
        lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h**2,
        "This is the second derivative: how the slope changes. The slope itself needs the two outer values only.",
    ),
]


NUMERICAL_DERIVATIVE = Exercise(
    name="numerical_derivative",
    lesson=LESSON,
    points=1,
    equation="f′(x) ≈ (f(x + h) − f(x − h)) / (2h)",
    reference=numerical_derivative,
    probes=_derivative_probes,
    requirements=[
        values(0.5, only=[0, 1, 2, 3]),
        values(0.25, "with an h of the caller's", only=[4, 5]),
        shapes(0.25, "one number"),
    ],
    mistakes=[Mistake(name, _with(rule), hint) for name, rule, hint in _DIFFERENCES]
    + [
        Mistake(
            "wrapped",
            lambda f, x, h=1e-5: np.array([numerical_derivative(f, x, h)]),
            "The number is right, but it comes inside an array: the derivative of one number by one number is one "
            "number.",
        ),
    ],
    variants=[
        lambda f, x, h=1e-5: ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2,
        lambda f, x, h=1e-5: sum(sign * f(x + sign * h) for sign in (1, -1)) / h / 2,
        lambda f, x, h=1e-5: float(np.diff([f(x - h), f(x + h)])[0]) / (2 * h),
        lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / ((x + h) - (x - h)),
    ],
)


# --- numerical_gradient ----------------------------------------------------------------------------------------------


def numerical_gradient(f, theta, h=1e-5):
    """Reference: central differences, one entry at a time, on a copy."""
    moved = np.array(theta, dtype=float)
    gradient = np.zeros_like(moved)
    for index in np.ndindex(moved.shape):
        kept = moved[index]
        moved[index] = kept + h
        above = f(moved)
        moved[index] = kept - h
        below = f(moved)
        moved[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def _neuron_cost(X, y):
    """Cost of a neuron whose weights and, last, bias are in one vector."""

    def cost(theta):
        theta = np.asarray(theta)
        return float(np.mean((y - logistic(X @ theta[:-1] + theta[-1])) ** 2))

    return cost


def _layer_cost(x, y):
    """Cost of a layer of tanh units with the weights theta."""
    return lambda theta: float(np.sum((y - tanh(np.asarray(theta) @ x)) ** 2))


def _curved(C, D):
    """A function of an array of any shape that bends in every direction and ties the entries together."""

    def function(theta):
        theta = np.asarray(theta)
        return float(np.sum(C * theta**3) + np.exp(np.sum(D * theta)))

    return function


def _curved_probe(rng, shape, *rest, whole=False):
    signs = rng.choice([-1.0, 1.0], size=shape)
    theta = rng.uniform(0.4, 1.6, size=shape) * signs
    if whole:
        theta = (rng.integers(1, 4, size=shape) * signs).astype(int)
    C = rng.normal(size=shape)
    return (_curved(C, rng.normal(size=shape) / (2 * theta.size)), theta, *rest)


def _gradient_probes(rng):
    m, k = probes.sizes(rng, 2, low=3, high=6)
    n = 7
    return [
        (_neuron_cost(3 * rng.normal(size=(n, m)), rng.random(n)), rng.normal(size=m + 1)),
        (_layer_cost(rng.normal(size=m), rng.random(k)), rng.normal(size=(k, m)) / 2),
        _curved_probe(rng, (2, 4, 3)),
        _curved_probe(rng, (m,)),
        _curved_probe(rng, (2, m), float(rng.uniform(0.2, 0.4))),
    ]


def _whole_numbers(rng):
    return [_curved_probe(rng, (2, 3), whole=True), _curved_probe(rng, (4,), whole=True)]


def _each_entry(rule):
    """Build a wrong gradient from a rule for one entry: ``rule(g, h)`` with g the function of that entry's change."""

    def wrong(f, theta, h=1e-5):
        base = np.array(theta, dtype=float)
        gradient = np.zeros_like(base)
        for index in np.ndindex(base.shape):

            def along(step, index=index):
                moved = base.copy()
                moved[index] += step
                return f(moved)

            gradient[index] = rule(along, h)
        return gradient

    return wrong


def _walk(theta, f, h, steps):
    """Run the loop in theta itself with a rule for one entry: ``steps(f, theta, index, h)``."""
    gradient = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        gradient[index] = steps(f, theta, index, h)
    return gradient


def _left_below(f, theta, index, h):
    kept = theta[index]
    theta[index] = kept + h
    above = f(theta)
    theta[index] = kept - h
    return (above - f(theta)) / (2 * h)


def _left_above(f, theta, index, h):
    before = f(theta)
    theta[index] += h
    return (f(theta) - before) / h


def _put_back_by_sums(f, theta, index, h):
    theta[index] += h
    above = f(theta)
    theta[index] -= 2 * h
    below = f(theta)
    theta[index] += h
    return (above - below) / (2 * h)


def _alias(f, theta, h=1e-5):
    gradient = np.zeros(np.shape(theta))
    for index in np.ndindex(gradient.shape):
        above = below = np.array(theta, dtype=float)
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


def _row_at_a_time(f, theta, h=1e-5):
    found = []
    for row in range(len(theta)):
        above, below = np.array(theta, dtype=float), np.array(theta, dtype=float)
        above[row] += h
        below[row] -= h
        found.append((f(above) - f(below)) / (2 * h))
    return np.array(found)


def _returns_too_early(f, theta, h=1e-5):
    right = numerical_gradient(f, theta, h)
    gradient = np.zeros_like(right)
    gradient.flat[0] = right.flat[0]
    return gradient


def _whole_number_theta(f, theta, h=1e-5):
    moved = theta.copy()
    return _walk(moved, f, h, _kept_and_put_back)


def _whole_numbers_kept(f, theta, h=1e-5):
    return _whole_number_theta(f, theta, h).astype(theta.dtype)


def _whole_number_copies(f, theta, h=1e-5):
    """Each entry moves in a copy of its own, which keeps the type of theta."""
    gradient = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        moved = theta.copy()
        moved[index] += h
        above = f(moved)
        moved[index] -= 2 * h
        gradient[index] = (above - f(moved)) / (2 * h)
    return gradient


def _row_view(f, theta, h=1e-5):
    gradient = np.zeros(theta.shape)
    for i in range(len(theta)):
        gradient[i] = _kept_and_put_back(f, theta, i, h)
    return gradient


def _kept_and_put_back(f, theta, index, h):
    kept = theta[index]
    theta[index] = kept + h
    above = f(theta)
    theta[index] = kept - h
    below = f(theta)
    theta[index] = kept
    return (above - below) / (2 * h)


def _unit_steps(f, theta, h=1e-5):
    theta = np.asarray(theta, dtype=float)
    flat = [
        (f(theta + h * e.reshape(theta.shape)) - f(theta - h * e.reshape(theta.shape))) / (2 * h)
        for e in np.eye(theta.size)
    ]
    return np.reshape(flat, theta.shape)


def _flat_view(f, theta, h=1e-5):
    moved = theta.astype(float)
    line, gradient = moved.reshape(-1), []
    for i in range(line.size):
        kept = line[i]
        results = []
        for place in (kept + h, kept - h):
            line[i] = place
            results.append(f(moved))
        line[i] = kept
        gradient.append((results[0] - results[1]) / (2 * h))
    return np.array(gradient).reshape(theta.shape)


def _one_by_one(f, theta, h=1e-5):
    base = np.asarray(theta, dtype=float)

    def along(index):
        def shifted(value):
            moved = base.copy()
            moved[index] = value
            return f(moved)

        return shifted

    return np.array([numerical_derivative(along(i), base[i], h) for i in np.ndindex(base.shape)]).reshape(base.shape)


# A wrong difference of one number is a wrong difference of each entry as well.
_ENTRY_DIFFERENCES = {
    "forward": "Each entry is a forward difference: it looks to one side of θ_i only. The central one compares f at "
    "θ_i + h and at θ_i − h, with all other entries as they are.",
    "half-missing": "Every entry is twice too large. From θ_i − h to θ_i + h the way is longer than h.",
    "absolute-value": "No entry is negative. Where f falls as the entry grows, its derivative is negative: the sign "
    "must stay.",
    "sign": "Every entry has the right size and the wrong sign: the gradient points to where f grows. Look at which of "
    "the two values of f is subtracted.",
    "not-divided": "These are differences of f, tiny ones. A slope divides by the way it was measured over, from θ_i − "
    "h to θ_i + h.",
    "precedence": "Every entry is h² times the right one: the difference was halved and then multiplied by h. In a / 2 "
    "* h Python goes from left to right.",
    "bracket-missing": "The entries are huge: only the second value of f was divided by 2h, because division comes before "
    "subtraction. The difference needs a bracket.",
    "h-ignored": "Right for the default h; with another one nothing changes. Use the h that is passed in.",
    "half-step": "Right while h is tiny, off for a larger one: this looks h/2 to both sides of the entry. Here h is the "
    "distance to each of the two places.",
}


NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    lesson=LESSON,
    points=2,
    equation="∂f/∂θ_i ≈ (f(θ with θ_i + h) − f(θ with θ_i − h)) / (2h), all other entries as they are",
    reference=numerical_gradient,
    probes=_gradient_probes,
    telling_probes=_whole_numbers,
    requirements=[
        values(1, only=[0, 1, 2, 3]),
        shapes(0.25, "shape of θ"),
        unchanged(0.25, "θ as it was, to the last bit"),
        values(0.25, "with an h of the caller's", only=[4]),
        cases("θ of whole numbers", 0.25, _whole_numbers),
    ],
    mistakes=[
        Mistake(name, _each_entry(lambda along, h, rule=rule: rule(along, 0.0, h)), _ENTRY_DIFFERENCES[name])
        for name, rule, _ in _DIFFERENCES
        if name in _ENTRY_DIFFERENCES
    ]
    + [
        Mistake(
            "not-restored",
            lambda f, theta, h=1e-5: _walk(theta, f, h, _left_below),
            "The first entry is right, the later ones are more and more off, and θ itself comes back changed: an entry "
            "that was moved was not put back before the next one. Every derivative belongs to the same θ.",
        ),
        Mistake(
            "copy-not-restored",
            lambda f, theta, h=1e-5: _walk(np.array(theta, dtype=float), f, h, _left_below),
            "The first entry is right, the later ones are more and more off: the copy of θ keeps the steps of the "
            "entries before. Put each entry back, or start each from a new copy.",
        ),
        Mistake(
            "forward-not-restored",
            lambda f, theta, h=1e-5: _walk(np.array(theta, dtype=float), f, h, _left_above),
            "Two things. The difference looks to one side only, where f at θ_i + h and at θ_i − h is wanted. And every "
            "entry stays moved while the next ones are measured: put each back.",
        ),
        Mistake(
            "put-back-by-sums",
            lambda f, theta, h=1e-5: _walk(theta, f, h, _put_back_by_sums),
            "The gradient is right, but θ comes back changed: with floats x + h − 2h + h is not quite x, and over many "
            "steps the difference adds up; whole numbers are cut off on the way. Keep the old value and put it back, or "
            "work on a copy.",
        ),
        Mistake(
            "flat",
            lambda f, theta, h=1e-5: numerical_gradient(f, theta, h).ravel(),
            "The numbers are right, but stand in one long row. The gradient has one entry for each of θ, in its place: "
            "the shape of θ.",
        ),
        Mistake(
            "all-at-once",
            lambda f, theta, h=1e-5: numerical_derivative(lambda step: f(theta + step), 0.0, h),
            "One number came back: all entries were moved together, which adds their derivatives up. Move one entry "
            "and leave the others where they are.",
        ),
        Mistake(
            "row-at-a-time",
            _row_at_a_time,
            "For a matrix θ there is one number a row: whole rows were moved. A single index into a matrix is a row; "
            "every entry needs its own step.",
        ),
        Mistake(
            "row-view",
            _row_view,
            "Right for a vector; for a matrix whole rows were moved, and the “kept” row was no copy but a view, which "
            "moved along. Go through all entries, with an index for each axis.",
        ),
        Mistake(
            "row-view-whole-numbers",
            lambda f, theta, h=1e-5: _row_view(f, theta, h).astype(theta.dtype),
            "Two things: for a matrix θ whole rows were moved, and the “kept” row was no copy but a view, which moved along; "
            "and for a θ of whole numbers the result took over the integer type. Go through all entries, and write into an "
            "array of floats.",
        ),
        Mistake(
            "alias",
            _alias,
            "All entries are 0: the two places that are compared are one and the same array, moved by h and back again. "
            "A second name for an array is no copy of it.",
        ),
        Mistake(
            "returns-too-early",
            _returns_too_early,
            "The first entry is right, all others are 0. Does the return stand inside the loop?",
        ),
        Mistake(
            "mean",
            lambda f, theta, h=1e-5: numerical_gradient(f, theta, h) / theta.size,
            "Every entry is divided by the number of entries. No mean is taken: each entry has its whole derivative.",
        ),
        Mistake(
            "reversed",
            lambda f, theta, h=1e-5: numerical_gradient(f, theta, h)[::-1],
            "The entries stand in the wrong order, the last first. ∂f/∂θ_i belongs where θ_i stands.",
        ),
        Mistake(
            "transposed",
            lambda f, theta, h=1e-5: numerical_gradient(f, theta, h).T,
            "For a vector all is right; for a matrix the entries stand at [j, k] where those of θ stand at [k, j].",
        ),
        Mistake(
            "whole-number-theta",
            _whole_number_theta,
            "Right for floats; for a θ of whole numbers the steps get lost, because an array of integers cuts off "
            "what comes after the point. Make the copy an array of floats.",
        ),
        Mistake(
            "whole-number-copies",
            _whole_number_copies,
            "Right for floats; for a θ of whole numbers a copy of θ is an array of integers too, which cuts off what comes "
            "after the point of each step. Make the copy an array of floats.",
        ),
        Mistake(
            "whole-number-copies-and-result",
            lambda f, theta, h=1e-5: _whole_number_copies(f, theta, h).astype(theta.dtype),
            "Right for floats; for a θ of whole numbers both the copy that is moved and the array of results took over "
            "the integer type of θ, and cut off what comes after the point. Make them arrays of floats.",
        ),
        Mistake(
            "whole-numbers-kept",
            _whole_numbers_kept,
            "Right for floats; for a θ of whole numbers neither the steps nor the derivatives keep what comes after the "
            "point, because both arrays took over the integer type of θ. Make them arrays of floats.",
        ),
        Mistake(
            "whole-number-result",
            lambda f, theta, h=1e-5: numerical_gradient(f, theta, h).astype(theta.dtype),
            "Right for floats; for a θ of whole numbers the derivatives lose what comes after the point: the array they "
            "are written into took over the integer type of θ.",
        ),
    ],
    variants=[_unit_steps, _flat_view, _one_by_one],
)


# --- relative_error --------------------------------------------------------------------------------------------------


def _error_probes(rng):
    found = []
    for size in probes.sizes(rng, 3, low=3):
        u = 3 * rng.normal(size=size)
        found.append((u, u + rng.normal(size=size)))
    u = rng.normal(size=5)
    found.append((u, u * (1 + 1e-3 * rng.normal(size=5))))
    found.append((np.abs(u), 0.1 * np.abs(u)))
    return found


def _zeros(rng):
    return [(np.zeros(int(rng.integers(2, 6))),) * 2]


def _apart(rng):
    """Vectors that differ, though one of them is 0, or they share a 0, another entry, or their sums."""
    a, b = (float(value) for value in rng.uniform(1, 3, size=2))
    v = rng.normal(size=4)
    return [
        (np.zeros(4), v),
        (v, np.zeros(4)),
        (np.array([0.0, a]), np.array([0.0, a + b])),
        (np.array([a, b]), np.array([a, b + 1])),
        (np.array([a, -a]), np.array([a + b, -a - b])),
    ]


def _tiny(rng):
    u = rng.normal(size=4) * 1e-20
    return [(u, u + 1e-20 * rng.normal(size=4))]


def _any_shape(rng):
    u = rng.normal(size=(3, 4))
    deep = rng.normal(size=(2, 3, 4))
    return [(u, u + rng.normal(size=(3, 4))), (deep, deep + rng.normal(size=(2, 3, 4))), (1.5, float(rng.random()))]


def _by_lengths(rule):
    """Build a wrong relative error from ``rule(d, a, b)``: the lengths of u − v, u and v."""

    def wrong(u, v):
        d, a, b = (float(np.linalg.norm(np.ravel(w))) for w in (np.subtract(u, v), u, v))
        return rule(d, a, b) if a + b > 0 else 0.0

    return wrong


def _by_entries(rule):
    return lambda u, v: rule(np.ravel(u), np.ravel(v)) if np.any(u) or np.any(v) else 0.0


def _unguarded(u, v):
    return np.linalg.norm(np.ravel(u) - np.ravel(v)) / (np.linalg.norm(np.ravel(u)) + np.linalg.norm(np.ravel(v)))


def _zero_if(condition):
    """A relative error that is 0 under a wrong condition: ``condition(u, v)`` for flat u and v."""

    def wrong(u, v):
        return 0.0 if condition(np.ravel(u), np.ravel(v)) else _unguarded(u, v)

    return wrong


def _entries(u, v):
    return np.abs(np.subtract(u, v)) / (np.abs(u) + np.abs(v))


def _one_at_zero(u, v):
    return relative_error(u, v) if np.any(u) or np.any(v) else 1.0


def _looped_error(u, v):
    u, v = np.ravel(u), np.ravel(v)
    d = a = b = 0.0
    for p, q in zip(u, v, strict=True):
        d, a, b = d + (p - q) ** 2, a + p**2, b + q**2
    if a == 0 and b == 0:
        return 0
    return d**0.5 / (a**0.5 + b**0.5)


def _einsum_error(u, v):
    u, v = np.asarray(u, dtype=float).reshape(-1), np.asarray(v, dtype=float).reshape(-1)
    length = lambda w: np.sqrt(np.einsum("i,i->", w, w))  # noqa: E731
    return np.array(0.0) if not (u.any() or v.any()) else length(v - u) / (length(u) + length(v))


RELATIVE_ERROR = Exercise(
    name="relative_error",
    lesson=LESSON,
    points=1,
    equation="‖u − v‖ / (‖u‖ + ‖v‖), and 0 where u and v are both 0",
    reference=lambda u, v: relative_error(u, v),
    probes=_error_probes,
    telling_probes=lambda rng: _any_shape(rng) + _zeros(rng) + _apart(rng),
    requirements=[
        values(0.375),
        cases("0 when both are 0, without a warning", 0.125, _zeros, quiet=True),
        cases("not 0 where u and v differ", 0.125, _apart),
        cases("tiny numbers", 0.125, _tiny),
        cases("arrays of any shape", 0.125, _any_shape, with_shapes=True),
        unchanged(0.125),
    ],
    mistakes=[
        Mistake(
            "absolute",
            _by_lengths(lambda d, a, b: d),
            "This is the distance ‖u − v‖ itself. 0.01 is much between gradients of size 0.02 and nothing between "
            "gradients of size 1000: divide by their lengths.",
        ),
        Mistake(
            "zero-over-zero",
            _unguarded,
            "Right, but when u and v are both 0 it divides 0 by 0. Two equal things are 0 apart; look at that case "
            "before you divide.",
        ),
        Mistake(
            "zero-entry-in-both",
            _zero_if(lambda u, v: 0 in u and 0 in v),
            "Right, but 0 comes out where u and v have a 0 somewhere and differ in other entries. “0 in u”, and "
            "“u.all() == 0”, are true as soon as one entry is 0. The special case is that all entries of both are.",
        ),
        Mistake(
            "equal-entry",
            _zero_if(lambda u, v: (u == v).any()),
            "Right, but 0 comes out where u and v agree in a single entry: any asks for one, and all have to be looked "
            "at. The special case is that both are 0 altogether.",
        ),
        Mistake(
            "second-is-zero",
            _zero_if(lambda u, v: not v.any()),
            "Right, but where v alone is 0 the error comes out as 0, and it is as large as it can be. The special case "
            "needs both to be 0: u has to be looked at as well.",
        ),
        Mistake(
            "first-is-zero",
            _zero_if(lambda u, v: not u.any()),
            "Right, but where u alone is 0 the error comes out as 0, and it is as large as it can be. The special case "
            "needs both to be 0: v has to be looked at as well.",
        ),
        Mistake(
            "either-is-zero",
            _zero_if(lambda u, v: not u.any() or not v.any()),
            "Right, but where only one of the two is 0, the error comes out as 0, and it is as large as it can be. The "
            "special case is that u and v are both 0.",
        ),
        Mistake(
            "sums-are-zero",
            _zero_if(lambda u, v: np.sum(u) == 0 and np.sum(v) == 0),
            "Right, but 0 comes out where the entries of u, and those of v, cancel in their sum. A sum of 0 does not "
            "mean that all entries are 0; a length of 0 does.",
        ),
        Mistake(
            "one-at-zero",
            _one_at_zero,
            "Right, but when u and v are both 0, the error comes out as 1. They agree there: ‖u − v‖ is 0, and so is "
            "the error.",
        ),
        Mistake(
            "epsilon",
            lambda u, v: _by_lengths(lambda d, a, b: d / (a + b + 1e-8))(u, v),
            "Right for numbers of ordinary size, but a small number in the denominator, put there against 0/0, swallows "
            "the error of tiny gradients; so does a threshold below which 0 is returned, or np.allclose. The gradients "
            "of a deep network's first layers are tiny.",
        ),
        Mistake(
            "over-first",
            _by_lengths(lambda d, a, b: d / a if a else 0.0),
            "The distance is divided by ‖u‖ alone, so u and v do not play the same part. Both lengths belong into the "
            "denominator.",
        ),
        Mistake(
            "over-second",
            _by_lengths(lambda d, a, b: d / b if b else 0.0),
            "The distance is divided by ‖v‖ alone, so u and v do not play the same part. Both lengths belong into the "
            "denominator.",
        ),
        Mistake(
            "over-larger",
            _by_lengths(lambda d, a, b: d / max(a, b)),
            "The distance is divided by the larger of the two lengths. That is in use elsewhere; here it is their sum.",
        ),
        Mistake(
            "over-mean",
            _by_lengths(lambda d, a, b: 2 * d / (a + b)),
            "Every number is twice too large: it was divided by the mean of the lengths, not by their sum.",
        ),
        Mistake(
            "over-length-of-sum",
            _by_entries(lambda u, v: np.linalg.norm(u - v) / np.linalg.norm(u + v)),
            "The distance is divided by ‖u + v‖. The length of a sum is not the sum of the lengths, and where u and v "
            "point in opposite directions it is nearly 0.",
        ),
        Mistake(
            "over-product",
            _by_lengths(lambda d, a, b: d / (a * b) if a * b else 0.0),
            "The distance is divided by the product of the lengths, so that the result depends on the unit they are "
            "measured in. ‖u‖ and ‖v‖ are added.",
        ),
        Mistake(
            "precedence",
            _by_lengths(lambda d, a, b: d / a + b if a else b),
            "‖v‖ was added to the quotient, where it belongs to the denominator: division comes before addition, so "
            "‖u‖ + ‖v‖ needs a bracket.",
        ),
        Mistake(
            "squares",
            _by_lengths(lambda d, a, b: d**2 / (a**2 + b**2)),
            "The sums of squares were divided, without their roots. ‖·‖ is a length: the root of the sum of the "
            "squares, for each of the three.",
        ),
        Mistake(
            "magnitudes",
            _by_entries(lambda u, v: np.abs(u - v).sum() / (np.abs(u).sum() + np.abs(v).sum())),
            "Magnitudes were added up, as in Σ|u_i|. ‖·‖ is the root of the sum of the squares.",
        ),
        Mistake(
            "largest",
            _by_entries(lambda u, v: np.abs(u - v).max() / (np.abs(u).max() + np.abs(v).max())),
            "The largest entries were compared. ‖·‖ takes all entries: it is the root of the sum of the squares, Σ_i "
            "u_i².",
        ),
        Mistake(
            "entry-by-entry",
            _by_entries(lambda u, v: np.abs(u - v) / (np.abs(u) + np.abs(v))),
            "A number for each entry came back. One number for the whole is asked for: lengths first, then the quotient.",
        ),
        Mistake(
            "entry-by-entry-and-zero",
            _entries,
            "A number for each entry came back, and nan where an entry of both is 0. One number for the whole is asked "
            "for: lengths first, then the quotient.",
        ),
        Mistake(
            "largest-of-entries",
            lambda u, v: np.max(_entries(u, v)),
            "The relative error of the worst entry came back, and nan where an entry of both is 0: an entry of no weight "
            "decides alone. Take the lengths of the whole vectors first.",
        ),
        Mistake(
            "largest-of-entries-guarded",
            _by_entries(lambda u, v: np.max(_entries(u, v))),
            "The relative error of the worst entry came back: an entry of no weight decides alone. Take the lengths of "
            "the whole vectors first.",
        ),
        Mistake(
            "mean-of-entries",
            _by_entries(lambda u, v: np.mean(np.abs(u - v) / (np.abs(u) + np.abs(v)))),
            "The relative errors of the entries were averaged, so that an entry of no weight counts as much as the "
            "largest. Take the lengths of the whole vectors first.",
        ),
        Mistake(
            "difference-of-lengths",
            _by_lengths(lambda d, a, b: abs(a - b) / (a + b)),
            "The lengths were subtracted: ‖u‖ − ‖v‖ is 0 for two vectors of one length that point anywhere. It is the "
            "length of the difference that counts.",
        ),
        Mistake(
            "signed-sum",
            _by_entries(lambda u, v: np.sum(u - v) / (np.linalg.norm(u) + np.linalg.norm(v))),
            "The differences were added with their signs, so that they cancel. ‖u − v‖ squares them first.",
        ),
        Mistake(
            "matrix-norm",
            lambda u, v: (
                _by_lengths(lambda d, a, b: d / (a + b))(u, v)
                if np.ndim(u) < 2
                else float(np.linalg.norm(u - v, 2) / (np.linalg.norm(u, 2) + np.linalg.norm(v, 2)))
            ),
            "Right for vectors; for arrays of two axes another norm was taken, or it stops with an error. Treat an "
            "array of any shape as one long vector.",
        ),
    ],
    variants=[_looped_error, _einsum_error, lambda u, v: np.float64(relative_error(v, u))],
)


# --- chain_derivative ------------------------------------------------------------------------------------------------


def chain_derivative(functions, derivatives, x):
    """Reference: multiply the slopes, each at the place its function is evaluated at."""
    slope = 1.0
    for f, f_prime in zip(functions, derivatives, strict=True):
        slope *= f_prime(x)
        x = f(x)
    return slope


def _links(rng):
    """Draw functions with their derivatives: pairs that are bent, and so tell at which place a slope was taken."""
    c, d = float(rng.uniform(0.8, 1.6)), float(rng.uniform(0.3, 0.9))
    return [
        (lambda u: np.sin(c * u) + 2 * u, lambda u: c * np.cos(c * u) + 2),
        (lambda u: np.exp(-d * u), lambda u: -d * np.exp(-d * u)),
        (lambda u: u**2 - c * u, lambda u: 2 * u - c),
        (lambda u: 3 * tanh(d * u) + 0.5, lambda u: 3 * d * tanh_prime(d * u)),
        (lambda u: 5 * logistic(u) - 1, lambda u: 5 * logistic_prime(u)),
    ]


def _chain(rng, k):
    links = _links(rng)
    chosen = [links[int(i)] for i in rng.permutation(len(links))[:k]]
    x = float(rng.uniform(0.3, 1.3) * rng.choice([-1, 1]))
    return [f for f, _ in chosen], [d for _, d in chosen], x


def _chain_probes(rng):
    return [_chain(rng, k) for k in (2, 3, 4, 2, 3)]


def _one_link(rng):
    return [_chain(rng, 1)]


def _long_chain(rng):
    gentle = []
    for c in rng.uniform(0.5, 1.5, size=9):
        gentle.append((lambda u, c=c: u + np.sin(c * u) / 2, lambda u, c=c: 1 + c * np.cos(c * u) / 2))
    return [([f for f, _ in gentle], [d for _, d in gentle], float(rng.uniform(-1, 1)))]


def _places(functions, x):
    """x, f_1(x), f_2(f_1(x)), …, the value of the whole chain."""
    places = [x]
    for f in functions:
        places.append(f(places[-1]))
    return places


def _factors(functions, derivatives, x):
    return [d(place) for d, place in zip(derivatives, _places(functions, x), strict=False)]


def _emptied(functions, derivatives, x):
    slope = 1.0
    while functions:
        slope *= derivatives.pop(0)(x)
        x = functions.pop(0)(x)
    return slope


def _product_rule(functions, derivatives, x):
    made = [f(x) for f in functions]
    return sum(d(x) * math.prod(made[:i] + made[i + 1 :]) for i, d in enumerate(derivatives))


def _derivatives_composed(functions, derivatives, x):
    for d in derivatives:
        x = d(x)
    return x


def _value_overwritten(functions, derivatives, x):
    slope = 1.0
    for f, d in zip(functions, derivatives, strict=True):
        x = f(x)
        slope *= d(x)
    return slope


def _slope_handed_on(functions, derivatives, x):
    slope = 1.0
    for f, d in zip(functions, derivatives, strict=True):
        slope *= d(x)
        x = f(slope)
    return slope


def _two_by_number(functions, derivatives, x):
    return derivatives[1](functions[0](x)) * derivatives[0](x)


def _two_by_name(functions, derivatives, x):
    if len(functions) != 2:
        raise ValueError("not two values to unpack")
    return _two_by_number(functions, derivatives, x)


def _recursive_chain(functions, derivatives, x):
    if len(functions) == 1:
        return derivatives[0](x)
    return _recursive_chain(functions[1:], derivatives[1:], functions[0](x)) * derivatives[0](x)


def _backward_chain(functions, derivatives, x):
    kept = [x]
    for f in functions[:-1]:
        kept.append(f(kept[-1]))
    slope = 1
    for i in range(len(functions) - 1, -1, -1):
        slope = slope * derivatives[i](kept[i])
    return slope


def _recomputing_chain(functions, derivatives, x):
    factors = []
    for i in range(len(functions)):
        place = x
        for f in functions[:i]:
            place = f(place)
        factors.append(derivatives[i](place))
    return np.prod(factors)


CHAIN_DERIVATIVE = Exercise(
    name="chain_derivative",
    lesson=LESSON,
    derivative_of="the composed function",
    points=2,
    equation="y = f_k(…f_2(f_1(x))): dy/dx = f_k′(u_(k−1)) · … · f_2′(u_1) · f_1′(x), with u_i = f_i(u_(i−1)), u_0 = x",
    reference=chain_derivative,
    probes=_chain_probes,
    telling_probes=_one_link,
    requirements=[
        values(1.25),
        cases("a chain of one function", 0.25, _one_link),
        cases("a chain of nine functions", 0.25, _long_chain),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "all-at-x",
            lambda functions, derivatives, x: math.prod(d(x) for d in derivatives),
            "All slopes were taken at x. f_2 never sees x: its slope is wanted at the value that f_1 hands to it, and so "
            "on down the chain.",
        ),
        Mistake(
            "sum-at-x",
            lambda functions, derivatives, x: sum(d(x) for d in derivatives),
            "Two things: all slopes were taken at x, where each belongs to the value that reaches its function; and they "
            "were added, where slopes one after the other multiply.",
        ),
        Mistake(
            "order",
            lambda functions, derivatives, x: chain_derivative(functions[::-1], derivatives[::-1], x),
            "The chain was run from its wrong end: this is the derivative of f_1(f_2(…)). The first function of the "
            "list is the innermost, the first that x meets.",
        ),
        Mistake(
            "sum",
            lambda functions, derivatives, x: sum(_factors(functions, derivatives, x)),
            "The slopes were added. One after the other they multiply: if f_1 triples a small step and f_2 doubles it, "
            "it comes out six times as large.",
        ),
        Mistake(
            "outer-only",
            lambda functions, derivatives, x: _factors(functions, derivatives, x)[-1],
            "This is the slope of the last function alone, at the right place. The inner derivatives are missing.",
        ),
        Mistake(
            "inner-only",
            lambda functions, derivatives, x: derivatives[0](x),
            "This is f_1′(x) alone, the slope of the first function. What the others do to the step is missing: a "
            "chain of k functions has k factors.",
        ),
        Mistake(
            "value-overwritten",
            _value_overwritten,
            "Every slope was taken one function too late, at what its function returns. f_i′ belongs to the place where "
            "f_i is evaluated: look at which of the two lines in your loop comes first.",
        ),
        Mistake(
            "value-of-chain",
            lambda functions, derivatives, x: _places(functions, x)[-1],
            "This is the value of the chain, y itself, not its derivative. dy/dx multiplies the slopes that are met on "
            "the way to y.",
        ),
        Mistake(
            "derivatives-composed",
            _derivatives_composed,
            "The derivatives were put into one another, f_2′(f_1′(x)). The places come from the functions; the slopes "
            "are then multiplied.",
        ),
        Mistake(
            "not-multiplied",
            lambda functions, derivatives, x: _factors(functions, derivatives, x),
            "All slopes came back one by one, each at the right place. dy/dx is a single number: one after the other "
            "they multiply.",
        ),
        Mistake(
            "not-multiplied-at-x",
            lambda functions, derivatives, x: [d(x) for d in derivatives],
            "All slopes came back one by one, and all were taken at x. dy/dx is their product, and f_i′ belongs to the "
            "value u_(i−1) that reaches f_i.",
        ),
        Mistake(
            "product-rule",
            _product_rule,
            "This is the derivative of the product f_1(x) · f_2(x) · …. In a chain the functions are applied one after "
            "the other, not multiplied.",
        ),
        Mistake(
            "first-factor-missing",
            lambda functions, derivatives, x: math.prod(_factors(functions, derivatives, x)[1:]),
            "The slope of the first function, f_1′(x), is missing; all others are there. Look at where your loop "
            "starts.",
        ),
        Mistake(
            "last-factor-missing",
            lambda functions, derivatives, x: math.prod(_factors(functions, derivatives, x)[:-1]),
            "The slope of the last function, f_k′(u_(k−1)), is missing; all others are there. A chain of k functions "
            "has k factors: look at where your loop ends.",
        ),
        Mistake(
            "two-only",
            lambda functions, derivatives, x: math.prod(_factors(functions, derivatives, x)[:2]),
            "Right for chains of two functions only: whatever comes after the second is left out. Go through the whole "
            "list.",
        ),
        Mistake(
            "two-by-number",
            _two_by_number,
            "Right for chains of two functions only: the first and the second are taken by their numbers. Whatever comes "
            "after them is left out, and a chain of one has no second. Go through the whole list.",
        ),
        Mistake(
            "two-by-name",
            _two_by_name,
            "Right for chains of two functions; any other number of them does not fit into two names. Go through the "
            "list with a loop.",
        ),
        Mistake(
            "derivatives-reversed",
            lambda functions, derivatives, x: math.prod(_factors(functions, derivatives[::-1], x)),
            "The places are right, but the derivatives were taken from the other end of the list: f_i and f_i′ no longer "
            "belong together.",
        ),
        Mistake(
            "all-at-the-end",
            lambda functions, derivatives, x: math.prod(d(_places(functions, x)[-1]) for d in derivatives),
            "All slopes were taken at the final value: the loop over the functions had ended before the slopes were "
            "asked for. Keep each value on the way, or multiply as you go.",
        ),
        Mistake(
            "slope-handed-on",
            _slope_handed_on,
            "The slope so far was handed to the next function, where the value so far belongs. Two things walk down the "
            "chain: a value and a slope.",
        ),
        Mistake(
            "absolute-value",
            lambda functions, derivatives, x: abs(chain_derivative(functions, derivatives, x)),
            "Right but for the sign, which is always +. A function that falls turns the step round: its slope is "
            "negative, and stays so in the product.",
        ),
        Mistake(
            "forward-difference",
            lambda functions, derivatives, x: (_places(functions, x + 1e-5)[-1] - _places(functions, x)[-1]) / 1e-5,
            "Right to four digits or so: this is a forward difference of the whole chain. The derivatives are given, so "
            "nothing has to be approximated.",
        ),
        Mistake(
            "lists-changed",
            _emptied,
            "The number is right, but the lists that were passed in are not what they were: pop takes functions away "
            "from the caller, reverse turns the caller's list round. Go through the lists without changing them.",
        ),
    ],
    variants=[_recursive_chain, _backward_chain, _recomputing_chain],
)


# --- sum_over_paths --------------------------------------------------------------------------------------------------


def _paths(weights, k, j):
    """For each path from input j to output k the weights on it, the first layer's first."""
    widths = [len(W) for W in weights[:-1]]
    for inner in product(*map(range, widths)):
        nodes = (j, *inner, k)
        yield [W[after, before] for W, before, after in zip(weights, nodes[:-1], nodes[1:], strict=True)]


def sum_over_paths(weights, k, j):
    """Reference: along a path the weights multiply, over the paths the products add up."""
    return sum(math.prod(path) for path in _paths(weights, k, j))


def _path_probe(rng, widths, k=None, j=None):
    weights = [W for W, _ in probes.network(rng, widths)]
    common = min(widths[0], widths[-1])
    # k and j differ and are both small enough to be exchanged without an error.
    places = rng.permutation(common)
    return weights, int(places[0] if k is None else k), int(places[1] if j is None else j)


def _path_probes(rng):
    return [_path_probe(rng, probes.sizes(rng, depth + 1, high=6)) for depth in (2, 3, 2, 4)]


def _one_layer(rng):
    return [_path_probe(rng, probes.sizes(rng, 2, low=3))]


def _narrow(rng):
    """Layers of one node: a single path that is long, and a network with a bottleneck."""
    return [
        _path_probe(rng, [1, 1, 1, 1, 1, 1], 0, 0),
        _path_probe(rng, [3, 1, 4, 1, 2], int(rng.integers(2)), int(rng.integers(3))),
    ]


def _over_paths(rule, along=math.prod):
    return lambda weights, k, j: rule([along(path) for path in _paths(weights, k, j)])


def _whole_product(weights):
    total = weights[0]
    for W in weights[1:]:
        total = W @ total
    return total


def _wrong_end(weights, k, j):
    total = weights[0]
    for W in weights[1:]:
        total = total @ W
    return total[k, j]


def _strongest_edges(weights, k, j):
    node, total = j, 1.0
    for W in weights[:-1]:
        after = int(np.argmax(np.abs(W[:, node])))
        total, node = total * W[after, node], after
    return total * weights[-1][k, node]


def _sums_of_layers(weights, k, j):
    return np.sum(weights[0][:, j]) * math.prod(np.sum(W) for W in weights[1:-1]) * np.sum(weights[-1][k])


def _two_layers_by_name(weights, k, j):
    if len(weights) != 2:
        raise ValueError("not two values to unpack")
    return _whole_product(weights)[k, j]


def _walked_paths(weights, k, j):
    def reach(level, node):
        if level < 0:
            return 1.0 if node == j else 0.0
        return sum(weights[level][node, before] * reach(level - 1, before) for before in range(weights[level].shape[1]))

    return reach(len(weights) - 1, k)


def _row_from_the_right(weights, k, j):
    row = weights[-1][k]
    for W in reversed(weights[:-1]):
        row = row @ W
    return row[j]


def _listed_paths(weights, k, j):
    paths = [([j], 1.0)]
    for W in weights:
        paths = [([*nodes, i], w * W[i][nodes[-1]]) for nodes, w in paths for i in range(W.shape[0])]
    return np.sum([w for nodes, w in paths if nodes[-1] == k])


SUM_OVER_PATHS = Exercise(
    name="sum_over_paths",
    lesson=LESSON,
    points=2,
    equation="∂a_k^L/∂x_j = Σ over all paths j → … → k of the product of the weights on the path (linear units)",
    reference=sum_over_paths,
    probes=_path_probes,
    telling_probes=lambda rng: [_path_probe(rng, [4] * (depth + 1)) for depth in (2, 3)],
    requirements=[
        values(1.25),
        cases("a network of one layer", 0.25, _one_layer),
        cases("layers of one node", 0.25, _narrow),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "first-path-only",
            _over_paths(lambda found: found[0]),
            "This is one path alone, the one through the first node of every hidden layer. x_j reaches the output on every path, "
            "and what arrives adds up. Does a return stand inside a loop?",
        ),
        Mistake(
            "last-path-only",
            _over_paths(lambda found: found[-1]),
            "This is one path alone, the last: each path overwrites what was there before. What the paths carry has to "
            "be added.",
        ),
        Mistake(
            "strongest-edges",
            _strongest_edges,
            "This is one path alone, the one that follows the strongest weight at every node. The other paths carry "
            "something too: over the paths the products add up.",
        ),
        Mistake(
            "largest-path",
            _over_paths(max),
            "This is the path with the largest product, all others left out. Over the paths j → … → k one adds: each "
            "carries a part of the effect, the negative ones too.",
        ),
        Mistake(
            "largest-magnitude",
            _over_paths(lambda found: max(found, key=abs)),
            "This is the path with the strongest effect, whatever its sign, all others left out. Over the paths j → … "
            "→ k one adds.",
        ),
        Mistake(
            "exchanged",
            lambda weights, k, j: _whole_product(weights)[j, k],
            "k and j are exchanged: this is ∂a_j/∂x_k. k is the output, a row of the last W; j is the input, a column "
            "of the first.",
        ),
        Mistake(
            "transposed-weights",
            lambda weights, k, j: sum_over_paths([W.T for W in weights], k, j),
            "Every matrix was read as W[from, to]. The course writes w_kj as W[k, j]: the row is where the edge ends. "
            "(Where all layers are equally wide, no error tells you so.)",
        ),
        Mistake(
            "wrong-end",
            _wrong_end,
            "The layers were run through from the wrong end: layer 1 is the first of the list and the one that x_j "
            "meets first. (Where all layers are equally wide, no error tells you so.)",
        ),
        Mistake(
            "sum-along-path",
            _over_paths(sum, along=sum),
            "The weights along each path were added. One after the other they multiply, as the slopes of a chain do.",
        ),
        Mistake(
            "product-over-paths",
            _over_paths(math.prod),
            "The products of the paths were multiplied with each other. Along a path one multiplies; over the paths "
            "one adds.",
        ),
        Mistake(
            "sum-and-product-exchanged",
            _over_paths(math.prod, along=sum),
            "Sum and product are exchanged: along a path one multiplies, over the paths one adds.",
        ),
        Mistake(
            "mean",
            _over_paths(lambda found: sum(found) / len(found)),
            "The paths were averaged. Each carries its whole effect: they add up, whatever their number.",
        ),
        Mistake(
            "magnitudes",
            _over_paths(lambda found: sum(map(abs, found))),
            "The paths were added without their signs. Paths can cancel one another: that is part of the derivative.",
        ),
        Mistake(
            "number-of-paths",
            _over_paths(len),
            "This is the number of paths, as if every weight were 1. Each path counts with the product of its weights.",
        ),
        Mistake(
            "layer-sums",
            _sums_of_layers,
            "The sums of whole layers were multiplied, which joins edges that do not meet: an edge ends at the node "
            "where the next one of its path starts.",
        ),
        Mistake(
            "all-inputs",
            lambda weights, k, j: _whole_product(weights)[k].sum(),
            "Paths from all inputs were added up. Only those that start at input j belong to ∂a_k/∂x_j.",
        ),
        Mistake(
            "all-outputs",
            lambda weights, k, j: _whole_product(weights)[:, j].sum(),
            "Paths to all outputs were added up. Only those that end at output k belong to ∂a_k/∂x_j.",
        ),
        Mistake(
            "first-layer-missing",
            lambda weights, k, j: sum_over_paths([np.ones_like(weights[0]), *weights[1:]], k, j),
            "The weights of layer 1 are missing in the products: a path begins at the input, with an edge out of x_j.",
        ),
        Mistake(
            "last-layer-missing",
            lambda weights, k, j: sum_over_paths([*weights[:-1], np.ones_like(weights[-1])], k, j),
            "The weights of the output layer are missing in the products: a path ends at output k, with an edge into it.",
        ),
        Mistake(
            "one-hidden-layer",
            lambda weights, k, j: sum(weights[1][k, i] * weights[0][i, j] for i in range(len(weights[0]))),
            "Right where there is one hidden layer: layers 1 and 2 were taken by their numbers. With more layers the path "
            "goes on, with fewer it ends earlier: go through the whole list.",
        ),
        Mistake(
            "two-layers-by-name",
            _two_layers_by_name,
            "Right where there is one hidden layer; any other number of layers does not fit into two names. Go through "
            "the list, with a loop or a function that calls itself.",
        ),
        Mistake(
            "first-and-last-layer",
            lambda weights, k, j: sum(weights[-1][k, i] * weights[0][i, j] for i in range(len(weights[0]))),
            "Right where there is one hidden layer: only the first and the last layer are in the products. The edges "
            "between hidden layers belong to the path too.",
        ),
        Mistake(
            "all-pairs",
            lambda weights, k, j: _whole_product(weights),
            "The whole table came back, for all outputs and inputs. ∂a_k/∂x_j is one entry of it: which row, which "
            "column?",
        ),
    ],
    variants=[
        lambda weights, k, j: _whole_product(weights)[k, j],
        _walked_paths,
        _row_from_the_right,
        _listed_paths,
    ],
)


# --- neuron_gradient -------------------------------------------------------------------------------------------------


def neuron_gradient(w, b, X, y):
    """Reference: the lecture's two sums for C = (1/n) Σ(y − a)²."""
    z = X @ w + b
    delta = 2 * (logistic(z) - y) * logistic_prime(z) / len(y)
    return X.T @ delta, np.sum(delta)


def _neuron_probe(rng, n, m):
    X = rng.normal(size=(n, m))
    return rng.normal(size=m), float(rng.uniform(0.4, 1.2)), X, rng.random(n)


def _neuron_probes(rng):
    found = []
    for m in probes.sizes(rng, 3, high=6):
        n = int(rng.choice([size for size in range(3, 10) if size != m]))
        found.append(_neuron_probe(rng, n, m))
    w, b, X, _ = _neuron_probe(rng, 8, 3)
    found.append((w, -b, 2 * X, (X[:, 0] > 0).astype(float)))
    return found


def _one_example(rng):
    return [_neuron_probe(rng, 1, 4)]


def _saturated(rng):
    w, b, X, y = _neuron_probe(rng, 5, 3)
    X[0] = -900 * np.sign(w) / np.sum(np.abs(w))
    X[1] = 900 * np.sign(w) / np.sum(np.abs(w))
    return [(w, b, X, y)]


def _neuron(rule, weighted=lambda w, b, X: X @ w + b):
    """Build a wrong gradient from ``rule(X, y, z, a, slope, n)``."""

    def wrong(w, b, X, y):
        z = weighted(w, b, X)
        return rule(X, y, z, logistic(z), logistic_prime(z), len(y))

    return wrong


def _through(per_example):
    """A gradient whose ∂C_i/∂z_i is replaced: ``per_example(y, z, a, slope)``."""

    def rule(X, y, z, a, slope, n):
        delta = per_example(y, z, a, slope)
        return X.T @ delta / n, np.sum(delta) / n

    return _neuron(rule)


def _changed(change, w, b, X, y):
    dw, db = neuron_gradient(w, b, X, y)
    return change(dw, db, X, len(y))


def _afterwards(change):
    """A right gradient that is spoilt at the end: ``change(dw, db, X, n)``."""
    return lambda w, b, X, y: _changed(change, w, b, X, y)


def _looped_neuron(w, b, X, y):
    dw, db = [0.0] * len(w), 0.0
    for x, target in zip(X, y, strict=True):
        z = sum(w[j] * x[j] for j in range(len(w))) + b
        a = float(logistic(z))
        common = 2 * (a - target) * a * (1 - a) / len(y)
        for j in range(len(w)):
            dw[j] += common * x[j]
        db += common
    return dw, db


def _columns_neuron(w, b, X, y):
    a = logistic(np.einsum("ij,j->i", X, w) + b)
    back = -(y - a) * (a - a**2)
    return np.array([2 * np.mean(back * X[:, j]) for j in range(X.shape[1])]), 2 * back.mean()


def _folded_neuron(w, b, X, y):
    ones = np.column_stack([X, np.ones(len(X))])
    z = ones @ np.append(w, b)
    gradient = 2 * np.mean(((logistic(z) - y) * logistic_prime(z))[:, None] * ones, axis=0)
    return [gradient[:-1], gradient[-1]]


NEURON_GRADIENT = Exercise(
    name="neuron_gradient",
    lesson=LESSON,
    derivative_of="the cost",
    points=3,
    equation="∂C/∂w_j = (2/n) Σ_i (a_i − y_i) σ′(z_i) x_j^i, ∂C/∂b = (2/n) Σ_i (a_i − y_i) σ′(z_i)",
    reference=neuron_gradient,
    probes=_neuron_probes,
    telling_probes=lambda rng: [_neuron_probe(rng, 4, 4)],
    part_name=lambda path: ("dw", "db")[path[0]] if path else "the result",
    requirements=[
        values(2),
        shapes(0.25),
        unchanged(0.25),
        cases("a single example", 0.25, _one_example, with_shapes=True),
        cases("saturated examples, without a warning", 0.25, _saturated, quiet=True),
    ],
    mistakes=[
        Mistake(
            "sign",
            _through(lambda y, z, a, slope: 2 * (y - a) * slope),
            "Every number has the right size and the wrong sign. The inner derivative of (y − a)² with respect to a is "
            "−1: the lecture turns y − a into a − y for it.",
        ),
        Mistake(
            "factor-two-missing",
            _through(lambda y, z, a, slope: (a - y) * slope),
            "Every number is half of what it should be. The lecture's cost has no ½, so the 2 of the square stays.",
        ),
        Mistake(
            "sign-and-two",
            _through(lambda y, z, a, slope: (y - a) * slope),
            "Two things: the sign is wrong, and the 2 of the square is missing. Differentiate (y − a)² with respect to a "
            "once more, inner derivative included.",
        ),
        Mistake(
            "factor-four",
            _through(lambda y, z, a, slope: 4 * (a - y) * slope),
            "Every number is twice too large: the square is differentiated once, so one 2 comes down.",
        ),
        Mistake(
            "sigma-prime-missing",
            _through(lambda y, z, a, slope: 2 * (a - y)),
            "The step from a to z is missing: without σ′(z_i) saturated examples count as much as the others. The "
            "chain has three links, C to a, a to z, z to w: look at the second.",
        ),
        Mistake(
            "error-alone",
            _through(lambda y, z, a, slope: a - y),
            "These are means of (a − y) x and of a − y: 2 and σ′(z_i) are missing. (Such a gradient exists, but for "
            "another cost: lesson 4.)",
        ),
        Mistake(
            "sigma-prime-of-a",
            _through(lambda y, z, a, slope: 2 * (a - y) * logistic_prime(a)),
            "σ′ was taken at the activation a: all its values lie between 0.197 and 0.25. σ′(z_i) is the slope at z_i, "
            "where σ was evaluated.",
        ),
        Mistake(
            "sigma-for-sigma-prime",
            _through(lambda y, z, a, slope: 2 * (a - y) * a),
            "The error is multiplied by σ(z_i). In ∂C/∂w_j stands the slope σ′(z_i), which is σ with a second factor: "
            "look at the link from a to z.",
        ),
        Mistake(
            "one-minus-sigma-for-sigma-prime",
            _through(lambda y, z, a, slope: 2 * (a - y) * (1 - a)),
            "The error is multiplied by 1 − σ(z) alone. The slope has two factors: σ′ = σ(1 − σ).",
        ),
        Mistake(
            "z-for-sigma-prime",
            _through(lambda y, z, a, slope: 2 * (a - y) * z),
            "The error is multiplied by z_i. What a nudge of z_i changes in a_i is the slope σ′(z_i): look at the link "
            "from a to z.",
        ),
        Mistake(
            "sigma-prime-squared",
            _through(lambda y, z, a, slope: 2 * (a - y) * slope**2),
            "σ′(z_i) comes in twice, so that each example counts too little. The step from a to z is taken once: in "
            "∂C/∂w_j there is one σ′(z_i).",
        ),
        Mistake(
            "absolute-value",
            _through(lambda y, z, a, slope: 2 * np.abs(a - y) * slope),
            "The errors have lost their signs. Where a is too small, the example pulls the other way: in a_i − y_i the "
            "sign stays.",
        ),
        Mistake(
            "squared-error",
            _through(lambda y, z, a, slope: (a - y) ** 2 * slope),
            "The squared error itself stands where its derivative by a belongs. ∂C/∂a_i, the first link of the chain, "
            "comes from (y_i − a_i)²: differentiate it.",
        ),
        Mistake(
            "activation-left-out",
            _through(lambda y, z, a, slope: 2 * (z - y)),
            "These are the gradients of a neuron without activation function: a = z. Here a = σ(z), in the error and in "
            "the chain.",
        ),
        Mistake(
            "error-of-z",
            _through(lambda y, z, a, slope: 2 * (z - y) * slope),
            "The error was taken as z − y. What the cost compares with y_i is the neuron's output a_i = σ(z_i).",
        ),
        Mistake(
            "bias-left-out",
            _neuron(
                lambda X, y, z, a, slope, n: (
                    X.T @ (2 * (a - y) * slope) / n,
                    np.sum(2 * (a - y) * slope) / n,
                ),
                weighted=lambda w, b, X: X @ w,
            ),
            "These are the gradients of a neuron without bias. Look at your z: w·x + b has two parts.",
        ),
        Mistake(
            "bias-subtracted",
            _neuron(
                lambda X, y, z, a, slope, n: (
                    X.T @ (2 * (a - y) * slope) / n,
                    np.sum(2 * (a - y) * slope) / n,
                ),
                weighted=lambda w, b, X: X @ w - b,
            ),
            "These are the gradients of a neuron with −b. In z = w·x + b the bias is added.",
        ),
        Mistake(
            "sum-for-mean",
            _afterwards(lambda dw, db, X, n: (dw * n, db * n)),
            "Every number is n times too large: the examples were added up. The cost is their mean.",
        ),
        Mistake(
            "mean-twice",
            _afterwards(lambda dw, db, X, n: (dw / n, db / n)),
            "Every number is n times too small: 1/n comes in twice. A mean divides by n already.",
        ),
        Mistake(
            "mean-for-weights-only",
            _afterwards(lambda dw, db, X, n: (dw, db * n)),
            "dw is right, db is n times too large: 1/n did not reach it. In the equations it stands in front of both "
            "sums.",
        ),
        Mistake(
            "mean-for-bias-only",
            _afterwards(lambda dw, db, X, n: (dw * n, db)),
            "db is right, dw is n times too large: a product over the examples adds them up, and the 1/n is still to "
            "come.",
        ),
        Mistake(
            "mean-over-inputs",
            _afterwards(lambda dw, db, X, n: (dw * n / X.shape[1], db * n / X.shape[1])),
            "The sums were divided by the number of inputs. The mean is over the n examples, the rows of X.",
        ),
        Mistake(
            "db-with-x",
            _afterwards(lambda dw, db, X, n: (dw, np.sum(dw))),
            "dw is right, but the inputs have got into db. z grows by exactly as much as b does: ∂z/∂b is 1.",
        ),
        Mistake(
            "db-is-dw",
            _afterwards(lambda dw, db, X, n: (dw, dw.copy())),
            "db has as many numbers as dw, and the same ones. There is one bias, and no x beside it.",
        ),
        Mistake(
            "db-zero",
            _afterwards(lambda dw, db, X, n: (dw, 0.0)),
            "db is 0, so the bias would never learn. It is part of z = w·x + b: what is ∂z/∂b?",
        ),
        Mistake(
            "db-not-summed",
            _neuron(lambda X, y, z, a, slope, n: (X.T @ (2 * (a - y) * slope) / n, 2 * (a - y) * slope / n)),
            "db has a number for each example. All examples share the one bias: add them up.",
        ),
        Mistake(
            "dw-not-summed",
            _neuron(
                lambda X, y, z, a, slope, n: (
                    X * (2 * (a - y) * slope)[:, None] / n,
                    np.sum(2 * (a - y) * slope) / n,
                )
            ),
            "dw has a row for each example. The examples share the weights: add over the rows.",
        ),
        Mistake(
            "dw-not-summed-transposed",
            _neuron(lambda X, y, z, a, slope, n: (X.T * (2 * (a - y) * slope) / n, np.sum(2 * (a - y) * slope) / n)),
            "dw is a table with a column for each example: * multiplies entry by entry, and the sum over the examples is "
            "missing. A product of matrices does both.",
        ),
        Mistake(
            "dw-one-number",
            _neuron(
                lambda X, y, z, a, slope, n: (
                    np.mean(X * (2 * (a - y) * slope)[:, None]),
                    np.sum(2 * (a - y) * slope) / n,
                )
            ),
            "dw is one number: the mean went over the inputs as well as over the examples. Each weight has its own "
            "derivative; only the rows are averaged.",
        ),
        Mistake(
            "dw-summed-over-inputs",
            _afterwards(lambda dw, db, X, n: (np.sum(dw), db)),
            "dw is one number: the sum went over the inputs as well as over the examples. Each weight has its own "
            "derivative; a product with the transpose of X sums over the examples already.",
        ),
        Mistake(
            "errors-averaged-first",
            _neuron(
                lambda X, y, z, a, slope, n: (
                    2 * np.mean((a - y) * slope) * X.mean(axis=0),
                    2 * np.mean((a - y) * slope),
                )
            ),
            "db is right; in dw the mean of the errors was multiplied by the mean of the inputs. Each example's error "
            "belongs to its own x: multiply first, then average.",
        ),
        Mistake(
            "db-with-b",
            lambda w, b, X, y: (neuron_gradient(w, b, X, y)[0], neuron_gradient(w, b, X, y)[1] * b),
            "dw is right; db is b times the right one. In z = w·x + b nothing multiplies b: ∂z/∂b is 1.",
        ),
        Mistake(
            "two-inputs-only",
            lambda w, b, X, y: neuron_gradient(w[:2], b, X[:, :2], y),
            "Right for a neuron with two inputs; with more of them, z and dw have two terms all the same. The lecture's "
            "neuron has two inputs; here a product of X and w takes all of them.",
        ),
        Mistake(
            "two-weights-only",
            _afterwards(lambda dw, db, X, n: (dw[:2], db)),
            "Right for a neuron with two inputs; with more of them, dw has two entries all the same. Every weight has a "
            "derivative.",
        ),
        Mistake(
            "inputs-forgotten",
            _afterwards(lambda dw, db, X, n: (np.full(len(dw), db), db)),
            "All entries of dw are equal to db: the last link of the chain, ∂z/∂w_j = x_j, is missing.",
        ),
        Mistake(
            "weights-for-inputs",
            lambda w, b, X, y: (w * neuron_gradient(w, b, X, y)[1], neuron_gradient(w, b, X, y)[1]),
            "w stands where x belongs: that is the derivative with respect to the inputs. In z = Σ w_j x_j + b, what "
            "does w_j multiply?",
        ),
        Mistake(
            "axes",
            _neuron(
                lambda X, y, z, a, slope, n: (X @ (2 * (a - y) * slope) / n, np.sum(2 * (a - y) * slope) / n),
            ),
            "The examples were summed along the wrong axis of X. Row i of X is example i; dw_j collects column j. "
            "(With as many examples as inputs, no error tells you so.)",
        ),
        Mistake(
            "last-example-only",
            lambda w, b, X, y: neuron_gradient(w, b, X[-1:], y[-1:]),
            "This is the gradient of the last example alone. Each turn of the loop overwrites what was there; it has to "
            "be added.",
        ),
        Mistake(
            "first-example-only",
            lambda w, b, X, y: neuron_gradient(w, b, X[:1], y[:1]),
            "This is the gradient of the first example alone. Does a return stand inside the loop?",
        ),
        Mistake(
            "last-example-over-n",
            lambda w, b, X, y: tuple(part / len(y) for part in neuron_gradient(w, b, X[-1:], y[-1:])),
            "This is the gradient of the last example, divided by n: the sum over the examples was never made.",
        ),
        Mistake(
            "order-of-results",
            lambda w, b, X, y: neuron_gradient(w, b, X, y)[::-1],
            "The two results stand in the wrong order: dw first, then db.",
        ),
        Mistake(
            "outputs-against-targets",
            _neuron(
                lambda X, y, z, a, slope, n: (
                    X.T @ (2 * (a[:, None] - y) * slope[:, None]) / n,
                    np.mean(2 * (a[:, None] - y) * slope[:, None]),
                )
            ),
            "dw is a table: the outputs stood in a column and y in a row, so that a − y became a table in which every "
            "output meets every target. a_i is compared with y_i alone: keep both 1-D.",
        ),
        Mistake(
            "overflow",
            lambda w, b, X, y: _neuron_with_plain_exp(w, b, X, y),
            "Right for moderate z; for very negative ones e^(−z) is larger than any float. Use a σ that copes with "
            "them, as nblib's does.",
        ),
        Mistake(
            "db-array",
            _afterwards(lambda dw, db, X, n: (dw, np.array([db]))),
            "The numbers are right, but db is an array of one number. The bias is a single number, and so is its "
            "derivative.",
        ),
    ],
    variants=[_looped_neuron, _columns_neuron, _folded_neuron],
)


def _neuron_with_plain_exp(w, b, X, y):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    delta = 2 * (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, delta.sum()


# --- delta_by_perturbation -------------------------------------------------------------------------------------------


def _onwards(layers, number, a):
    """Run the layers after layer ``number``, from its activations on."""
    for W, b in layers[number:]:
        a = logistic(W @ a + b)
    return a


def _squared(y, a):
    return np.sum((y - a) ** 2)


def _central(along, h):
    return (along(h) - along(-h)) / (2 * h)


def _nudge_z(layers, number, j, zs, activations, step):
    z = zs[number - 1].copy()
    z[j] += step
    return _onwards(layers, number, logistic(z))


def _perturbation(quotient=_central, nudge=_nudge_z, cost=_squared):
    """Measure ∂C/∂z, written so that each part can be replaced by a wrong one."""

    def measure(layers, x, y, h=1e-5):
        zs, activations = forward(layers, x)
        return [
            np.array(
                [
                    quotient(lambda step, i=i, j=j: cost(y, nudge(layers, i, j, zs, activations, step)), h)
                    for j in range(len(zs[i - 1]))
                ]
            )
            for i in range(1, len(layers) + 1)
        ]

    return measure


delta_by_perturbation = _perturbation()


def _nudge_a(layers, number, j, zs, activations, step):
    a = activations[number].copy()
    a[j] += step
    return _onwards(layers, number, a)


def _nudge_only_own_layer(layers, number, j, zs, activations, step):
    return _nudge_z(layers, number, j, zs, activations, step) if number == len(layers) else activations[-1]


def _nudge_whole_layer(layers, number, j, zs, activations, step):
    return _onwards(layers, number, logistic(zs[number - 1] + step))


def _nudge_input(layers, number, j, zs, activations, step):
    a = activations[number - 1].copy()
    a[j % len(a)] += step
    return _onwards(layers, number - 1, a)


def _nudge_without_biases(layers, number, j, zs, activations, step):
    return _nudge_z([(W, np.zeros_like(b)) for W, b in layers], number, j, zs, activations, step)


def _nudge_without_activation(layers, number, j, zs, activations, step):
    z = zs[number - 1].copy()
    z[j] += step
    return _onwards(layers, number, z)


def _nudge_own_layer_again(layers, number, j, zs, activations, step):
    z = zs[number - 1].copy()
    z[j] += step
    return _onwards(layers, number - 1, logistic(z))


def _nudge_next_layer_skipped(layers, number, j, zs, activations, step):
    z = zs[number - 1].copy()
    z[j] += step
    return _onwards(layers, number + 1, logistic(z))


def _nudge_last_activation_missing(layers, number, j, zs, activations, step):
    z = zs[number - 1].copy()
    z[j] += step
    for W, b in layers[number:]:
        z = W @ logistic(z) + b
    return z


def _nudge_linear_downstream(layers, number, j, zs, activations, step):
    z = zs[number - 1].copy()
    z[j] += step
    a = logistic(z)
    for W, b in layers[number:]:
        a = W @ a + b
    return a


def _accumulated(layers, x, y, h=1e-5):
    zs, _ = forward(layers, x)
    found = []
    for number, z in enumerate(zs, start=1):
        z = z.copy()
        delta = np.empty(len(z))
        for j in range(len(z)):
            z[j] += h
            above = _squared(y, _onwards(layers, number, logistic(z)))
            z[j] -= 2 * h
            delta[j] = (above - _squared(y, _onwards(layers, number, logistic(z)))) / (2 * h)
        found.append(delta)
    return found


def _by_bias_in_place(layers, x, y, h=1e-5):
    found = []
    for _, b in layers:
        delta = np.empty(len(b))
        for j in range(len(b)):
            b[j] += h
            above = _squared(y, _onwards(layers, 0, x))
            b[j] -= 2 * h
            below = _squared(y, _onwards(layers, 0, x))
            b[j] += h
            delta[j] = (above - below) / (2 * h)
        found.append(delta)
    return found


def _bias_not_restored(layers, x, y, h=1e-5):
    found = []
    for _, b in layers:
        delta = np.empty(len(b))
        for j in range(len(b)):
            b[j] += h
            above = _squared(y, _onwards(layers, 0, x))
            b[j] -= 2 * h
            delta[j] = (above - _squared(y, _onwards(layers, 0, x))) / (2 * h)
        found.append(delta)
    return found


def _by_bias_copies(layers, x, y, h=1e-5):
    found = []
    for number, (W, b) in enumerate(layers):
        delta = []
        for j in range(len(b)):
            costs = []
            for step in (h, -h):
                moved = [*layers[:number], (W, b + step * np.eye(len(b))[j]), *layers[number + 1 :]]
                costs.append(np.sum((y - forward(moved, x)[1][-1]) ** 2))
            delta.append((costs[0] - costs[1]) / (2 * h))
        found.append(delta)
    return found


def _by_rows(layers, x, y, h=1e-5):
    """All nudges of a layer at once: one nudged copy of z a row."""
    zs, _ = forward(layers, x)
    found = []
    for number, z in enumerate(zs, start=1):
        Z = np.concatenate([z + h * np.eye(len(z)), z - h * np.eye(len(z))])
        A = logistic(Z)
        for W, b in layers[number:]:
            A = logistic(np.einsum("ij,kj->ik", A, W) + b)
        costs = ((y - A) ** 2).sum(axis=1)
        found.append((costs[: len(z)] - costs[len(z) :]) / (2 * h))
    return tuple(found)


def _by_loops(layers, x, y, h=1e-5):
    def cost(level, unit, step):
        a = x
        for number, (W, b) in enumerate(layers):
            z = [sum(W[k][j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))]
            if number == level:
                z[unit] = z[unit] + step
            a = [1 / (1 + math.exp(-value)) for value in z]
        return sum((y[k] - a[k]) ** 2 for k in range(len(y)))

    return [
        [(cost(level, k, h) - cost(level, k, -h)) / (2 * h) for k in range(len(b))]
        for level, (_, b) in enumerate(layers)
    ]


def _delta_probes(rng, widths=None):
    found = []
    for depth in (3, 2, 3):
        found.append(probes.example(rng, widths[: depth + 1] if widths else probes.sizes(rng, depth + 1, high=6)))
    if not widths:
        found.append((*probes.example(rng, probes.sizes(rng, 3, high=5)), float(rng.uniform(0.3, 0.8))))
    return found


def _single_layer(rng):
    return [probes.example(rng, probes.sizes(rng, 2))]


DELTA_BY_PERTURBATION = Exercise(
    name="delta_by_perturbation",
    lesson=LESSON,
    points=3,
    equation="δ_j^ℓ = ∂C/∂z_j^ℓ ≈ (C with z_j^ℓ + h − C with z_j^ℓ − h) / (2h), C = Σ(y − a^L)²",
    reference=lambda layers, x, y, h=1e-5: delta_by_perturbation(layers, x, y, h),
    probes=_delta_probes,
    telling_probes=lambda rng: _delta_probes(rng, [4] * 4),
    part_name=lambda path: f"δ of layer {path[0] + 1}" if path else "the result",
    requirements=[
        values(1.75, only=[0, 1, 2]),
        shapes(0.25),
        unchanged(0.5),
        values(0.25, "with an h of the caller's", only=[3]),
        cases("a network of one layer", 0.25, _single_layer),
    ],
    mistakes=[
        Mistake(
            "nudges-a",
            _perturbation(nudge=_nudge_a),
            "Each number is 1/σ′(z) times too large: the activation a_j was nudged, so this is ∂C/∂a. Nudge z_j, before "
            "σ is applied.",
        ),
        Mistake(
            "downstream-not-recomputed",
            _perturbation(nudge=_nudge_only_own_layer),
            "The output layer is right, all hidden layers are 0: after the nudge the layers behind it kept their old "
            "values, and the cost saw nothing. Everything downstream of z_j has to be computed again.",
        ),
        Mistake(
            "forward-difference",
            _perturbation(quotient=lambda along, h: (along(h) - along(0.0)) / h),
            "These are forward differences: C with z_j + h was compared with the C that was not nudged. Nudge to both "
            "sides, z_j + h and z_j − h.",
        ),
        Mistake(
            "backward-difference",
            _perturbation(quotient=lambda along, h: (along(0.0) - along(-h)) / h),
            "These are backward differences: the C that was not nudged was compared with C with z_j − h. Nudge to both "
            "sides, z_j + h and z_j − h.",
        ),
        Mistake(
            "half-missing",
            _perturbation(quotient=lambda along, h: 2 * _central(along, h)),
            "Every number is twice too large. From z − h to z + h the way is longer than h.",
        ),
        Mistake(
            "copy-forgotten",
            _perturbation(quotient=lambda along, h: (along(h) - along(0.0)) / (2 * h)),
            "The numbers are about half of the right ones. z + h was compared with z itself: the step down started from "
            "the z that was moved up before. A second name for an array is no copy; each nudge starts from a copy.",
        ),
        Mistake(
            "copy-forgotten-down-first",
            _perturbation(quotient=lambda along, h: (along(0.0) - along(-h)) / (2 * h)),
            "The numbers are about half of the right ones. z − h was compared with z itself: the step up started from "
            "the z that was moved down before. A second name for an array is no copy; each nudge starts from a copy.",
        ),
        Mistake(
            "own-layer-again",
            _perturbation(nudge=_nudge_own_layer_again),
            "After the nudge the layer's own weights were applied once more. z is already behind them: go on with the "
            "next layer. (Where all layers are equally wide, no error tells you so.)",
        ),
        Mistake(
            "next-layer-skipped",
            _perturbation(nudge=_nudge_next_layer_skipped),
            "The output layer is right; behind every other one, the next layer is left out. Write down which layers "
            "come after the nudged one, and which index each has in the list. (Where all layers are equally wide, no "
            "error tells you so.)",
        ),
        Mistake(
            "last-activation-missing",
            _perturbation(nudge=_nudge_last_activation_missing),
            "The cost was taken of z^L: behind the last layer σ is missing. Its outputs are a^L = σ(z^L).",
        ),
        Mistake(
            "sign",
            _perturbation(quotient=lambda along, h: -_central(along, h)),
            "Every number has the right size and the wrong sign. δ_j is C with z_j + h minus C with z_j − h: look at "
            "which of the two is subtracted.",
        ),
        Mistake(
            "absolute-value",
            _perturbation(quotient=lambda along, h: abs(_central(along, h))),
            "No δ is negative. Where the cost falls as z_j grows, δ_j is negative.",
        ),
        Mistake(
            "not-divided",
            _perturbation(quotient=lambda along, h: along(h) - along(-h)),
            "These are changes of the cost, tiny ones. δ is a slope: divide by how far z was moved in all.",
        ),
        Mistake(
            "precedence",
            _perturbation(quotient=lambda along, h: _central(along, h) * h**2),
            "Every number is h² times the right one: the difference was halved and then multiplied by h. In a / 2 * h "
            "Python goes from left to right.",
        ),
        Mistake(
            "h-ignored",
            _perturbation(quotient=lambda along, h: _central(along, 1e-5)),
            "Right for the default h; with another one nothing changes. Use the h that is passed in.",
        ),
        Mistake(
            "half-step",
            _perturbation(quotient=lambda along, h: _central(along, h / 2)),
            "Right while h is tiny, off for a larger one: z_j was moved by h/2 to both sides. Here h is the distance to "
            "each of the two places.",
        ),
        Mistake(
            "cost-halved",
            _perturbation(cost=lambda y, a: _squared(y, a) / 2),
            "Every number is half of what it should be: the cost of this lesson is Σ(y − a)², without the slides' ½.",
        ),
        Mistake(
            "cost-mean-over-outputs",
            _perturbation(cost=lambda y, a: np.mean((y - a) ** 2)),
            "Every number is divided by the number of outputs: the cost of one example is a sum over its outputs.",
        ),
        Mistake(
            "cost-not-squared",
            _perturbation(cost=lambda y, a: np.sum(y - a)),
            "The errors were added with their signs, without squaring them. The cost is C = Σ(y − a)².",
        ),
        Mistake(
            "cost-absolute",
            _perturbation(cost=lambda y, a: np.sum(np.abs(y - a))),
            "The magnitudes of the errors were added. The cost is C = Σ(y − a)²: square each error, then add.",
        ),
        Mistake(
            "cost-root",
            _perturbation(cost=lambda y, a: np.linalg.norm(y - a)),
            "The cost was taken as ‖y − a‖, the root of Σ(y − a)². C has no root.",
        ),
        Mistake(
            "whole-layer",
            _perturbation(nudge=_nudge_whole_layer),
            "All numbers of a layer are equal: all its units were nudged together. Move one z_j and leave the others.",
        ),
        Mistake(
            "nudges-input-of-layer",
            _perturbation(nudge=_nudge_input),
            "What was nudged is an activation that goes into the layer, not the layer's own z_j. Look at which index "
            "your lists have: zs[0] belongs to layer 1, activations[0] is x.",
        ),
        Mistake(
            "biases-left-out",
            _perturbation(nudge=_nudge_without_biases),
            "The output layer is right, the others are not: on the way from the nudged layer to the output the biases "
            "were left out.",
        ),
        Mistake(
            "activation-left-out",
            _perturbation(nudge=_nudge_without_activation),
            "The nudged z was handed on as it is: σ has to be applied to it before the next layer, or the cost, sees it.",
        ),
        Mistake(
            "linear-downstream",
            _perturbation(nudge=_nudge_linear_downstream),
            "The output layer is right, the others are not: downstream of the nudge σ was left out.",
        ),
        Mistake(
            "nudges-add-up",
            _accumulated,
            "The first unit of each layer is right, the later ones are a little off: a nudge was not taken back before "
            "the next unit was measured.",
        ),
        Mistake(
            "bias-put-back-by-sums",
            _by_bias_in_place,
            "The numbers are right: nudging b_j moves z_j by as much. But the layers come back changed in their last "
            "digits, because b + h − 2h + h is not quite b. Work on a copy.",
        ),
        Mistake(
            "bias-not-restored",
            _bias_not_restored,
            "The first number is right, the later ones are more and more off, and the layers come back changed: a bias "
            "that was nudged was not put back before the next one.",
        ),
        Mistake(
            "reversed",
            lambda layers, x, y, h=1e-5: delta_by_perturbation(layers, x, y, h)[::-1],
            "The numbers are right, but the output layer comes first. The list begins with layer 1, as layers does.",
        ),
        Mistake(
            "one-long-vector",
            lambda layers, x, y, h=1e-5: np.concatenate(delta_by_perturbation(layers, x, y, h)),
            "The numbers are right, but all layers stand in one row. One array a layer is asked for, in a list.",
        ),
        Mistake(
            "input-included",
            lambda layers, x, y, h=1e-5: [np.zeros(len(x)), *delta_by_perturbation(layers, x, y, h)],
            "There is one array too many, for layer 0. The input has no z: the list holds δ of layers 1 … L.",
        ),
        Mistake(
            "output-layer-only",
            lambda layers, x, y, h=1e-5: delta_by_perturbation(layers, x, y, h)[-1:],
            "Only the output layer is there. Every layer has z's that can be nudged.",
        ),
    ],
    variants=[_by_bias_copies, _by_rows, _by_loops],
)


EXERCISES = [
    LOGISTIC_PRIME,
    TANH_PRIME,
    RELU_PRIME,
    NUMERICAL_DERIVATIVE,
    NUMERICAL_GRADIENT,
    RELATIVE_ERROR,
    CHAIN_DERIVATIVE,
    SUM_OVER_PATHS,
    NEURON_GRADIENT,
    DELTA_BY_PERTURBATION,
]


# --- recall: questions on lesson 1 -----------------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "2.1",
        "A neuron has w = (2, −1), b = 0.5 and gets a = (0.3, 0.8). What is its weighted input z?",
        lambda: 2 * 0.3 - 1 * 0.8 + 0.5,
        "z = w·a + b: 0.6 − 0.8 + 0.5.",
        {
            "The bias is missing.": lambda: 2 * 0.3 - 0.8,
            "The bias was subtracted; z adds it.": lambda: 2 * 0.3 - 0.8 - 0.5,
            "That is the activation σ(z). The weighted input comes before it.": lambda: logistic(0.3),
        },
    ),
    Question(
        "2.2",
        "Layer 1 of a network has 3 nodes, layer 2 has 5. How many weights w_kj² lead into layer 2, biases not counted?",
        lambda: 5 * 3,
        "W of layer 2 has shape (5, 3): a row for each of its nodes, a column for each node of the layer before.",
        {
            "That counts the biases as well.": lambda: 5 * 3 + 5,
            "Those are nodes. Every node of layer 1 has an edge to every node of layer 2.": lambda: 5 + 3,
        },
    ),
    Question(
        "2.3",
        "σ(z) = 0.8 for some z. What is σ(−z)?",
        lambda: 1 - 0.8,
        "σ(−z) = 1 − σ(z): the curve is symmetric about the point (0, ½).",
        {
            "σ has no negative values. Where on the curve is −z?": lambda: -0.8,
            "1/σ(z) is 1 + e^(−z), larger than 1. Write down 1/(1 + e^z) and compare.": lambda: 1 / 0.8,
        },
    ),
    Question(
        "2.4",
        "forward(layers, x) of a network with L = 3 returns zs and activations. How many arrays does activations hold?",
        lambda: 4,
        "x counts as activations[0], so there is one array more than there are layers; zs has L.",
        {"That is the length of zs. The input has an activation, but no z.": lambda: 3},
    ),
    Question(
        "2.5",
        "In the lecture's w_kj^ℓ, which index says where the edge ends: k or j? Answer with the letter, in quotes.",
        lambda: "k",
        "w_kj leads from node j to node k, so row k of W holds all weights into node k and z = W a + b needs no transpose.",
        {"j is where the edge starts, in layer ℓ − 1.": lambda: "j"},
    ),
]
