"""The names of a derivation, and whether an expression has a meaning among them."""

from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from autograder.derivations.expression import Derivative, Entry, Expression, Function, Same, Sum, renamed, with_dots
from autograder.derivations.reading import RESERVED, Refused

# What the indices of each kind run over, in words.
KINDS = {
    "examples": "the examples",
    "inputs": "the inputs",
    "before": "the layer before",
    "this": "this layer",
    "next": "the next layer",
    "outputs": "the outputs",
}
EXCHANGED = "index-exchanged"


@dataclass(frozen=True)
class Name:
    """What a name stands for.

    Attributes
    ----------
    kinds : tuple of str
        The kind of each of its axes.
    indices : tuple of str
        The indices in its definition, one for each axis.
    definition : Expression or None
        None for a variable.
    function_of : str
        The name that an otherwise unknown function depends on; empty for all others.
    values : str
        What a variable's numbers are: ``"real"``, ``"positive"``, ``"between 0 and 1"`` or ``"sums to 1"``.
    hidden : bool
        Whether it serves an unknown function and cannot be typed.
    own : bool
        Whether the learner defined it.
    """

    kinds: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    definition: Expression | None = None
    function_of: str = ""
    values: str = "real"
    hidden: bool = False
    own: bool = False

    @property
    def logistic_of(self):
        """The entry that it is the logistic function of, as in its definition; None for any other name."""
        match self.definition:
            case Function("s", Entry() as inside):
                return inside
        return None


