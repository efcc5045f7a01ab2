"""How alike two expressions look: multiplied out, and by what they are made of."""

from collections import Counter
from functools import reduce

from autograder.derivations.chains import chains
from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Same,
    Sum,
    is_product,
    renamed,
    with_dots,
)
from autograder.derivations.factors import as_fraction
from autograder.derivations.judging import normal_form
from autograder.derivations.rules import definition_of
from autograder.derivations.terms import outer_terms, terms_of
from autograder.diagnosis.line_logistic import in_logistics
from autograder.diagnosis.line_parts import resolve

# A product of sums with more terms stays as it is.
MAX_TERMS = 24


class Forms:
    """Compares expressions by their form.

    Parameters
    ----------
    vocabulary : autograder.derivations.vocabulary.Vocabulary
        An activation and the logistic function of its weighted input are the same to it, and so are a name for a
        derivative and that derivative, and a name of the learner's own and what it stands for.
    written_out : bool
        Whether every other logistic function is written out as 1/(1 + exp(-u)).
    in_s : bool
        Whether exp(-u) is written as 1/s(u) - 1 instead.
    """

    def __init__(self, vocabulary, written_out=False, in_s=False):
        self._vocabulary, self._written_out, self._in_s = vocabulary, written_out, in_s
        self._activations = {
            meaning.logistic_of.name: name for name, meaning in vocabulary.names.items() if meaning.logistic_of
        }
        self._own = {
            name
            for name, meaning in vocabulary.names.items()
            if meaning.own and not isinstance(meaning.definition, Derivative)
        }
        self._derivatives = {
            name: meaning for name, meaning in vocabulary.names.items() if isinstance(meaning.definition, Derivative)
        }

    def multiplied_out(self, expression):
        """Return an expression as a sum of products, with equal factors cancelled and equal terms collected.

        Parameters
        ----------
        expression : autograder.derivations.expression.Expression

        Returns
        -------
        frozenset
            Equal for two expressions that differ only by the most elementary algebra.
        """
        return _frozen(self._terms(expression, 0))

    def gains_opposites(self, before, after):
        """Whether terms cancel in one expression that don't in another, so that its value doesn't tell they are there.

        Parameters
        ----------
        before, after : autograder.derivations.expression.Expression

        Returns
        -------
        bool
        """
        return self.has_opposites(after) and not self.has_opposites(before)

    def has_opposites(self, expression):
        """Whether some terms of an expression cancel."""
        terms = [term for term in outer_terms(expression) if self.multiplied_out(term)]  # without those that are 0
        opposites = {self.multiplied_out(Minus(term)) for term in terms}
        return any(self.multiplied_out(term) in opposites for term in terms)

    def distance(self, one, other):
        """Return by how many names, numbers, functions, sums and derivatives two expressions differ.

        Parameters
        ----------
        one, other : autograder.derivations.expression.Expression

        Returns
        -------
        int
            As they are written or multiplied out, whichever is less; 0 only if they are the same multiplied out.
        """
        forms = [self.multiplied_out(each) for each in (one, other)]
        if forms[0] == forms[1]:
            return 0
        counts = (map(_written, (one, other)), map(_atoms, forms))
        return max(1, min((mine - theirs).total() + (theirs - mine).total() for mine, theirs in counts))

    def _terms(self, node, depth):
        """Return the coefficients of products of powers of atoms."""
        match node:
            case Number(value):
                return {frozenset(): value}
            case Entry(name) if name in self._own:
                return self._terms(definition_of(node, node, self._vocabulary), depth)
            case Entry(name, indices) if name in self._derivatives:
                meaning = self._derivatives[name]
                return self._terms(renamed(meaning.definition, dict(zip(meaning.indices, indices, strict=True))), depth)
            case Entry(name, indices):
                return _atom((name, *indices))
            case Same(one, other):
                return _atom(("==", *sorted((one, other))))
            case Minus(of):
                return {factors: -number for factors, number in self._terms(of, depth).items()}
            case Function("s", Entry(name, indices)) if name in self._activations:
                return _atom((self._activations[name], *indices))
            case Function("s", of) if self._written_out:
                return _power(_sum({frozenset(): 1.0}, self._terms(Function("exp", Minus(of)), depth), 1), -1)
            case Function("s'", of):
                slope = self._terms(Function("s", of), depth)
                return _product(slope, _sum({frozenset(): 1.0}, slope, -1))
            case Function("ln", Function("exp", of)):
                return self._terms(of, depth)
            case Function("exp", Minus(of)) if self._in_s:
                return _sum(_power(self._terms(Function("s", of), depth), -1), {frozenset(): 1.0}, -1)
            case Function("exp", of):
                exponent = self._terms(of, depth)
                if len(exponent) == 1:
                    ((factors, number),) = exponent.items()
                    return _atom(("exp", _frozen({factors: 1.0})), number)
                if exponent and all(number < 0 for number in exponent.values()):
                    return _atom(("exp", _frozen(_sum({}, exponent, -1))), -1)
                return _atom(("exp", _frozen(exponent)))
            case Function(name, of):
                return _atom((name, _frozen(self._terms(of, depth))))
            case Derivative(of, by):
                terms = self._terms(of, depth)
                total = {}
                for factors, number in terms.items():
                    one = frozenset([(("d", factors, by.name, *by.indices), 1)])
                    total[one] = total.get(one, 0.0) + number
                return total
            case Sum(index, of):
                own = f"{depth}"
                return _summed(self._terms(renamed(of, {index: own}), depth + 1), own)
        return self._combined(node, depth)

    def _combined(self, node, depth):
        if is_product(node):
            # Divisors first: a factor cancels with one only before it is multiplied by others.
            sign, above, below = as_fraction(node)
            factors = [_power(self._terms(each, depth), -1) for each in below]
            return reduce(_product, [*factors, *(self._terms(each, depth) for each in above)], {frozenset(): sign})
        left = self._terms(node.left, depth)
        if node.operator == "**":
            sign, exponent = (-1, node.right.of) if isinstance(node.right, Minus) else (1, node.right)
            if isinstance(exponent, Number):
                return _power(left, sign * exponent.value)
            return _atom(("**", _frozen(left), sign, _frozen(self._terms(exponent, depth))))
        right = self._terms(node.right, depth)
        return _sum(left, right, 1 if node.operator == "+" else -1)


