"""Kinds of mistakes in derivations: each gets its id, and a hint that says what went wrong."""

import re

import pytest

from autograder.derivation_check import check_derivation
from autograder.exercises import DERIVATIONS

MULTIPLIED = "The links of a chain are multiplied, not added."
ONE_TERM = "Only one term of the sum depends on the variable"
TORN = "A sum of products is not a product of sums"
CONSTANT = "derivative is 0"
FACTORS = "The factors of a product are multiplied"

KINDS = {
    "links of a chain added": [
        ("neuron_slope", "", "d(C, a) + d(a, z) + d(z, w[k])", "links-added", MULTIPLIED),
        ("neuron_slope", "", "d(C, a)*d(a, z) + d(z, w[k])", "links-added", MULTIPLIED),
        ("neuron_slope", "", "2*(a - y) + d(a, w[k])", "links-added", MULTIPLIED),
        ("base_case", "", "d(C, a[j]) + d(a[j], z[j])", "links-added", MULTIPLIED),
        ("induction", "", "sum(k, d(C, z_next[k]) + d(z_next[k], z[j]))", "links-added", MULTIPLIED),
        ("induction", "", "sum(k, d(C, z_next[k])*d(z_next[k], a[j])) + d(a[j], z[j])", "links-added", MULTIPLIED),
        ("finishing_touches", "", "delta[k] + d(z[k], W[k, j])", "links-added", MULTIPLIED),
        ("cancellation", "", "d(C, a) + d(a, z)*d(z, w[k])", "links-added", MULTIPLIED),
        ("softmax_delta_lines", "", "sum(i, d(C, a[i]) + d(a[i], z[j]))", "links-added", MULTIPLIED),
    ],
    "a product written as a sum": [
        ("sigma_prime", "exp(-z)/(1 + exp(-z))**2", "s(z) - exp(-z)/(1 + exp(-z))", "product-as-sum", FACTORS),
        ("neuron_slope", "d(C, a)*d(a, z)*d(z, w[k])", "2*(a - y)*s'(z) + x[k]", "product-as-sum", FACTORS),
        ("base_case", "d(C, a[j])*d(a[j], z[j])", "2*(a[j] - y[j]) + s'(z[j])", "product-as-sum", FACTORS),
        (
            "induction",
            "sum(k, delta_next[k]*W_next[k, j]*s'(z[j]))",
            "s'(z[j]) + sum(k, W_next[k, j]*delta_next[k])",
            "product-as-sum",
            FACTORS,
        ),
        ("finishing_touches", "d(C, z[k])*d(z[k], W[k, j])", "delta[k] + a_prev[j]", "product-as-sum", FACTORS),
        (
            "weight_decay",
            "w[j] - eta*(d(C0, w[j]) + lam/n*w[j])",
            "w[j] - eta*lam/n*w[j]*d(C0, w[j])",
            "plus-times",
            "The terms of a sum are added",
        ),
    ],
    "a sum of products torn apart": [
        ("base_case", "", "sum(i, 2*(a[i] - y[i]))*sum(i, d(a[i], z[j]))", "sum-of-products", TORN),
        ("induction", "", "sum(k, d(C, z_next[k]))*sum(k, d(z_next[k], z[j]))", "sum-of-products", TORN),
        (
            "induction",
            "sum(k, delta_next[k]*W_next[k, j]*s'(z[j]))",
            "s'(z[j])*sum(k, W_next[k, j])*sum(k, delta_next[k])",
            "sum-of-products",
            TORN,
        ),
        (
            "softmax_delta_lines",
            "-sum(i, y[i]*([i == j] - a[j]))",
            "-sum(i, y[i])*sum(i, [i == j] - a[j])",
            "sum-of-products",
            TORN,
        ),
    ],
    "what is wrong is a rule, not a coincidence": [
        (
            "sigma_prime",
            "s(z)*exp(-z)/(1 + exp(-z))",
            "s(z)*(exp(-z) + 1)",
            "fraction-split",
            "A fraction can't be split in its denominator",
        ),
        (
            "sigma_prime",
            "(1 + exp(-z) - 1)/(1 + exp(-z))**2",
            "1 - 1/(1 + exp(-z))**2",
            "cancelled",
            "u/u**2 is 1/u, not 1",
        ),
        (
            "sigma_prime",
            "(1 + exp(-z) - 1)/(1 + exp(-z))**2",
            "-1/(1 + exp(-z))",
            "term-cancelled",
            "a term of a sum doesn't",
        ),
        (
            "sigma_prime",
            "",
            "(1*d(1 + exp(-z), z) - d(1, z)*(1 + exp(-z)))/(1 + exp(-z))**2",
            "sign",
            "The quotient rule starts with the numerator's derivative",
        ),
        (
            "neuron_slope",
            "2*(y - a)*(d(y, w[k]) - d(a, w[k]))",
            "2*(y - a)*(1 - d(a, w[k]))",
            "constant",
            "what became of d(y, w[k])",
        ),
        (
            "neuron_slope",
            "-2*(y - s(z))*d(s(sum(j, w[j]*x[j]) + b), w[k])",
            "-2*(y - s(z))*s'(x[k])",
            "sigma-prime",
            "not s'(u')",
        ),
        (
            "finishing_touches",
            "delta[k]*d(W[k, j]*a_prev[j] + b[k], W[k, j])",
            "delta[k]*(a_prev[j] + 1)",
            "constant",
            CONSTANT,
        ),
        (
            "cancellation",
            "-(y/a - (1 - y)/(1 - a))*s'(z)*x[k]",
            "-(y - (1 - y))/(a - (1 - a))*s'(z)*x[k]",
            "common-denominator",
            "can't be combined one by one",
        ),
        (
            "cancellation",
            "-(y*d(ln(a), a) + (1 - y)*d(ln(1 - a), a))*d(a, w[k])",
            "-(y/ln(a) - (1 - y)/ln(1 - a))*d(a, w[k])",
            "ln-derivative",
            "not 1/ln(u)",
        ),
        (
            "cancellation",
            "(a - y)/(a*(1 - a))*a*(1 - a)*x[k]",
            "(a - y)*(1 - a)*x[k]",
            "cancelled",
            "A factor 1 - a is there once too often",
        ),
        (
            "softmax_delta_lines",
            "-d(sum(i, y[i]*ln(exp(z[i])/sum(k, exp(z[k])))), z[j])",
            "-d(sum(i, y[i]*(z[i] - sum(k, z[k]))), z[j])",
            "ln-of-a-sum",
            "ln(u + v) is not ln(u) + ln(v)",
        ),
        (
            "softmax_delta_lines",
            "-y[j]*(1 - a[j]) + sum(i, (1 - [i == j])*y[i]*a[j])",
            "-y[j]*(1 - a[j]) + a[j]",
            "factor",
            "what became of sum(i, (1 - [i == j])*y[i]*a[j])",
        ),
    ],
    "where to look": [
        (
            "induction",
            "sum(k, delta_next[k]*sum(i, W_next[k, i]*d(a[i], a[j]))*d(a[j], z[j]))",
            "sum(k, delta_next[k]*sum(i, W_next[k, i])*d(a[j], z[j]))",
            "sum-kept",
            "what became of W_next[k, i]*d(a[i], a[j])",
        ),
        (
            "finishing_touches",
            "sum(i, delta[i]*d(z[i], W[k, j]))",
            "sum(i, delta[i]*a_prev[j])",
            "sum-kept",
            "what became of d(z[i], W[k, j])",
        ),
        (
            "cancellation",
            "(-y/a + (1 - y)/(1 - a))*a*(1 - a)*x[k]",
            "(-y*(1 - a) + (1 - y))*x[k]",
            "cancelled",
            "what became of (-y/a + (1 - y)/(1 - a))*a*(1 - a)",
        ),
        (
            "cancellation",
            "(-y*(1 - a) + (1 - y)*a)*d(z, w[k])",
            "(-y - a*y + a - a*y)*d(z, w[k])",
            "sign",
            "one of its two terms -(a*y)*d(z, w[k]) has the wrong sign",
        ),
        (
            "weight_decay",
            "w[j] - eta*d(C0 + lam/(2*n)*sum(i, w[i]**2), w[j])",
            "w[j] - eta*(d(C, w[j]) + lam/n*w[j])",
            "argument",
            "In d(C, w[j]) you wrote C where C0 belongs",
        ),
        (
            "induction",
            "sum(k, delta_next[k]*sum(i, W_next[k, i]*s'(z[i])*[i == j]))",
            "sum(k, delta_next[k]*sum(i, W_next[k, i])*s'(z[j]))",
            "sum-kept",
            "[i == j] is gone, but the sum that it leaves one term of is not",
        ),
        (
            "base_case",
            "sum(i, d(C, a[i])*d(a[i], z[j]))",
            "sum(i, d(C, a[i]))*d(a[j], z[j])",
            "sum-kept",
            "Only one term of sum(i, d(C, a[i])) belongs here",
        ),
        (
            "weight_decay",
            "w[j] - eta*d(C0 + lam/(2*n)*sum(i, w[i]**2), w[j])",
            "w[j] - eta*d(C0, w[j]) + lam/(2*n)*d(sum(i, w[i]**2), w[j])",
            "term",
            "Everything else agrees: you have lam/(2*n)*d(sum(i, w[i]**2), w[j]) where",
        ),
    ],
    "powers, products and logarithms torn apart": [
        (
            "sigma_prime",
            "exp(-z)/(1 + exp(-z))**2",
            "exp(-z)/(1 + exp(-2*z))",
            "square-of-a-sum",
            "there are mixed terms",
        ),
        (
            "sigma_prime",
            "1/(exp(z)*(1 + exp(-z))**2)",
            "1/(exp(z) + 1)**2",
            "power-of-a-product",
            "u*v**2 isn't (u*v)**2",
        ),
        (
            "sigma_prime",
            "d((1 + exp(-z))**(-1), z)",
            "-(1 + exp(-z))**0*d(1 + exp(-z), z)",
            "power-rule",
            "The exponent goes down by one",
        ),
        (
            "weight_decay",
            "w[j] - eta*d(C0, w[j]) - eta*d(lam/(2*n)*sum(i, w[i]**2), w[j])",
            "w[j] - eta*d(C0, w[j]) - eta*d(lam/(2*n), w[j])*d(sum(i, w[i]**2), w[j])",
            "product-rule",
            "isn't the product of the derivatives. A constant factor stays",
        ),
        (
            "induction",
            "a[j]*(1 - a[j])*sum(k, delta_next[k]*W_next[k, j])",
            "a[j]*sum(k, delta_next[k]*W_next[k, j]) - a[j]*sum(k, delta_next[k]*W_next[k, j])",
            "distribution",
            "belongs to every term inside",
        ),
        (
            "finishing_touches",
            "delta[k]*sum(i, [i == j]*a_prev[i])",
            "delta[k]*sum(i, [i == j])*sum(i, a_prev[i])",
            "sum-of-products",
            TORN,
        ),
        (
            "softmax_delta_lines",
            "-sum(i, y[i]*d(ln(a[i]), z[j]))",
            "-sum(i, y[i]*d(z[i]/ln(sum(k, exp(z[k]))), z[j]))",
            "ln-rule",
            "ln(u/v) = ln(u) - ln(v)",
        ),
        ("neuron_slope", "-2*(y - a)*s'(z)*x[k]", "-2*(y - a)*(1 - a**2)*x[k]", "sigma-prime", "that of tanh"),
    ],
    "a term of a sum is cancelled": [
        ("sigma_prime", "s(z)*exp(-z)/(1 + exp(-z))", "s(z)*1/(1 + 1)", "term-cancelled", "a term of a sum doesn't"),
        (
            "cancellation",
            "(a - y)/(a - a**2)*s'(z)*x[k]",
            "(1 - y)/(1 - a)*s'(z)*x[k]",
            "term-cancelled",
            "a term of a sum doesn't",
        ),
    ],
    "a link left out": [
        ("neuron_slope", "", "d(C, a)*d(z, w[k])", "sigma-prime", "the factor d(a, z) is missing"),
        ("neuron_slope", "", "d(a, z)*d(z, w[k])", "inner-derivative", "the factor d(C, a) is missing"),
        ("neuron_slope", "", "2*(a - y)", "inner-derivative", "the factor d(a, w[k]) is missing"),
        ("base_case", "", "d(C, a[j])", "sigma-prime", "the factor d(a[j], z[j]) is missing"),
        ("base_case", "", "sum(i, -2*(y[i] - a[i]))", "sigma-prime", "the factor d(a[i], z[j]) is missing"),
        ("induction", "", "d(C, a[j])", "sigma-prime", "the factor d(a[j], z[j]) is missing"),
        ("induction", "", "sum(k, d(C, z_next[k]))*d(a[j], z[j])", "inner-derivative", "d(z_next[k], a[j]) is missing"),
        ("finishing_touches", "", "d(z[k], W[k, j])", "inner-derivative", "the factor d(C, z[k]) is missing"),
        ("cancellation", "", "d(C, a)*d(z, w[k])", "sigma-prime", "the factor d(a, z) is missing"),
        ("softmax_delta_lines", "", "-sum(i, y[i]/a[i])", "inner-derivative", "the factor d(a[i], z[j]) is missing"),
    ],
    "the chain rule taken twice": [
        ("neuron_slope", "", "d(C, z)*d(a, z)*d(z, w[k])", "sigma-prime", "The slope s' is there twice"),
        ("neuron_slope", "", "d(C, a)*d(a, w[k])*d(z, w[k])", "argument", "you wrote w[k] where z belongs"),
        ("base_case", "", "sum(i, 2*(a[i] - y[i])*d(a[i], z[j])*s'(z[i]))", "sigma-prime", "s' is there twice"),
    ],
    "the wrong variable": [
        ("neuron_slope", "", "d(C, y)*d(y, w[k])", "constant", "d(y, w[k]) is 0"),
        ("base_case", "", "sum(i, d((y[i] - a[i])**2, z[i]))", "index-exchanged", "with respect to z[j], not"),
        ("induction", "", "sum(k, d(C, z_next[k])*d(z_next[k], b_next[k]))", "argument", "not with respect to b_next"),
        ("softmax_delta_lines", "", "-sum(i, d(y[i]*ln(a[i]), z[i]))", "index-exchanged", "with respect to z[j], not"),
    ],
    "a constant differentiated": [
        ("sigma_prime", "", "-1/(1 + exp(-z))**2*(1 - exp(-z))", "constant", "a constant is 0"),
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*(a - y)*s'(z)*(x[k] + b)", "constant", CONSTANT),
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*(a - y)*s'(z)*(x[k] + 1)", "constant", CONSTANT),
        ("base_case", "", "2*(y[j] - a[j])*(1 - s'(z[j]))", "constant", CONSTANT),
        ("finishing_touches", "d(C, z[k])*d(z[k], W[k, j])", "delta[k]*(a_prev[j] + 1)", "constant", CONSTANT),
        ("softmax_delta_lines", "", "-sum(i, d(y[i], z[j])*ln(a[i]))", "constant", "d(y[i], z[j]) is 0"),
    ],
    "the power rule": [
        ("neuron_slope", "", "2*(a - y)**2*d(a, w[k])", "power-rule", "The exponent goes down by one"),
        ("base_case", "d(C, a[j])*d(a[j], z[j])", "2*(a[j] - y[j])**2*s'(z[j])", "power-rule", "goes down by one"),
        ("weight_decay", "", "w[j] - eta*(d(C0, w[j]) + lam/n*w[j]**2)", "power-rule", "goes down by one"),
        ("weight_decay", "", "w[j] - eta*(d(C0, w[j]) + lam/(2*n)*w[j]**2)", "undifferentiated", "stayed as it was"),
        ("sigma_prime", "", "-1/(1 + exp(-z))**2*(-z*exp(-z - 1))", "exp-derivative", "is in the exponent"),
    ],
    "the slope of the logistic function": [
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*(a - y)*a*(1 + a)*x[k]", "sigma-prime", "with a minus"),
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*(a - y)*z*(1 - z)*x[k]", "sigma-prime", "not z"),
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*(a - y)*s'(a)*x[k]", "argument", "not at the activation"),
        ("base_case", "d(C, a[j])*d(a[j], z[j])", "2*(a[j] - y[j])*a[j]*(1 + a[j])", "sigma-prime", "with a minus"),
        ("base_case", "", "-2*(y[j] - a[j])*z[j]*(1 - z[j])", "sigma-prime", "not z"),
        ("induction", "", "sum(k, W_next[k, j]*delta_next[k])*s'(a[j])", "argument", "not at the activation"),
        ("induction", "", "sum(k, delta_next[k]*W_next[k, j]*z[j]*(1 - z[j]))", "sigma-prime", "not z"),
        ("softmax_delta_lines", "", "-sum(i, y[i]/a[i]*s'(z[j]))", "softmax-slope", "isn't the logistic slope"),
        ("softmax_delta_lines", "", "-sum(i, y[i]*(1 - a[i]))", "softmax-slope", "isn't the logistic slope"),
        ("softmax_delta_lines", "", "-y[j]*(1 - a[j])", "softmax-slope", "i = j and i ≠ j"),
    ],
    "the quotient rule": [
        ("sigma_prime", "", "exp(-z)/(1 + exp(-z))", "quotient-rule", "(u/v)' = (u'*v - u*v')/v**2"),
        ("sigma_prime", "", "1/(-exp(-z))", "quotient-rule", "(u/v)' = (u'*v - u*v')/v**2"),
        ("sigma_prime", "", "ln(1 + exp(-z))", "quotient-rule", "1/v is the derivative of ln(v)"),
        ("sigma_prime", "", "(1*d(1 + exp(-z), z) - 0)/(1 + exp(-z))**2", "sign", "The whole line has the wrong sign"),
    ],
    "logarithms": [
        ("cancellation", "", "-(y*a - (1 - y)*(1 - a))*d(a, w[k])", "ln-derivative", "The derivative of ln(u) is 1/u"),
        ("cancellation", "", "-(y*ln(a) - (1 - y)*ln(1 - a))*d(a, w[k])", "ln-derivative", "ln(u) is 1/u"),
        ("cancellation", "", "d(-(y*ln(a) - (1 - y)*ln(a)), w[k])", "ln-of-a-sum", "there is no other rule"),
        ("softmax_delta_lines", "", "-sum(i, y[i]*d(a[i], z[j]))", "ln-derivative", "The derivative of ln(u) is 1/u"),
        (
            "softmax_delta_lines",
            "-sum(i, y[i]*d(ln(exp(z[i])/sum(k, exp(z[k]))), z[j]))",
            "-sum(i, y[i]*d(ln(exp(z[i]))/ln(sum(k, exp(z[k]))), z[j]))",
            "ln-rule",
            "ln(u/v) = ln(u) - ln(v)",
        ),
    ],
    "a sum over an index": [
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*(a - y)*s'(z)*sum(j, x[j])", "sum-kept", ONE_TERM),
        ("base_case", "", "sum(i, 2*(a[i] - y[i])*s'(z[i]))", "sum-kept", ONE_TERM),
        (
            "induction",
            "sum(k, d(C, z_next[k])*d(z_next[k], z[j]))",
            "sum(k, delta_next[k]*sum(i, W_next[k, i]*s'(z[i])))",
            "sum-kept",
            ONE_TERM,
        ),
        ("finishing_touches", "", "delta[k]*sum(i, a_prev[i])", "sum-kept", ONE_TERM),
        ("weight_decay", "", "w[j] - eta*(d(C0, w[j]) + lam/n*sum(i, w[i]))", "sum-kept", ONE_TERM),
        ("softmax_delta_lines", "", "-y[j]*d(ln(a[j]), z[j])", "one-path", "There are several paths"),
        ("softmax_delta_lines", "a[j]*sum(i, y[i]) - y[j]", "a[j]*y[j] - y[j]", "sum-dropped", "sum is gone"),
        ("softmax_delta_lines", "-sum(i, y[i]*([i == j] - a[j]))", "-y[j]*(1 - a[j])", "sum-dropped", "sum is gone"),
        ("softmax_delta_lines", "-sum(i, y[i]*([i == j] - a[j]))", "-sum(i, y[i]) + a[j]", "indices-equal", "1 only"),
        ("induction", "", "d(C, z_next[k])*d(z_next[k], z[j])", None, "a sum over k is missing"),
        ("induction", "", "sum(k, delta_next[k]*W_next[j, k]*s'(z[j]))", "index-exchanged", "cannot count both"),
    ],
    "u and 1 - u": [
        ("sigma_prime", "exp(-z)/(1 + exp(-z))**2", "(1 - s(z))**2", "one-minus", "one of the two factors"),
        ("cancellation", "", "-(y/a - (1 - y)/a)*s'(z)*x[k]", "one-minus", "You wrote a where 1 - a belongs"),
        ("cancellation", "", "-(y/a - y/(1 - a))*s'(z)*x[k]", "one-minus", "You wrote y where 1 - y belongs"),
        ("weight_decay", "", "eta*lam/n*w[j] - eta*d(C0, w[j])", "one-minus", "where 1 - eta*lam/n belongs"),
        ("cancellation", "-(y*(1 - a) - (1 - y)*a)*x[k]", "(a - 1)*x[k]", "argument", "You wrote 1 where y belongs"),
    ],
    "cancelling and fractions": [
        ("cancellation", "-(y/a - (1 - y)/(1 - a))*s'(z)*x[k]", "-(y - (1 - y))*x[k]", "cancelled", "above and below"),
        (
            "cancellation",
            "-(y/a - (1 - y)/(1 - a))*s'(z)*x[k]",
            "-(y*a - (1 - y)*(1 - a))*x[k]",
            "one-minus",
            "a and 1 - a are mixed up",
        ),
        ("cancellation", "", "-(a/y - (1 - a)/(1 - y))*s'(z)*x[k]", "fraction-inverted", "upside down"),
        ("neuron_slope", "", "d(C, a)/d(a, z)*d(z, w[k])", "factor", "You divide where you should multiply"),
        ("weight_decay", "", "w[j] - eta*d(C0, w[j]) - eta*lam*n*w[j]", "fraction-inverted", "n where 1/n belongs"),
        (
            "weight_decay",
            "w[j] - eta*(d(C0, w[j]) + lam/n*w[j])",
            "(1 - eta*n/lam)*w[j] - eta*d(C0, w[j])",
            "fraction-inverted",
            "upside down",
        ),
        (
            "sigma_prime",
            "(1 + exp(-z) - 1)/(1 + exp(-z))**2",
            "1/(1 + exp(-z)) - 1",
            "fraction-split",
            "each term keeps the whole denominator",
        ),
    ],
    "parentheses": [
        ("neuron_slope", "2*(a - y)*d(a, w[k])", "2*a - y*s'(z)*x[k]", "distribution", "a - y needs parentheses"),
        ("base_case", "d(C, a[j])*d(a[j], z[j])", "2*a[j] - y[j]*s'(z[j])", "distribution", "needs parentheses"),
        ("cancellation", "", "-y/a - (1 - y)/(1 - a)*d(a, w[k])", "distribution", "needs parentheses"),
        (
            "cancellation",
            "-(y*(1 - a) - (1 - y)*a)*x[k]",
            "-(y - a*y - a - a*y)*x[k]",
            "sign",
            "has the wrong sign",
        ),
        (
            "weight_decay",
            "w[j] - eta*(d(C0, w[j]) + lam/n*w[j])",
            "(1 - eta*lam)/n*w[j] - eta*d(C0, w[j])",
            "parentheses-moved",
            "belongs to one term only",
        ),
        (
            "weight_decay",
            "w[j] - eta*(d(C0, w[j]) + lam/n*w[j])",
            "(w[j] - eta)*(d(C0, w[j]) + lam/n*w[j])",
            "parentheses-moved",
            "not to the whole sum",
        ),
    ],
}  # fmt: skip
CASES = [pytest.param(*case, id=f"{kind}: {case[0]}: {case[2]}") for kind, cases in KINDS.items() for case in cases]


