"""Tell what an audit measured: lines for a terminal, and a page."""

from jinja2 import Template


def totals(audits):
    """Sum up an audit in one line.

    Parameters
    ----------
    audits : list of ExerciseAudit
        Of the exercises that were audited.

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
    each : autograder.audit.kills.ExerciseAudit
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
    audits : list of autograder.audit.kills.ExerciseAudit
        What was measured.

    Returns
    -------
    str
    """
    return _PAGE.render(audits=audits, totals=totals(audits))
