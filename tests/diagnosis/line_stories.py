"""More wrong lines, kind by kind: the story that only one of several possible reasons for the same value tells."""

SOME = "n was cancelled in a part of the numerator only"
OUT = "was taken out of the whole sum, but"
SUBTRACTED = "A minus sign in parentheses isn't a subtraction"
CONSTANT_FACTOR = "isn't the product of the derivatives. A constant factor stays"
LOGISTIC = "s(u) is 1/(1 + exp(-u))"
OPPOSITE = "s(-u) is 1 - s(u), neither s(u) nor -s(u)"
SPLIT = "A fraction can't be split in its denominator"
MIXED = "u**2 + 2*u*v + v**2"
COMMON = "Fractions are added over a common denominator"
LEFT_OUT = "1 - [i == j] leaves one term out"
QUOTIENT = "(n*w[j] - eta*lam*w[j])/n - eta*d(C0, w[j])"
IN_TERMS = "w[j] - eta*lam/n*w[j] - eta*d(C0, w[j])"

STORIES = {
    "a fraction split in its denominator, in part of a product": [
        ("sigma_prime", "1/(1 + exp(-z))*exp(-z)/(1 + exp(-z))", "s(z)*(exp(-z) + 1)", "fraction-split", SPLIT),
        ("sigma_prime", "s(z)*exp(-z)/(1 + exp(-z))", "s(z)*(exp(-z) + 1)", "fraction-split", SPLIT),
    ],
    "factors that are lost, and nothing else": [
        ("neuron_slope", "2*(a - y)*a*(1 - a)*x[k]", "2*(a - y)*x[k]", "factor", "A factor a*(1 - a) is missing."),
        ("base_case", "2*(a[j] - y[j])*s'(z[j])", "2*(a[j] - y[j])", "sigma-prime", "The factor s'(z[j]) is missing."),
        (
            "base_case",
            "2*(a[j] - y[j])*a[j]*(1 - a[j])",
            "2*(a[j] - y[j])*a[j]*(1 - a[j])*a[j]*(1 - a[j])",
            "factor",
            "There's an extra factor a[j]*(1 - a[j]).",
        ),
        ("sigma_prime", "s(z)*(1 - s(z))", "s(z)", "factor", "A factor 1 - s(z) is missing."),
        ("sigma_prime", "s(z)*exp(-z)/(1 + exp(-z))", "exp(-z)/(1 + exp(-z))", "factor", "A factor s(z) is missing."),
        (
            "weight_decay",
            IN_TERMS,
            "w[j] - lam/n*w[j] - eta*d(C0, w[j])",
            "inner-derivative",
            "A factor eta is missing in what became of eta*lam/n*w[j].",
        ),
    ],
    "cancelled in some terms only": [
        ("weight_decay", QUOTIENT, "(1 - eta*lam)*w[j] - eta*d(C0, w[j])", "term-cancelled", SOME),
        ("weight_decay", QUOTIENT, "w[j] - eta*lam*w[j] - eta*d(C0, w[j])", "term-cancelled", SOME),
        (
            "weight_decay",
            "w[j] - (n*eta*d(C0, w[j]) + eta*lam*w[j])/n",
            "w[j] - eta*(d(C0, w[j]) + lam*w[j])",
            "term-cancelled",
            SOME,
        ),
        (
            "cancellation",
            "-(y/a + (a*y - a)/(a*(1 - a)))*a*(1 - a)*x[k]",
            "-(y/a + (y - a)/(1 - a))*a*(1 - a)*x[k]",
            "term-cancelled",
            "a was cancelled in a part of the numerator only",
        ),
    ],
    "taken out of a term that doesn't have it": [
        (
            "weight_decay",
            IN_TERMS,
            "w[j]*(1 - eta*lam/n - eta*d(C0, w[j]))",
            "factored-out",
            f"w[j] {OUT} eta*d(C0, w[j])",
        ),
        ("weight_decay", IN_TERMS, "eta*(w[j] - lam/n*w[j] - d(C0, w[j]))", "factored-out", f"eta {OUT} w[j] doesn't"),
        (
            "cancellation",
            "(a - a*y - y + a*y)*x[k]",
            "a*(1 - y - y + y)*x[k]",
            "factored-out",
            f"a {OUT} y doesn't have this factor",
        ),
    ],
    "taken out, and left in one term": [
        ("neuron_slope", "(2*a - 2*y)*s'(z)*x[k]", "2*(a - 2*y)*s'(z)*x[k]", "factored-out", "but stayed in 2*y, too"),
        (
            "softmax_delta_lines",
            "-sum(i, y[i]*[i == j] - y[i]*a[j])",
            "-sum(i, y[i]*([i == j] - y[i]*a[j]))",
            "factored-out",
            "y[i] was taken out of the sum, but stayed in y[i]*a[j], too",
        ),
    ],
    "a factor that is none of the slope's, in a line with a derivative": [
        (
            "neuron_slope",
            "-2*(y - a)*d(a, w[k])",
            "-2*d(a, w[k])",
            "inner-derivative",
            "A factor y - a is missing. Compare the",
        ),
        (
            "neuron_slope",
            "-2*(y - a)*d(a, w[k])",
            "-2*(y - a)*(y - a)*d(a, w[k])",
            "factor",
            "There's an extra factor y - a. Compare the",
        ),
    ],
    "a function that doesn't belong there": [
        ("square_example", "", "2*s(z)*d(s(s(z)), z)", "function", "You wrote s(s(z)) where s(z) belongs. Compare the"),
        ("square_example", "", "2*s(s(z))*d(s(z), z)", "function", "You wrote s(s(z)) where s(z) belongs. Compare the"),
        ("base_case", "", "d(C, a[j])*d(s'(a[j]), z[j])", "function", "You wrote s'(a[j]) where a[j] belongs."),
    ],
    "one of two terms of a numerator cancelled": [
        (
            "sigma_prime",
            "-(1 - (1 + exp(-z)))/(1 + exp(-z))**2",
            "-(1/(1 + exp(-z))**2 - 1)",
            "cancelled",
            "u/u**2 is 1/u, not 1",
        ),
        (
            "sigma_prime",
            "-(1 - (1 + exp(-z)))/(1 + exp(-z))**2",
            "-(1 - 1)/(1 + exp(-z))",
            "term-cancelled",
            "a term of a sum doesn't",
        ),
        (
            "cancellation",
            "-((y - a)/(a*(1 - a)))*s'(z)*x[k]",
            "-(y/(a*(1 - a)) - 1)*s'(z)*x[k]",
            "cancelled",
            "the other factors of the denominator stay",
        ),
    ],
    "a numerator with a minus": [
        (
            "cancellation",
            "-(y - a)/(a*(1 - a))*s'(z)*x[k]",
            "-y/(1 - a)*s'(z)*x[k]",
            "term-cancelled",
            "a term of a sum doesn't",
        ),
        (
            "cancellation",
            "-(y - a)/(a*(1 - a))*s'(z)*x[k]",
            "-(y/(a*(1 - a)) - a)*s'(z)*x[k]",
            "fraction-split",
            "each term keeps the whole denominator",
        ),
        (
            "sigma_prime",
            "-(1 - (1 + exp(-z)))/(1 + exp(-z))**2",
            "-1/(1 + exp(-z))",
            "term-cancelled",
            "a term of a sum doesn't",
        ),
    ],
    "a divisor that doesn't belong there": [
        ("neuron_slope", "", "d(C, a)*d(a, z)*d(z, w[k])/b", "factor", "There's an extra factor 1/b."),
        (
            "product_example",
            "d(z, z)*exp(-z) + z*d(exp(-z), z)",
            "exp(-z) + z*(-exp(-z))/s'(z)",
            "factor",
            "There's an extra factor 1/s'(z) in the term z*(-exp(-z))/s'(z).",
        ),
    ],
    "an extra factor in one term": [
        (
            "weight_decay",
            "w[j] - eta*(lam/n*w[j] + d(C0, w[j]))",
            "w[j]*(1 - eta*lam/n - eta*d(C0, w[j]))",
            "factor",
            "The term eta*d(C0, w[j]) is multiplied by w[j], but shouldn't be.",
        ),
        (
            "weight_decay",
            IN_TERMS,
            "w[j] - eta*(lam/n*w[j] + eta*d(C0, w[j]))",
            "factor",
            "There's an extra factor eta in the term eta*d(C0, w[j]).",
        ),
        (
            "softmax_delta_lines",
            "-sum(i, y[i]*([i == j] - a[j]))",
            "a[j]*(sum(i, y[i])*s'(z[j])) - y[j]",
            "sigma-prime",
            "There's an extra factor s'(z[j]) in the term a[j]*(sum(i, y[i])*s'(z[j])).",
        ),
    ],
    "an antiderivative": [
        ("sigma_prime", "", "ln(1 + exp(-z))*(-exp(-z))", "antiderivative", "ln(v) is an antiderivative of 1/v"),
        ("sigma_prime", "d((1 + exp(-z))**(-1), z)", "ln(1 + exp(-z))", "antiderivative", "antiderivative of 1/v"),
        (
            "neuron_slope",
            "d((y - a)**2, w[k])",
            "(y - a)**3/3*d(y - a, w[k])",
            "antiderivative",
            "the derivative of u**p is",
        ),
        (
            "weight_decay",
            "w[j] - eta*d(C0, w[j]) - eta*lam/(2*n)*d(w[j]**2, w[j])",
            "w[j] - eta*d(C0, w[j]) - eta*lam/(2*n)*w[j]**3/3",
            "antiderivative",
            "the derivative of u**p is",
        ),
        (
            "cancellation",
            "-(y*d(ln(a), a) + (1 - y)*d(ln(1 - a), a))*d(a, w[k])",
            "-(y*(a*ln(a) - a) + (1 - y)*d(ln(1 - a), a))*d(a, w[k])",
            "antiderivative",
            "the derivative of ln(u) is u'/u",
        ),
    ],
    "a product of derivatives that is 0": [
        (
            "finishing_touches",
            "delta[k]*sum(i, d(W[k, i]*a_prev[i], W[k, j]))",
            "delta[k]*sum(i, d(W[k, i], W[k, j])*d(a_prev[i], W[k, j]))",
            "product-rule",
            CONSTANT_FACTOR,
        ),
        (
            "induction",
            "sum(k, delta_next[k]*d(sum(i, W_next[k, i]*a[i]), z[j]))",
            "sum(k, delta_next[k]*sum(i, d(W_next[k, i], z[j])*d(a[i], z[j])))",
            "product-rule",
            CONSTANT_FACTOR,
        ),
        (
            "softmax_delta_lines",
            "-sum(i, d(y[i]*ln(a[i]), z[j]))",
            "-sum(i, d(y[i], z[j])*d(ln(a[i]), z[j]))",
            "product-rule",
            CONSTANT_FACTOR,
        ),
    ],
    "s(u) and its opposite": [
        ("sigma_prime", "exp(z)/(exp(z) + 1)*1/(1 + exp(z))", "s(z)*s(z)", "one-minus", LOGISTIC),
        ("sigma_prime", "1/(1 + exp(-z))*(exp(-z)/(1 + exp(-z)))", "s(z)*s(z)", "one-minus", LOGISTIC),
        ("sigma_prime", "s(z)*(1/(1 + exp(z)))", "s(z)*s(z)", "one-minus", LOGISTIC),
        ("sigma_prime", "s(z)*s(-z)", "s(z)*s(z)", "one-minus", OPPOSITE),
        ("sigma_prime", "s(z)*s(-z)", "-s(z)**2", "one-minus", OPPOSITE),
    ],
    "a line that is the same number everywhere, written as what it comes from": [
        ("sigma_prime", "s(z)*(1 - s(z))", "s(z) + (1 - s(z))", "product-as-sum", "multiplied, not added"),
        ("sigma_prime", "s(z)*exp(-z)/(1 + exp(-z))", "s(z)*(exp(-z) + 1)", "fraction-split", SPLIT),
    ],
    "a power in a function": [
        ("sigma_prime", "s(z) - s(z)**2", "s(z) - s(z**2)", "power", "You wrote s(z**2) where s(z)**2 belongs."),
        (
            "sigma_prime",
            "1/(1 + exp(-z)) - 1/(1 + exp(-z))**2",
            "s(z) - s(z**2)",
            "power",
            "The power belongs to the value of the function, not to its argument.",
        ),
        ("sigma_prime", "exp(z)*s(-z)**2", "exp(z)*s(-z**2)", "power", "You wrote s(-z**2) where s(-z)**2 belongs."),
        ("sigma_prime", "exp(z)**2*exp(-z)*s(-z)**2", "exp(z**2)*exp(-z)*s(-z)**2", "power", "where exp(z)**2 belongs"),
    ],
    "exponents multiplied": [
        ("sigma_prime", "exp(z)*exp(z)*exp(-z)*s(-z)**2", "exp(z**2)*exp(-z)*s(-z)**2", "exp-rule", "are added, not"),
    ],
    "a negative power of a sum": [
        ("sigma_prime", "exp(-z)*(1 + exp(-z))**(-2)", "exp(-z)/(1 + exp(-2*z))", "square-of-a-sum", MIXED),
        ("sigma_prime", "exp(-z)*(1 + exp(-z))**(-2)", "exp(-z)/(1 + exp(-z)**2)", "square-of-a-sum", MIXED),
        ("sigma_prime", "exp(-z)*(1 + exp(-z))**(-2)", "exp(-z)*(1 + exp(-2*z))**(-1)", "square-of-a-sum", MIXED),
    ],
    "a numerator that was not extended": [
        (
            "cancellation",
            "(-y/a + (1 - y)/(1 - a))*s'(z)*x[k]",
            "(-y*(1 - a) + (1 - y))/(a*(1 - a))*s'(z)*x[k]",
            "common-denominator",
            COMMON,
        ),
        (
            "cancellation",
            "(-(y/a) + (1 - y)/(1 - a))*s'(z)*x[k]",
            "(-y + (1 - y)*a)/(a*(1 - a))*s'(z)*x[k]",
            "common-denominator",
            COMMON,
        ),
    ],
    "exp lost from the middle of a chain": [
        (
            "cancellation",
            "-y*x[k] + d(ln(1 + exp(z)), w[k])",
            "-y*x[k] + 1/(1 + exp(z))*x[k]",
            "inner-derivative",
            "A factor exp(z) is missing in the term 1/(1 + exp(z))*x[k]",
        ),
        ("product_example", "", "d(z, z)*exp(-z) + z*d(-z, z)", "inner-derivative", "missing in the term z*d(-z, z)"),
    ],
    "a derivative taken for a quotient": [
        (
            "finishing_touches",
            "delta[k]*d(z[k] - b[k], W[k, j])",
            "delta[k]*(z[k] - b[k])/W[k, j]",
            "derivative-as-quotient",
            "d(u, v) is not u/v",
        ),
        ("neuron_slope", "d(C, a)*d(a, z)*x[k]", "d(C, a)*a/z*x[k]", "derivative-as-quotient", "d(u, v) is not u/v"),
    ],
    "all of a sum where one term is left out": [
        (
            "softmax_delta_lines",
            "-y[j]*(1 - a[j]) + a[j]*sum(i, (1 - [i == j])*y[i])",
            "-y[j]*(1 - a[j]) + a[j]",
            "indices-equal",
            LEFT_OUT,
        ),
    ],
    "fractions taken for the other logistic function": [
        ("sigma_prime", "1/(1 + exp(-z))*(exp(-z)/(1 + exp(-z)))", "(1 - s(z))*(1 - s(z))", "one-minus", LOGISTIC),
        ("sigma_prime", "s(z)*(1/(1 + exp(z)))", "s(z)*(-s(z))", "one-minus", LOGISTIC),
        ("sigma_prime", "s(z)*(1/(1 + exp(z)))", "-s(z)**2", "one-minus", LOGISTIC),
    ],
    "1 - u where u belongs": [
        (
            "cancellation",
            "-(y*s'(z)/a - (1 - y)*s'(z)/(1 - a))*x[k]",
            "-(y*(1 - a) - (1 - y)*(1 - a))*x[k]",
            "one-minus",
            "You wrote 1 - a where a belongs in the term (1 - y)*(1 - a).",
        ),
        (
            "neuron_slope",
            "2*(a - y)*s'(z)*x[k]",
            "2*(a - y)*(1 - a)*(1 - a)*x[k]",
            "one-minus",
            "1 - a where a belongs",
        ),
    ],
    "a minus read as a subtraction": [
        ("neuron_slope", "2*(y - a)*(-1)*s'(z)*x[k]", "(2*(y - a) - 1)*s'(z)*x[k]", "product-as-sum", SUBTRACTED),
        ("neuron_slope", "2*(y - a)*(-1)*s'(z)*x[k]", "2*(y - a - 1)*s'(z)*x[k]", "product-as-sum", SUBTRACTED),
        ("neuron_slope", "2*(y - a)*(-s'(z))*x[k]", "2*(y - a) - s'(z)*x[k]", "product-as-sum", SUBTRACTED),
        (
            "cancellation",
            "-(y/a + (1 - y)*(-1/(1 - a)))*d(a, w[k])",
            "-(y/a + (1 - y) - 1/(1 - a))*d(a, w[k])",
            "product-as-sum",
            SUBTRACTED,
        ),
        (
            "weight_decay",
            "w[j] + eta*(-d(C0, w[j])) - eta*lam/n*w[j]",
            "w[j] + eta - d(C0, w[j]) - eta*lam/n*w[j]",
            "product-as-sum",
            SUBTRACTED,
        ),
    ],
}

