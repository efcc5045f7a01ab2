"""The command ``autograder status``: what is graded of a lesson, what is late, and what is still to be done."""

import json
import sys
from dataclasses import replace
from pathlib import PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, choose, import_quickly, list_misplaced, list_reasons
from autograder.grading.dates import in_words
from autograder.grading.exit_codes import DONE, REVIEW_NEEDED

_MAX_CELLS = 3
_KEYS = ("graded", "needs_look", "to_be_graded", "absent")


@click.command("status", short_help="Show how far you are with a lesson.")
@click.argument("lesson")
@course_option
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON, for scripts.")
def command(lesson, course, as_json):
    """Show how far you are with LESSON: who is graded, late or absent, and what still needs a look or a mark.

    Nothing is graded or changed. For work that is to be graded (again), the reason is shown.

    \b
    With --json: an object with the keys
      lesson     the name of the assignment
      due        when it is due, in UTC, or null
      counts     an object with the keys graded, needs_look, to_be_graded, absent, late, unmarked,
                 nothing_to_grade (without a confirmed 0; these aren't among the unmarked)
      students   a list of objects with the keys id; name; state ("graded", "needs_look",
                 "to_be_graded" or "absent"); reason (why it needs a look or is to be graded,
                 or empty); handed_in (in UTC, or null); seconds_late; late_days (how many are
                 spent on it, which don't count as late); unmarked (the ids of the
                 cells that still need a mark); nothing_to_grade (whether that is because
                 nothing that was handed in can be graded)
      misplaced  sentences about submissions that are in the wrong place

    Exit codes: 0 all graded, 1 nothing has been handed in, or an error, 2 wrong usage, 3 some work is to be graded or
    needs a look.
    """  # noqa: D301 (\b has to be the character by which click knows what not to wrap)
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    try:
        found, results, due = _find_status(PurePath(lesson).name, course)
    except (GradingError, RosterError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found, results, due)
    counts = found["counts"]
    sys.exit(REVIEW_NEEDED if counts["to_be_graded"] or counts["needs_look"] or found["misplaced"] else DONE)


def _find_status(lesson, folder):
    """Return what ``--json`` prints, the submissions as ``autograder grade`` lists them, and the due date in words."""
    from autograder.desk.roster import read_roster
    from autograder.desk.unusable import find_unusable
    from autograder.grading.coordinator import Changes
    from autograder.grading.course import Course
    from autograder.grading.opening import look_up_lesson
    from autograder.grading.standing import read_standing

    course = Course(folder, lesson)
    roster = read_roster(folder)
    submitted = course.students()
    choose(course, submitted, ())
    changes = Changes(course, look_up_lesson(course.directory, lesson))
    due, others = changes.split(submitted)
    others += changes.removed(submitted)
    absent = sorted({*changes.absent(submitted), *roster} - set(submitted))
    standing, names = read_standing(course), _names(course.directory, roster)
    unusable = find_unusable(course)
    confirmed = unusable - standing.unmarked.keys()
    others = [replace(each, reason="") if each.student in confirmed else each for each in others]
    states = dict.fromkeys(absent, "absent") | dict.fromkeys(due, "to_be_graded")
    states |= {each.student: "needs_look" if each.reason else "graded" for each in others}
    reasons = changes.reasons | {each.student: each.reason for each in others}
    unusable &= standing.unmarked.keys()
    students = [
        _student(course, standing, each, names.get(each, ""), states[each], reasons.get(each, ""))
        | {"nothing_to_grade": each in unusable}
        for each in sorted(states)
    ]
    counts = {key: sum(each["state"] == key for each in students) for key in _KEYS}
    counts["late"] = sum(each["seconds_late"] > 0 for each in students)
    counts["unmarked"] = sum(bool(each["unmarked"]) and not each["nothing_to_grade"] for each in students)
    counts["nothing_to_grade"] = len(unusable)
    found = {"lesson": lesson, "due": _text(standing.due), "counts": counts, "students": students}
    return found | {"misplaced": course.misplaced()}, others, _due(standing.due, course.zone)


def _names(directory, roster):
    """Return the names of the students, by id, without those who have none."""
    from autograder.desk.grades import known_students
    from autograder.grading.opening import reading

    with reading(directory) as session:
        students = known_students(session, roster) if session else roster
    return {student.id: student.full_name for student in students.values() if student.full_name != student.id}


def _due(moment, zone):
    return f"due {in_words(moment, zone)}" if moment else "no due date"


def _student(course, standing, student, name, state, reason):
    from nbgrader.utils import parse_utc

    timestamp = None if state == "absent" else course.timestamp(student)[0]
    handed_in = parse_utc(timestamp) if timestamp else None
    return {
        "id": student,
        "name": name,
        "state": state,
        "reason": reason,
        "handed_in": _text(handed_in),
        "seconds_late": standing.seconds_late(student, handed_in),
        "late_days": standing.late_days.get(student, 0),
        "unmarked": list(standing.unmarked.get(student, ())),
    }


def _text(moment):
    return moment.isoformat(sep=" ", timespec="seconds") if moment else None


def _print(found, results, due):
    from autograder.desk.exporting import listed
    from autograder.grading.coordinator import by_reason

    counts, students = found["counts"], found["students"]
    called = {each["id"]: f"{each['name']} ({each['id']})" if each["name"] else each["id"] for each in students}
    click.echo(f"{found['lesson']}: {due}")
    click.echo(f"{counts['graded']:6} graded\n{counts['needs_look']:6} need a look")
    click.echo(f"{counts['to_be_graded']:6} to be graded")
    waiting = {called[each["id"]]: each["reason"] for each in students if each["state"] == "to_be_graded"}
    for reason, names in by_reason(waiting).items():
        click.echo(f"{len(names):11} {reason}: {listed(names)}")
    click.echo(f"{counts['absent']:6} absent")
    click.echo(f"{counts['late']:6} late")
    if on_late_days := sum(bool(each["late_days"]) for each in students):
        click.echo(f"{on_late_days:6} handed in on late days")
    click.echo(f"{counts['unmarked']:6} with questions to be marked")
    if counts["nothing_to_grade"]:
        confirm = f"`autograder mark {found['lesson']} --confirm-zeros` confirms their 0 points"
        click.echo(f"{counts['nothing_to_grade']:6} with nothing to grade: {confirm}")
    list_reasons([replace(each, student=called.get(each.student, each.student)) for each in results])
    list_misplaced(found["misplaced"])
    width = max(map(len, called.values()))
    for each in students:
        remarks = [f"late by {_duration(each['seconds_late'])}"] if each["seconds_late"] else []
        remarks += [f"late days used: {each['late_days']}"] if each["late_days"] else []
        if each["nothing_to_grade"]:
            remarks.append("nothing to grade")
        elif each["unmarked"]:
            remarks.append(f"to be marked: {_few(each['unmarked'])}")
        remarks += ["absent"] if each["state"] == "absent" else []
        if remarks:
            click.echo(f"  {called[each['id']]:{width}}  {'; '.join(remarks)}")


def _few(cells):
    """Return names of cells; of many, such as where nothing could be graded, only how many there are."""
    return ", ".join(cells) if len(cells) <= _MAX_CELLS else f"{len(cells)} exercises"


def _duration(seconds):
    """Return a number of seconds in days, hours and minutes, as in ``1 d 2 h``."""
    minutes = max(1, round(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
