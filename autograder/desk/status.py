"""The command ``autograder status``: what is graded of a lesson, what is late, and what is still to be done."""

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.advice import for_lecturer
from autograder.grading.command import about_file, choose, import_quickly, list_misplaced
from autograder.grading.dates import in_words
from autograder.grading.exit_codes import DONE, REVIEW_NEEDED

_MAX_CELLS = 3
# Students of a kind who are listed before the rest is only counted; whoever needs a look is always listed.
_MAX_NAMES = 10
_KEYS = ("graded", "needs_look", "to_be_graded", "absent")


@click.command("status", short_help="Show how far you are with a lesson.")
@click.argument("lesson")
@course_option
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON, for scripts.")
@click.option("--all", "show_all", is_flag=True, help=f"List everybody, and not only the first {_MAX_NAMES} of a kind.")
def command(lesson, course, as_json, show_all):
    """Show how far you are with LESSON: who is graded, late or absent, and what still needs a look or a mark.

    Nothing is graded or changed. For work that is to be graded (again), the reason is shown.

    \b
    With --json: an object with the keys
      lesson     the name of the assignment
      due        when it is due, in UTC, or null
      counts     an object with the keys graded, needs_look, to_be_graded, absent, late,
                 marked_late, unmarked, nothing_to_grade (without a confirmed 0; these aren't
                 among the unmarked)
      students   a list of objects with the keys id; name; state ("graded", "needs_look",
                 "to_be_graded" or "absent"); reason (why it needs a look or is to be graded,
                 or empty); handed_in (in UTC, or null); seconds_late; marked_late (the platform
                 that marked it as late without saying when it was handed in, or empty);
                 extended_until (in UTC, or null); late_days (how many are
                 spent on it, which don't count as late); unmarked (the ids of the
                 cells that still need a mark); nothing_to_grade (whether that is because
                 nothing that was handed in can be graded)
      misplaced  sentences about submissions that are in the wrong place

    Exit codes: 0 all graded, 1 nothing has been handed in, or an error, 2 wrong usage, 3 some work is to be graded or
    needs a look.
    """  # noqa: D301 (\b has to be the character by which click knows what not to wrap)
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.collected import CollectedError
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    try:
        found, zone = _find_status(PurePath(lesson).name, course)
    except (CollectedError, GradingError, RosterError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found, zone, show_all)
    counts = found["counts"]
    sys.exit(REVIEW_NEEDED if counts["to_be_graded"] or counts["needs_look"] or found["misplaced"] else DONE)


def _find_status(lesson, folder):
    """Return what ``--json`` prints, and the time zone of the course."""
    from autograder.desk.collected import marked_late
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
    reasons = changes.reasons | {each.student: for_lecturer(each.reason) for each in others}
    unusable, late = unusable & standing.unmarked.keys(), marked_late(course)
    students = [
        _student(course, standing, each, names.get(each, ""), states[each], reasons.get(each, ""))
        | {"marked_late": late.get(each, ""), "nothing_to_grade": each in unusable}
        for each in sorted(states)
    ]
    counts = {key: sum(each["state"] == key for each in students) for key in _KEYS}
    counts["late"] = sum(each["seconds_late"] > 0 for each in students)
    counts["marked_late"] = sum(bool(each["marked_late"]) for each in students)
    counts["unmarked"] = sum(bool(each["unmarked"]) and not each["nothing_to_grade"] for each in students)
    counts["nothing_to_grade"] = len(unusable)
    found = {"lesson": lesson, "due": _text(standing.due), "counts": counts, "students": students}
    return found | {"misplaced": course.misplaced()}, course.zone


def _names(directory, roster):
    """Return the names of the students, by id, without those who have none."""
    from autograder.desk.grades import known_students
    from autograder.grading.opening import reading

    with reading(directory) as session:
        students = known_students(session, roster) if session else roster
    return {student.id: student.full_name for student in students.values() if student.full_name != student.id}


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
        "extended_until": _text(standing.extended_until(student)),
        "late_days": standing.late_days.get(student, 0),
        "unmarked": list(standing.unmarked.get(student, ())),
    }