# What must not be said: derivation, the right line, the wrong one, the words.
UNTRUE = [
    # A factor that is 0 would get rid of any term; an exponent that was cancelled isn't a number in the line.
    ("neuron_slope", "2*(y - a)*(d(y, w[k]) - d(a, w[k]))", "2*(y - a)*(y - d(a, w[k]))", "is missing"),
    (
        "sigma_prime",
        "(1 + exp(-z))/(1 + exp(-z))**2 - 1/(1 + exp(-z))**2",
        "1 - 1/(1 + exp(-z))**2",
        "You wrote 1 where 2",
    ),
    ("sigma_prime", "1/(1 + exp(-z))*exp(-z)/(1 + exp(-z))", "s(z)*(exp(-z) + 1)", "s'"),
    ("sigma_prime", "s(z)**2*exp(-z)", "s(z)", "s'"),
    ("weight_decay", QUOTIENT, "(1 - eta*lam)*w[j] - eta*d(C0, w[j])", "belongs to its own term only"),
    ("sigma_prime", "s(z)*(1 - s(z))", "s(z)", "added or subtracted"),
    # What is left of a factor that was taken out is no numerator.
    ("sigma_prime", "1/(1 + exp(-z)) - 1/(1 + exp(-z))**2", "1/(1 + exp(-z))*(1 - 1/(1 + exp(-z))**2)", "common"),
    # A number has many possible reasons.
    ("sigma_prime", "s(z)*(1 - s(z))", "1", "added or subtracted"),
    ("sigma_prime", "s(z)*(1 - s(z))", "s(z)/s(z)", "added or subtracted"),
    ("sigma_prime", "s(z)*exp(-z)/(1 + exp(-z))", "1", "split"),
    ("sigma_prime", "s(z)*(1/(1 + exp(z)))", "1", "cancels"),
    ("sigma_prime", "d(exp(z)/(1 + exp(z)), z)", "-1", "cancels"),
    # Both terms have the factor, so it is none of one term alone.
    ("neuron_slope", "(2*a - 2*y)*s'(z)*x[k]", "2*(a - 2*y)*s'(z)*x[k]", "belongs to its own term only"),
    # 1 - s(z) stands there already.
    ("sigma_prime", "exp(z)/(exp(z) + 1)*1/(1 + exp(z))", "(1 - s(z))*(1 - s(z))", "You wrote s(z)"),
    # The term in the line is not the one that doesn't have the factor.
    (
        "weight_decay",
        "w[j] - eta*(d(C0, w[j]) + lam/n*w[j])",
        "(1 - eta*lam/n)*w[j] - eta*d(C0, w[j])*w[j]",
        "taken out",
    ),
]