class Looks:
    """How much expressions look alike, whether or not logistic functions and derivatives are written out.

    Parameters
    ----------
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    """

    def __init__(self, vocabulary):
        self._vocabulary = vocabulary
        self._forms = [Forms(vocabulary), Forms(vocabulary, written_out=True)]
        self._in_s = Forms(vocabulary, in_s=True)

    def distance(self, one, other):
        """Return the least of the distances between two expressions; 0 only if they are the same multiplied out."""
        ways = dict.fromkeys(self._ways(one, other))
        return min(forms.distance(*way) for forms in self._forms for way in ways)

    def _ways(self, one, other):
        """Return two expressions as they are, and with their derivatives worked out."""
        return [(one, other), tuple(resolve(each, self._vocabulary) for each in (one, other))]

    def have_the_same_terms(self, one, other):
        """Whether two expressions have the same terms when all is distributed, even those that cancel."""

        def forms_of_terms(expression, forms):
            return Counter(map(forms.multiplied_out, terms_of(expression)))

        if self._forms[0].has_opposites(other):  # what cancels can come from anywhere, so it has to be written alike
            mine, theirs = (Counter(map(normal_form, terms_of(each))) for each in (one, other))
            return mine == theirs
        return any(forms_of_terms(one, forms) == forms_of_terms(other, forms) for forms in self._forms)

    def agree(self, one, other):
        """Whether two expressions are the same by elementary algebra, differentiation and the definitions alone."""
        ways = self._ways(one, other)
        ways.append(tuple(_in_full(each, self._vocabulary) for each in ways[-1]))
        if any(isinstance(part, Function) and part.name == "exp" for each in ways[-1] for part in each.walk()):
            ways.append(tuple(in_logistics(each) for each in ways[-1]))
        return any(
            forms.multiplied_out(way[0]) == forms.multiplied_out(way[1])
            for way in dict.fromkeys(ways)
            for forms in (*self._forms, self._in_s)
        )

    def is_sum_in(self, line, expression):
        """Whether an expression, or its negative, is a sum that a line or its worked-out derivatives have as a part."""
        derivatives = {part for part in line.walk() if isinstance(part, Derivative)}
        links = {link for each in derivatives for links, _ in chains(each, self._vocabulary) for link in links}
        sources = (line, resolve(line, self._vocabulary), *(resolve(link, self._vocabulary) for link in links))
        parts = {with_dots(part) for each in sources for part in each.walk() if part.parts()}
        for forms in self._forms:
            for whole in dict.fromkeys((expression, resolve(expression, self._vocabulary))):
                own = [forms.multiplied_out(with_dots(each)) for each in (whole, Minus(whole))]
                if len(own[0]) > 1 and any(forms.multiplied_out(part) in own for part in parts):
                    return True
        return False