@dataclass(frozen=True)
class Vocabulary:
    """The names that a derivation may use.

    Attributes
    ----------
    names : dict of str to Name
        A definition uses only names above it.
    free : dict of str to str
        The kinds of the indices that the start leaves free.
    """

    names: dict[str, Name] = field(default_factory=dict)
    free: dict[str, str] = field(default_factory=dict)

    def shown(self):
        """Return the names that a learner may type."""
        return {name: meaning for name, meaning in self.names.items() if not meaning.hidden}

    def with_name(self, name, meaning):
        """Return the vocabulary with one name more."""
        return replace(self, names=self.names | {name: meaning})

    def upstream(self, name):
        """Return the names that a name is built from, directly or not."""
        definition = self.names[name].definition
        return self.reached(definition, stop=None) if definition else set()

    def reached(self, expression, stop):
        """Return the names that an expression is built from, without looking through the name ``stop``."""
        reached, waiting = set(), [expression]
        while waiting:
            for part in waiting.pop().walk():
                if isinstance(part, Entry) and part.name in self.names and part.name not in reached:
                    reached.add(part.name)
                    definition = self.names[part.name].definition
                    if definition and part.name != stop:
                        waiting.append(definition)
        return reached

    def check(self, expression, scope=None, above=frozenset()):
        """Refuse what has no meaning.

        Parameters
        ----------
        expression : Expression
            As it was read.
        scope : dict of str to str, optional
            The kinds of the indices in use; by default the free ones.
        above : frozenset of Expression
            The shapes of the line above, as :meth:`shapes` returns them.

        Raises
        ------
        Refused
            With a sentence, the column, and ``"index-exchanged"`` as its kind where indices disagree.
        """
        scope = self.free if scope is None else scope
        match expression:
            case Entry():
                self._check_entry(expression, scope)
            case Same(one, other):
                for index in (one, other):
                    self._check_bound(index, scope, expression)
                if scope[one] != scope[other]:
                    raise Refused(
                        f"{one} runs over {KINDS[scope[one]]} and {other} over {KINDS[scope[other]]}, so they can't be "
                        "equal.",
                        expression.column,
                        EXCHANGED,
                    )
            case Sum(index, of):
                scope = scope | {index: self._kind_for(expression, scope, above)}
                self.check(of, scope, above)
            case Derivative(of, by):
                self.check(of, scope, above)
                self._check_entry(by, scope)
                self._check_direction(of, by)
            case _:
                for part in expression.parts():
                    self.check(part, scope, above)

    def shapes(self, expression):
        """Return the parts of an expression, with a dot for each index that a sum runs over, whatever its letter is."""
        return frozenset(with_dots(expression, self.free).walk())

    def kind_of(self, expression, scope):
        """Return what the index of a sum counts, as far as its places agree; None if no place tells."""
        found = self._kinds_in(expression.of, expression.index, scope)
        return next(iter(found), None)

    def _kinds_in(self, expression, index, scope):
        """Return the kinds of the places where an index stands, in their order."""
        found = dict(self._places(expression, index))
        if not found:
            partners = [
                part.other if part.one == index else part.one
                for part in expression.walk()
                if isinstance(part, Same) and index in (part.one, part.other)
            ]
            for partner in partners:
                if partner != index and partner in scope:
                    return {scope[partner]: expression}
                inner = {} if partner == index else dict(self._places(expression, partner))
                if inner:
                    return inner
        return found

    def _places(self, expression, index):
        """Return the kind of each place where an index stands, and the entry that it stands in."""
        return [
            (kind, part)
            for part in expression.walk()
            if isinstance(part, Entry) and part.name in self.names
            for each, kind in zip(part.indices, self.names[part.name].kinds, strict=False)
            if each == index
        ]

    def _kind_for(self, node, scope, above):
        index = node.index
        if index in scope:
            raise Refused(
                f"The index {index} is already in use here. The index of this sum has to be another letter.",
                node.column,
            )
        if index in self.names:
            raise Refused(f"{index} is a name here, so it can't be an index. Take another letter.", node.column)
        kinds = self._kinds_in(node.of, index, scope)
        if not kinds:
            for part in node.of.walk():  # a name that doesn't exist is the reason why none has the index
                if isinstance(part, Entry) and index in part.indices:
                    self._check_entry(part, scope)
            raise Refused(f"The sum runs over {index}, but nothing inside it has the index {index}.", node.column)
        if len(kinds) > 1:
            places = self._places(node.of, index)
            known = {kind for kind, part in places if self._stands(part, above)}
            new = [(kind, part) for kind, part in places if kind not in known]
            if len(known) == 1 and new:  # what was right in the line above says what the index counts
                raise self._misplaced(index, *new[0], scope | {index: known.pop()})
            (first, one), (second, other) = list(kinds.items())[:2]
            raise Refused(
                f"The index {index} runs over {KINDS[first]} in {_shown(one)} and over {KINDS[second]} in "
                f"{_shown(other)}. One index can't run over both.",
                other.column,
                EXCHANGED,
            )
        return next(iter(kinds))

    def _stands(self, entry, above):
        """Whether an entry, or what it stands for, is a part of the line above."""
        meaning = self.names[entry.name]
        forms = [entry]
        if meaning.definition:
            forms.append(renamed(meaning.definition, dict(zip(meaning.indices, entry.indices, strict=False))))
        return any(with_dots(each, self.free) in above for each in forms)

    def _misplaced(self, index, kind, entry, scope):
        """Say that an index stands in the place for another kind, and whether it is swapped with the other one."""
        kinds, shown = self.names[entry.name].kinds, _shown(entry)
        counted = tuple(scope.get(each) for each in entry.indices)
        if len(set(kinds)) == 2 and counted == kinds[::-1]:
            what = (
                f"The two indices of {shown} are swapped: the first one runs over {KINDS[kinds[0]]} and the second "
                f"over {KINDS[kinds[1]]}, but here {entry.indices[0]} runs over {KINDS[counted[0]]}."
            )
        else:
            what = f"{index} runs over {KINDS[scope[index]]}, but its place in {shown} is for {KINDS[kind]}."
        return Refused(what, entry.column, EXCHANGED)

    def _check_entry(self, entry, scope):
        meaning = self.names.get(entry.name)
        if meaning is None or meaning.hidden:
            raise Refused(f"There is no {entry.name} here. {self._advice(entry.name)}", entry.column)
        if len(entry.indices) != len(meaning.kinds):
            count = {0: "no index", 1: "one index", 2: "two indices"}.get(len(meaning.kinds), "more indices")
            raise Refused(f"{entry.name} has {count}: write {_example(entry.name, meaning, scope)}.", entry.column)
        for index, kind in zip(entry.indices, meaning.kinds, strict=True):
            self._check_bound(index, scope, entry)
            if scope[index] != kind:
                raise self._misplaced(index, kind, entry, scope)

    def _advice(self, name):
        if name == "e":
            return "Write exp(-z) for the exponential function."
        letter, _, index = name.rpartition("_")
        if letter in self.shown() and len(index) == 1:
            return f"Write {letter}[{index}]."
        return f"The names are {', '.join(self.shown())}."

    def _check_bound(self, index, scope, node):
        if index not in scope:
            free = " and ".join(self.free)
            known = f"the start has only {free}" if free else "the start has no index"
            other = f", or you mean {' or '.join(self.free)}" if free else ""
            raise Refused(
                f"No sum runs over the index {index}, and {known}: a sum over {index} is missing{other}.", node.column
            )

    def _check_direction(self, of, by):
        """Refuse a derivative with respect to a defined name where more than the name itself would have to count."""
        if self.names[by.name].definition is None:
            return
        past = self.reached(of, stop=by.name) & self.upstream(by.name)
        if not past:
            return
        through = self.names[of.name].function_of if isinstance(of, Entry) and of.name in self.names else ""
        if through:
            example = _example(through, self.names[through], self.free)
            raise Refused(
                f"{of.name} is given as a function of {through}, so it can't be differentiated with respect to "
                f"{by.name}. Differentiate it with respect to {example}.",
                by.column,
                "written-out",
            )
        shown = min(past, key=lambda name: (self.names[name].hidden, list(self.names).index(name)))
        if isinstance(of, Entry) and of.name in past:
            raise Refused(
                f"{by.name} is computed from {of.name}, so this derivative goes against the definition. "
                f"Write it the other way round, d({by.name}, {of.name}) with their indices.",
                by.column,
                "against-the-definition",
            )
        raise Refused(
            f"This is a derivative with respect to {by.name}, but {shown}, which {by.name} is computed from, stands "
            f"written out in it. Write {by.name} in its place, or differentiate with respect to {shown}.",
            by.column,
            "written-out",
        )

    def define(self, entry, expression, own=False):
        """Return the vocabulary with one definition more.

        Parameters
        ----------
        entry : Entry
            The new name, with the indices of its definition.
        expression : Expression
            What it stands for.
        own : bool
            Whether it is the learner's own.

        Returns
        -------
        Vocabulary

        Raises
        ------
        Refused
            If the name is taken, or the definition has no meaning.
        """
        if entry.name in self.names or entry.name in RESERVED:
            raise Refused(f"{entry.name} has a meaning already. Take another name.", entry.column)
        if len(entry.name) == 1 and entry.name in self.free:
            raise Refused(f"{entry.name} is an index here. Take another name.", entry.column)
        scope = {}
        for index in entry.indices:
            if entry.indices.count(index) > 1:
                raise Refused(f"The index {index} stands twice in {_shown(entry)}. Take another letter.", entry.column)
            kinds = self._kinds_in(expression, index, self.free)
            if not kinds:
                raise Refused(f"Nothing in the definition of {entry.name} has the index {index}.", entry.column)
            scope[index] = self.free.get(index) or next(iter(kinds))
        self.check(expression, self.free | scope)
        return self.with_name(entry.name, Name(tuple(scope.values()), entry.indices, expression, own=own))


def _shown(entry):
    return f"{entry.name}[{', '.join(entry.indices)}]" if isinstance(entry, Entry) and entry.indices else "this place"


def _example(name, meaning, scope):
    """Return a name with indices that may stand where the scope is; where one is missing, say which sum it needs."""
    indices, sums, left = [], [], dict(reversed(scope.items()))  # the innermost sum first
    for kind, usual in zip(meaning.kinds, meaning.indices, strict=True):
        index = next((each for each in left if left[each] == kind), None)
        if index is None:
            index = next(letter for letter in (usual, *ascii_lowercase) if letter not in (*scope, *indices))
            sums.append(index)
        left.pop(index, None)
        indices.append(index)
    shown = f"{name}[{', '.join(indices)}]" if indices else name
    return shown + (f", inside a sum over {' and '.join(sums)}" if sums else "")