def _text(moment):
    return moment.isoformat(sep=" ", timespec="seconds") if moment else None


def _print(found, zone, show_all):
    from autograder.desk.exporting import listed
    from autograder.grading.coordinator import by_reason

    counts, students = found["counts"], found["students"]
    called = {each["id"]: f"{each['name']} ({each['id']})" if each["name"] else each["id"] for each in students}
    due = f"due {_in_words(found['due'], zone)}" if found["due"] else "no due date"
    click.echo(f"{found['lesson']}: {due}")
    click.echo(f"{counts['graded']:6} graded\n{counts['needs_look']:6} need a look")
    click.echo(f"{counts['to_be_graded']:6} to be graded")
    waiting = {called[each["id"]]: each["reason"] for each in students if each["state"] == "to_be_graded"}
    for reason, names in by_reason(waiting).items():
        click.echo(f"{len(names):11} {reason}: {', '.join(names) if show_all else listed(names)}")
    click.echo(f"{counts['absent']:6} absent")
    click.echo(f"{counts['late']:6} late")
    for platform, number in Counter(each["marked_late"] for each in students if each["marked_late"]).items():
        click.echo(f"{number:6} marked late by {platform}, time unknown")
    if on_late_days := sum(bool(each["late_days"]) for each in students):
        click.echo(f"{on_late_days:6} handed in on late days")
    click.echo(f"{counts['unmarked']:6} with questions to be marked")
    if counts["nothing_to_grade"]:
        confirm = f"`autograder mark {found['lesson']} --confirm-zeros` confirms their 0 points"
        click.echo(f"{counts['nothing_to_grade']:6} with nothing to grade: {confirm}")
    list_misplaced(found["misplaced"])
    _print_students(students, called, found["due"], zone, show_all)


def _print_students(students, called, due, zone, show_all):
    """Print what there is to say about each student: first about those who need a look, and of the others a few."""
    kinds = {"": [], "late": [], "to be marked": [], "absent": []}
    for each in students:
        kind, remarks = _remarks(each, due, zone)
        reason = each["reason"] if each["state"] == "needs_look" else ""
        if reason:
            kinds[""].append((each["id"], f"{reason} ({remarks})" if remarks else reason))
        elif remarks:
            kinds[kind].append((each["id"], remarks))
    shown = {kind: found if show_all or not kind else found[:_MAX_NAMES] for kind, found in kinds.items()}
    width = min(40, max((len(called[student]) for found in shown.values() for student, _ in found), default=0))
    for kind, found in shown.items():
        for student, text in found:
            click.echo(f"  {called[student]:{width}}  {text}")
        if rest := len(kinds[kind]) - len(found):
            click.echo(f"  and {rest} more {kind}; --all lists everybody")


def _remarks(student, due, zone):
    """Return what kind of remarks there are about a student, and the remarks in a row."""
    remarks, kind = [], "late"
    extended = student["extended_until"]
    if student["seconds_late"]:
        remarks.append(f"late by {_duration(student['seconds_late'])}")
    if student["marked_late"]:
        remarks.append(f"marked late by {student['marked_late']}, time unknown")
    # Whoever kept the due date that everybody has doesn't need an extension.
    if extended and not (student["handed_in"] and student["handed_in"] <= due):
        remarks.append(f"extension until {_in_words(extended, zone)}")
    if student["late_days"]:
        remarks.append(f"late days used: {student['late_days']}")
    if student["state"] == "absent":
        kind = "absent"
        remarks.append("absent")
    elif student["nothing_to_grade"]:
        remarks.append("nothing to grade")
    elif student["unmarked"]:
        kind = kind if remarks else "to be marked"
        remarks.append(f"to be marked: {_few(student['unmarked'])}")
    return kind, "; ".join(remarks)


def _in_words(text, zone):
    return in_words(datetime.fromisoformat(text), zone)


def _few(cells):
    """Return names of cells; of many, such as where nothing could be graded, only how many there are."""
    return ", ".join(cells) if len(cells) <= _MAX_CELLS else f"{len(cells)} exercises"


def _duration(seconds):
    """Return a number of seconds in days, hours and minutes, as in ``1 d 2 h``."""
    minutes = max(1, round(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