def _in_full(node, vocabulary):
    """Write out all definitions outside of derivatives."""
    if isinstance(node, Derivative):
        return node
    if definition := definition_of(node, node, vocabulary) if isinstance(node, Entry) else None:
        return _in_full(definition, vocabulary)
    return node.with_parts([_in_full(part, vocabulary) for part in node.parts()])


def _frozen(terms):
    return frozenset((factors, round(number, 9)) for factors, number in terms.items() if number)


def _atom(atom, power=1):
    return {frozenset([(atom, power)]): 1.0}


def _sum(one, other, sign):
    total = dict(one)
    for factors, number in other.items():
        total[factors] = total.get(factors, 0.0) + sign * number
    return total


def _power(terms, power):
    terms = {factors: number for factors, number in terms.items() if number}
    if len(terms) == 1:
        ((factors, number),) = terms.items()
        if number > 0 or (number < 0 and power == int(power)):
            return {frozenset((atom, own * power) for atom, own in factors): number**power}
    return _atom(("+", _frozen(terms)), power)


def _product(one, other):
    one, other = _as_divisor(one, other), _as_divisor(other, one)
    if len(one) * len(other) > MAX_TERMS:
        return _atom(("*", frozenset([_frozen(one), _frozen(other)])))
    total = {}
    for factors, number in one.items():
        for others, times in other.items():
            powers = Counter(dict(factors))
            for atom, power in others:
                powers[atom] += power
            both = frozenset((atom, power) for atom, power in powers.items() if power)
            total = _sum(total, _distributed({both: number * times}), 1)
    return total


def _distributed(term):
    """Multiply out a sum that was kept as one factor and did not cancel."""
    ((factors, number),) = term.items()
    whole = next((atom for atom, power in factors if power == 1 and isinstance(atom, tuple) and atom[0] == "+"), None)
    if whole is None or len(whole[1]) > MAX_TERMS:
        return term
    return _product({factors - {(whole, 1)}: number}, dict(whole[1]))


def _as_divisor(terms, other):
    """Return a sum, without what all its terms share, as the one factor that it is where the other divides by it."""
    if len(terms) < 2:
        return terms
    shared = reduce(lambda some, more: some & more, (Counter(dict(factors)) for factors in terms))
    rest = {_over(factors, shared): number for factors, number in terms.items()}
    for sign in (1, -1):
        sum_itself = ("+", _frozen({factors: sign * number for factors, number in rest.items()}))
        if any(atom == sum_itself and power < 0 for factors in other for atom, power in factors):
            return {frozenset({*shared.items(), (sum_itself, 1)}): float(sign)}
    return terms


def _over(factors, shared):
    """Divide a product of powers by what it shares with others."""
    left = Counter(dict(factors))
    left.subtract(shared)
    return frozenset((atom, power) for atom, power in left.items() if power)


def _summed(terms, index):
    """Add up over an index; what does not depend on it is a factor, and of [i == j] only one term is left."""
    total = {}
    for factors, number in terms.items():
        inside = frozenset(each for each in factors if _holds(each, index))
        outside = factors - inside
        same = next((atom for atom, _ in inside if atom[0] == "==" and index in atom), None)
        if same:
            other = same[2] if same[1] == index else same[1]
            left = frozenset(_with(each, index, other) for each in inside if each[0] != same)
            both, number = next(iter(_product({outside: number}, {left: 1.0}).items()))
        else:
            both = outside | {(("sum", inside), 1)}
        total[both] = total.get(both, 0.0) + number
    return total


def _holds(atom, index):
    if isinstance(atom, (tuple, frozenset)):
        return any(_holds(part, index) for part in atom)
    return atom == index


def _with(atom, old, new):
    if isinstance(atom, (tuple, frozenset)):
        return type(atom)(_with(part, old, new) for part in atom)
    return new if atom == old else atom


def _written(expression):
    """Count the names, numbers, functions, sums and derivatives of an expression as it is written."""
    found = Counter()
    for part in expression.walk():
        match part:
            case Entry(name) | Function(name):
                found[name] += 1
            case Number(value) if value != 1:
                found[value] += 1
            case Sum() | Derivative() | Same():
                found[type(part).__name__] += 1
            case Binary("/"):
                found["/"] += 1
    return found


def _atoms(terms):
    """Count the terms of an expression that is multiplied out, factor by factor."""
    found = Counter()
    for factors, number in terms:
        found[("number", abs(number))] += abs(number) != 1
        for atom, power in factors:
            found[atom, power > 0] += int(abs(power))
    return found
