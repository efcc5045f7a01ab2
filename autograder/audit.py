"""Measure the checks: every right answer passes, every known mistake fails and hears its own name."""

from dataclasses import dataclass

from jinja2 import Template

from autograder.examination import examine
from autograder.exercises import EXERCISES
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED


@dataclass(frozen=True)
class Kill:
    """What became of one known mistake.

    Attributes
    ----------
    mistake : str
        Its id.
    caught_by : tuple of str
        Names of the requirements that it misses on the public or the hidden probes.
    named : tuple of str
        Ids that it was recognised as; on both seeds the one of the mistake, if all is well.
    score : float
        What it earned at most.
    hinted : bool
        Whether its own hint, and nothing else, was said on both seeds.
    """

    mistake: str
    caught_by: tuple
    named: tuple
    score: float
    hinted: bool

    @property
    def survived(self):
        """Whether it passed as right on either seed."""
        return not self.caught_by

    @property
    def misnamed(self):
        """Whether it was recognised as anything but itself."""
        return self.named != (self.mistake,)


@dataclass(frozen=True)
class ExerciseAudit:
    """What the checks of one exercise are worth.

    Attributes
    ----------
    name, lesson : str
        Of the exercise.
    refused : tuple of str
        Right answers that were not given full points: ``"reference"``, ``"variant 0"``, …
    variants : int
        How many right answers were tried beside the reference.
    blank : float
        Points of an empty stub.
    kills : tuple of Kill
        One for each known mistake.
    """

    name: str
    lesson: str
    refused: tuple
    variants: int
    blank: float
    kills: tuple

    @property
    def flaws(self):
        """Everything that should not be, in words."""
        found = [f"{self.name}: refused the {answer}" for answer in self.refused]
        if self.blank:
            found.append(f"{self.name}: an empty stub earns {self.blank:g} points")
        for kill in self.kills:
            if kill.survived:
                found.append(f"{self.name}: {kill.mistake} survived")
            elif kill.misnamed:
                found.append(f"{self.name}: {kill.mistake} was named {', '.join(kill.named) or 'nothing'}")
            elif not kill.hinted:
                found.append(f"{self.name}: {kill.mistake} is told more or something else than its hint")
        return found


def _under(name, function):
    """Give a function the name that finds its exercise."""

    def renamed(*args):
        return function(*args)

    renamed.__name__ = name
    return renamed


def _stub(*args):
    raise NotImplementedError


def audit_exercise(name, seeds=(PUBLIC_SEED, HIDDEN_SEED)):
    """Try the reference, the variants, an empty stub and every known mistake of one exercise.

    Parameters
    ----------
    name : str
        Of the exercise.
    seeds : tuple of int
        Probes to try them on.

    Returns
    -------
    ExerciseAudit

    Raises
    ------
    KeyError
        If there is no exercise of that name.
    """
    exercise = EXERCISES[name]

    def results(function):
        return [examine(_under(name, function), seed) for seed in seeds]

    right = {"reference": exercise.reference}
    right |= {f"variant {number}": variant for number, variant in enumerate(exercise.variants)}
    refused = tuple(label for label, answer in right.items() if any(r.score < r.points for r in results(answer)))
    kills = []
    for mistake in exercise.mistakes:
        tried = results(mistake.function)
        caught = (
            ()
            if any(r.passed for r in tried)
            else tuple(dict.fromkeys(verdict.name for r in tried for verdict in r.requirements if not verdict.met))
        )
        named = tuple(dict.fromkeys(id_ for r in tried for id_ in (r.mistakes or ("",))))
        hinted = all(r.hints == (mistake.hint,) for r in tried)
        kills.append(Kill(mistake.id, caught, named, max(r.score for r in tried), hinted))
    blank = max(r.score for r in results(_stub))
    return ExerciseAudit(name, exercise.lesson, refused, len(exercise.variants), blank, tuple(kills))


def audit(names=None):
    """Audit several exercises.

    Parameters
    ----------
    names : iterable of str, optional
        All exercises by default.

    Returns
    -------
    list of ExerciseAudit
    """
    return [audit_exercise(name) for name in names or EXERCISES]


def totals(audits):
    """Sum up an audit in one line.

    Parameters
    ----------
    audits : list of ExerciseAudit
        As :func:`audit` returns them.

    Returns
    -------
    str
    """
    kills = [kill for each in audits for kill in each.kills]
    caught = sum(not kill.survived for kill in kills)
    named = sum(not kill.survived and not kill.misnamed for kill in kills)
    variants = sum(each.variants for each in audits)
    refused = sum(len(each.refused) for each in audits)
    return (
        f"{len(audits)} exercises, {len(kills)} mistakes: {caught} caught, {named} named rightly; "
        f"{variants} right variants, {refused} right answers refused; "
        f"{sum(bool(each.blank) for each in audits)} stubs with points"
    )


def rows_of(each):
    """Lines of one exercise's kill matrix.

    Parameters
    ----------
    each : autograder.audit.ExerciseAudit
        What was measured.

    Returns
    -------
    list of str
    """
    head = f"{each.name} ({each.lesson}): {each.variants} right variants, {len(each.refused)} answers refused, "
    rows = [f"{head}blank stub {each.blank:g}"]
    for kill in each.kills:
        mark = "SURVIVED" if kill.survived else "misnamed" if kill.misnamed else "named"
        rows.append(f"  {mark:9} {kill.mistake:36} {kill.score:4g}  {', '.join(kill.caught_by)}")
    return rows


_PAGE = Template(
    """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Audit of the checks</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .15em .6em; }
tr:nth-child(even) { background: #f3f3f3; } .bad { color: #a33c00; font-weight: bold; }
</style>
<h1>Audit of the checks</h1>
<p>{{ totals }}</p>
{% for each in audits %}
<h2>{{ each.name }} <small>({{ each.lesson }})</small></h2>
<p>{{ each.variants }} right variants, {{ each.refused|length }} right answers refused, blank stub {{ each.blank }}.</p>
<table><tr><th>mistake</th><th>verdict</th><th>points at most</th><th>caught by</th></tr>
{% for kill in each.kills %}
<tr><td>{{ kill.mistake }}</td>
{% if kill.survived %}<td class="bad">survived</td>
{% elif kill.misnamed %}<td class="bad">named {{ kill.named|join(", ") }}</td>
{% else %}<td>named</td>{% endif %}
<td>{{ kill.score }}</td><td>{{ kill.caught_by|join(", ") }}</td></tr>
{% endfor %}</table>
{% endfor %}</html>
""",
    autoescape=True,
)


def page_of(audits):
    """Put an audit on an HTML page.

    Parameters
    ----------
    audits : list of autograder.audit.ExerciseAudit
        What was measured.

    Returns
    -------
    str
    """
    return _PAGE.render(audits=audits, totals=totals(audits))
