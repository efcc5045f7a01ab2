"""What changes a grade has a submission graded again, and nothing else does."""

from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading.course import Course
from autograder.grading.opening import look_up_lesson
from tests.grading.conftest import FULL, LESSON, copy_of, grade, hand_in, rows, scores, solved

LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'\n"


def _gradebook(course):
    return Gradebook(f"sqlite:///{course}/classroom/gradebook.db")


def _due(course, moment):
    with _gradebook(course) as gradebook:
        gradebook.find_assignment(LESSON).duedate = moment
        gradebook.db.commit()


def _set(course, lines):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(lines)


def _penalty(course):
    with _gradebook(course) as gradebook:
        return gradebook.find_submission(LESSON, "late").late_submission_penalty


def _graded(course):
    return "1 graded" in " ".join(grade(course).split())


def test_a_late_penalty_follows_due_date_settings_marks_and_timestamp(empty_course, released, tmp_path):
    """Only a new timestamp has a submission run again."""
    course = copy_of(empty_course, tmp_path / "course")
    stamp = hand_in(course, "late", nbformat.writes(solved(released))) / "timestamp.txt"
    stamp.write_text("2026-03-01 12:00:00 UTC")
    assert _graded(course) and _penalty(course) == 0
    _due(course, datetime(2026, 2, 28))
    assert not _graded(course) and _penalty(course) == 0
    _set(course, LATE)
    assert not _graded(course) and _penalty(course) == sum(FULL.values())
    with _gradebook(course) as gradebook:
        mark = gradebook.find_grade("words", LESSON, LESSON, "late")
        mark.manual_score, mark.needs_manual_grade = 3, False
        gradebook.db.commit()
    assert not _graded(course) and _penalty(course) == sum(FULL.values()) + 3
    _due(course, datetime(2026, 3, 2))
    assert not _graded(course) and _penalty(course) == 0
    stamp.write_text("2026-03-03 12:00:00 UTC")
    assert _graded(course) and _penalty(course) == sum(FULL.values()) + 3
    granted = course / "classroom" / "extensions.csv"
    granted.write_text(f"student,lesson,until,days\nlate,{LESSON},,2\n")
    assert not _graded(course) and _penalty(course) == 0
    granted.write_text(f"student,lesson,until,days\nlate,{LESSON},,1\n")
    assert not _graded(course) and _penalty(course) == sum(FULL.values()) + 3
    _set(course, "c.Desk.late_days = 1\n")
    assert not _graded(course) and _penalty(course) == 0
    granted.write_text("student,lesson,until,days\nlate,*,soon,\n")
    grade(course, code=1)
    granted.unlink()
    stamp.unlink()
    assert _graded(course) and _penalty(course) == 0
    assert rows(course)["submissions"] == [("late", None)]
    assert scores(course, "late") == FULL
    # The work is the one that was marked.
    assert [given for _, name, _, *given in rows(course)["grades"] if name == "words"] == [[3, None, 0]]


def test_points_that_change_in_the_source_are_graded_anew(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    grade(course)
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    source = nbformat.read(path, as_version=4)
    next(cell for cell in source.cells if cell.id == "output-delta-check").metadata.nbgrader.points = 8
    nbformat.write(source, path)
    assert _graded(course) and scores(course, "right") == FULL | {"output-delta-check": 8.0}
    assert not _graded(course)


def test_no_sandbox_sees_the_course_or_the_exchange(empty_course, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    assert Course(course, LESSON).configuration()[3] == [str(course)]
    _set(course, "c.Exchange.root = '~/exchange'\n")
    assert Course(course, LESSON).configuration()[3] == [str(course), str(Path.home() / "exchange")]


PLUGIN = """
from nbgrader.plugins import BasePlugin
class HalfOff(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.5
c.AssignLatePenalties.plugin_class = HalfOff
"""
DECIDING = {
    "of-ours": "c.Grading.own_work_cost = 0.5",
    "seed": "c.Grading.hidden_seed = 5",
    "steps": "c.Autograde.sanitize_preprocessors = ['nbgrader.preprocessors.OverwriteCells']",
    "step": "c.OverwriteCells.add_missing_cells = True",
    "step-within": "c.Autograde.OverwriteCells.add_missing_cells = True",
    "base-of-steps": "c.NbGraderPreprocessor.enabled = False",
    "lines": "c.LimitOutput.max_lines = 3",
    "list-added-to": "c.ClearMetadataPreprocessor.preserve_nb_metadata_mask.update({'a'})",
}
OTHER = {
    "export": "c.ExportPlugin.to = 'elsewhere.csv'",
    "page": "c.HTMLExporter.sanitize_html = True",
    "default": "c.Grading.own_work_cost = 0.0",
    "comment": "# nothing",
    # What a delay costs is computed again each time, without running anything.
    "penalty": LATE,
    "plugin": PLUGIN,
}


def _rules(course):
    course = Course(course, LESSON)
    return tuple(course.digests_of_rules(look_up_lesson(course.directory, LESSON).rules))


@pytest.fixture(scope="module")
def settings_course(empty_course, tmp_path_factory):
    return copy_of(empty_course, tmp_path_factory.mktemp("settings") / "course")


def _rules_with(course, lines):
    path = course / "nbgrader_config.py"
    before = path.read_text()
    path.write_text(f"{before}\n{lines}\n")
    try:
        return _rules(course)
    finally:
        path.write_text(before)


def test_every_setting_of_a_step_counts_and_others_do_not(settings_course, tmp_path):
    digests = {name: _rules_with(settings_course, lines) for name, lines in DECIDING.items()}
    plain = _rules(settings_course)
    assert len({plain, *digests.values()}) == 1 + len(DECIDING)
    assert {name: _rules_with(settings_course, lines) for name, lines in DECIDING.items()} == digests
    assert {_rules_with(settings_course, lines) for lines in OTHER.values()} == {plain}
    assert _rules(copy_of(settings_course, tmp_path / "moved")) == plain
