"""Two known mistakes in different parts of an answer: one explains the weights, say, and another the biases."""

from itertools import permutations

from autograder.checking.compare import close, flat, leaves
from autograder.diagnosis.agreement import far_apart
from autograder.diagnosis.parts import role_of


def _parts(value):
    return [flat(part) for _, part in leaves(value)]


def _agree(got, other):
    if got is None or other is None or got.shape != other.shape or far_apart(got, other):
        return False
    return close(got, other)


def _shown(trial, known):
    """Return (parts explained, parts changed): the kinds of parts in which a mistake gives the student's numbers.

    In none of the parts that it explains may it agree with the student on some probes only.
    """
    explained, against, changed = set(), set(), set()
    for position, (outcome, answers) in enumerate(zip(trial.outcomes, trial.expected, strict=True)):
        other, names = known.outcomes(position)[0], _roles(trial, answers[0])
        if outcome.failure or other.failure:
            return set(), set()
        triples = [_parts(outcome.value), _parts(other.value), _parts(answers[0])]
        if len({len(each) for each in triples}) > 1 or len(answers) > 1:
            return set(), set()
        for role, got, theirs, want in zip(names, *triples, strict=True):
            (explained if _agree(got, theirs) else against).add(role)
            if not _agree(theirs, want):
                changed.add(role)
    return explained - against, changed


def _roles(trial, answer):
    return [role_of(trial.exercise.part_name(path)) for path, _ in leaves(answer)]


def _wrong(trial):
    """Return the kinds of parts that are wrong on any probe."""
    found = {}
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        for role, got, want in zip(_roles(trial, answers[0]), _parts(outcome.value), _parts(answers[0]), strict=False):
            found[role] = found.get(role, False) or not _agree(got, want)
    return [role for role, off in found.items() if off]


def mistakes_by_part(trial, catalogue):
    """Find two known mistakes of which each explains some of the wrong parts, and both together all of them.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    (tuple of str, str) or None
        Ids, and what the student reads.
    """
    if any(outcome.failure for outcome in trial.outcomes) or len(_wrong(trial)) < 2:
        return None
    wrong, found = _wrong(trial), {}
    for known in catalogue:
        explained, changed = _shown(trial, known)
        here = frozenset(role for role in wrong if role in explained and role in changed)
        if here:
            found.setdefault(here, []).append((len(changed), known.mistake))
    pairs = [
        (one, other)
        for one, other in permutations(found, 2)
        if one | other == set(wrong) and not one & other and wrong[0] in one
    ]
    if len(pairs) != 1:
        return None
    told = [(roles, _most_specific(found[roles])) for roles in pairs[0]]
    if any(mistake is None for _, mistake in told):
        return None
    sentences = [f"For {' and '.join(r for r in wrong if r in roles)}: {mistake.hint}" for roles, mistake in told]
    return tuple(mistake.id for _, mistake in told), f"Two mistakes, in different parts. {' '.join(sentences)}"


def _most_specific(mistakes):
    """Return the mistake that changes the fewest kinds of parts, None where several do."""
    fewest = min(count for count, _ in mistakes)
    alike = [mistake for count, mistake in mistakes if count == fewest]
    return alike[0] if len(alike) == 1 else None


def facts_of_two(trial, right, catalogue):
    """Find two known mistakes that change different facts, and together those that the student's answer shows.

    Parameters
    ----------
    trial, right : autograder.checking.trial.Trial
        Of an answer that is left to chance, and of the reference.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    list of Mistake
        Two, or none.
    """
    shown = _difference(trial.facts, right.facts)
    if len(shown) < 2:
        return []
    alone = [(known.mistake, _difference(known.facts, right.facts)) for known in catalogue]
    alone = [(mistake, facts) for mistake, facts in alone if facts and facts.items() <= shown.items()]
    found = [
        [one, other]
        for position, (one, facts) in enumerate(alone)
        for other, others in alone[position + 1 :]
        if not facts.keys() & others.keys() and len(facts) + len(others) == len(shown)
    ]
    return found[0] if len(found) == 1 else []


def _difference(facts, others):
    """Return what is not so among the right facts, written out so that it can be compared."""
    if facts.keys() != others.keys():
        return {}
    return {name: repr(value) for name, value in facts.items() if repr(value) != repr(others[name])}