def checked(name, right, wrong):
    lines = [DERIVATIONS[name].model[0], *([right] if right else []), wrong]
    result = check_derivation(name, "\n= ".join(lines), 1)
    assert result.line == len(lines) - 1 and not result.passed
    return result


@pytest.mark.parametrize(("name", "right", "wrong", "mistake", "phrase"), CASES)
def test_a_mistake_has_its_name_and_its_rule(name, right, wrong, mistake, phrase):
    result = checked(name, right, wrong)
    assert result.mistakes == ((mistake,) if mistake else ())
    assert phrase in result.hints[0]


@pytest.mark.parametrize(("name", "right", "wrong", "mistake", "phrase"), CASES)
def test_a_hint_is_short(name, right, wrong, mistake, phrase):
    said = re.sub(r"^Line \d+ should equal .*? instead of \S+ ", "", checked(name, right, wrong).hints[0])
    assert len(re.findall(r"[.?!](?:\s|$)", said)) <= 3


# Lines whose numbers agree with a mistake that nobody made; what must not be said of them.
COINCIDENCES = [
    ("sigma_prime", "s(z)*(1 + exp(-z) - 1)/(1 + exp(-z))", "s(z)*(1 - 1/s(z))", "cancels"),
    ("sigma_prime", "s(z)*exp(-z)/(1 + exp(-z))", "s(z)*(exp(-z) + 1)", "factors of a product"),
    ("neuron_slope", "2*(y - a)*(d(y, w[k]) - d(a, w[k]))", "2*(y - a)*(1 - d(a, w[k]))", "1 - u"),
    ("base_case", "sum(i, d((y[i] - a[i])**2, z[j]))", "sum(i, -2*(y[i] - a[i])*d(a[j], z[j]))", "where z[i] belongs"),
    ("cancellation", "", "-(y/a - (1 - y)/a)*d(a, w[k])", "derivative of s(u)"),
    ("cancellation", "(a - y)/(a*(1 - a))*s'(z)*x[k]", "-y/(1 - a)*s'(z)*x[k]", "sign is wrong"),
    ("sigma_prime", "exp(-z)/(1 + exp(-z))**2", "1/(1 + exp(-z)) + exp(-z)/(1 + exp(-z))", "s'"),
    ("sigma_prime", "exp(-z)/(1 + exp(-z))**2", "(1 + exp(-z))/(1 + exp(-z))**2 - 1", "parentheses"),
    ("sigma_prime", "(1 + exp(-z) - 1)/(1 + exp(-z))**2", "s(z) - s(z)", "term"),
    ("neuron_slope", "", "2*(a - y)", "where w[k] belongs"),
    ("neuron_slope", "", "d(C, y)*d(y, w[k])", "where C belongs"),
    ("base_case", "d(C, a[j])*d(a[j], z[j])", "2*(a[j] - 1)*s'(z[j])", "factor y[j]"),
    (
        "induction",
        "sum(k, delta_next[k]*d(sum(i, W_next[k, i]*s(z[i])) + b_next[k], z[j]))",
        "sum(k, delta_next[k]*s'(z[j]))",
        "not added",
    ),
    ("cancellation", "", "-(y/a - (1 - y)/a)*s'(z)*x[k]", "derivative of s(u)"),
    ("softmax_delta_lines", "", "-y[j]/a[j]", "quotient rule"),
    ("finishing_touches", "", "d(z[k], W[k, j])", "where C belongs"),
    (
        "weight_decay",
        "w[j] - eta*(d(C0, w[j]) + d(lam/(2*n)*sum(i, w[i]**2), w[j]))",
        "w[j] - eta*d(C0, w[j])",
        "cancels",
    ),
    (
        "weight_decay",
        "w[j] - eta*d(C0, w[j]) - eta*d(lam/(2*n)*sum(i, w[i]**2), w[j])",
        "w[j] - eta*d(C0, w[j]) - eta*d(lam/(2*n), w[j])*d(sum(i, w[i]**2), w[j])",
        "cancels",
    ),
    (
        "weight_decay",
        "w[j] - eta*d(C0 + lam/(2*n)*sum(i, w[i]**2), w[j])",
        "w[j] - eta*(d(C, w[j]) + lam/n*w[j])",
        "twice as large",
    ),
    (
        "finishing_touches",
        "delta[k]*sum(i, [i == j]*a_prev[i])",
        "delta[k]*sum(i, [i == j])*sum(i, a_prev[i])",
        "1 only",
    ),
    (
        "sigma_prime",
        "(d(1, z)*(1 + exp(-z)) - 1*d(1 + exp(-z), z))/(1 + exp(-z))**2",
        "(0 - 1*(-exp(-z)))/(1 + exp(-z))",
        "a term of a sum",
    ),
    ("softmax_delta_lines", "", "-y[j]*d(ln(a[j]), z[j])", "y[j] is there once too often"),
    ("softmax_delta_lines", "", "-d(ln(a[j]), z[j])", "[i == j]"),
    (
        "softmax_delta_lines",
        "-sum(i, y[i]/a[i]*d(a[i], z[j]))",
        "-sum(i, y[i]/a[i]*exp(z[i])/sum(k, exp(z[k])))",
        "cancels",
    ),
]


@pytest.mark.parametrize(("name", "right", "wrong", "false"), COINCIDENCES)
def test_a_coincidence_is_not_told(name, right, wrong, false):
    assert false not in checked(name, right, wrong).hints[0]
