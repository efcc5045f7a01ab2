"""Read what a report rests on: the results that are kept with each grade, and the gradebook."""

from collections import Counter

from autograder.desk.collected import marked_late
from autograder.desk.grades import read_class
from autograder.desk.report.over_lessons import find_behind, find_misconceptions
from autograder.desk.report.separation import with_separation
from autograder.desk.report.summary import (
    SOLVED,
    ClassSummary,
    ExerciseSummary,
    LessonSummary,
    WrittenSummary,
    answer_of,
)
from autograder.desk.tasks import title_of
from autograder.desk.unusable import find_unusable
from autograder.grading.opening import GradingError, course_directory, lessons_of, load_config, look_up_lesson
from autograder.grading.results import read_results


def graded_lessons(folder):
    """Return the lessons of a course in which somebody's work is in the gradebook.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the course.

    Returns
    -------
    list of str
        In the order of their names.

    Raises
    ------
    GradingError
        If there is none.
    """
    directory = course_directory(load_config(folder), folder)
    found = [name for name in lessons_of(directory) if look_up_lesson(directory, name).students]
    if not found:
        raise GradingError("Nobody's work is in the gradebook yet. Run `autograder grade` for a lesson first.")
    return found


def gather(folder, names, anonymous=False):
    """Sum up a class.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the course.
    names : sequence of str
        The lessons, in the order of the course.
    anonymous : bool
        Whether students are called by numbers, the same in all lessons.

    Returns
    -------
    (ClassSummary, dict of str to autograder.grading.course.Course)
        And the course of each lesson.

    Raises
    ------
    GradingError, RosterError
        See :func:`autograder.desk.grades.read_class`.
    """
    school = read_class(folder, names)
    lessons = [_lesson(school, lesson) for lesson in school.lessons]
    called = _called(school.students)
    if anonymous:
        called = {id: f"Student {number}" for number, id in enumerate(sorted(called), 1)}
    summary = ClassSummary(called, lessons)
    summary.misconceptions = find_misconceptions(lessons)
    summary.behind = find_behind(called, lessons) if len(lessons) > 1 else []
    return summary, {lesson.name: lesson.course for lesson in school.lessons}


def _called(students):
    """Return everybody's name, with the id where two have the same."""
    names = Counter(student.full_name for student in students.values())
    return {
        id: student.full_name if names[student.full_name] == 1 else f"{student.full_name} ({id})"
        for id, student in students.items()
    }


def _lesson(school, lesson):
    attempts = read_results(lesson.course.directory, lesson.name)
    unusable = find_unusable(lesson.course) & lesson.grades.keys()
    current = {id: attempts[id][-1] for id in lesson.grades if attempts.get(id) and id not in unusable}
    lateness = {student: grades.lateness for student, grades in lesson.grades.items()}
    known = {student: each for student, each in lateness.items() if each.handed_in is not None and each.due is not None}
    return LessonSummary(
        name=lesson.name,
        title=title_of(lesson.name, lesson.course.sources),
        enrolled=len(school.students),
        handed_in=len(lesson.grades),
        time_unknown=sum(each.handed_in is None for each in lateness.values()),
        unmarked=sum(not lesson.grades[student].marked for student in current),
        hours_before={name: (each.due - each.handed_in).total_seconds() / 3600 for name, each in known.items()},
        shares={student: _share(lesson, lesson.grades[student]) for student in current},
        exercises=with_separation(_exercises(lesson, current, attempts)),
        absent=tuple(student for student in school.students if student not in lesson.grades),
        unusable=tuple(student for student in lesson.grades if student in unusable),
        covered=frozenset(student for student, each in lateness.items() if each.late_days and not each.late),
        marked_late={id: name for id, name in marked_late(lesson.course).items() if id in lesson.grades},
        written=tuple(_written(lesson, task, current) for task in lesson.tasks if task.by_hand),
    )


def _written(lesson, task, students):
    """Sum up a question that is marked by hand."""
    marks = [lesson.grades[student].marks[task.cell] for student in students]
    points = tuple(mark.points for mark in marks if mark.marked)
    return WrittenSummary(task.title, task.points, points, len(marks) - len(points))


def _share(lesson, grades):
    """Return the share of the points that were marked; what waits for a mark counts neither way."""
    marked = [task for task in lesson.tasks if grades.marks[task.cell].marked]
    most = sum(task.points for task in marked)
    return sum(grades.marks[task.cell].points for task in marked) / most if most else 0.0


def _exercises(lesson, current, attempts):
    """Sum up each exercise, in the order of the notebook."""
    found, counting = {}, {task.cell for task in lesson.tasks if task.points}
    for student, attempt in current.items():
        for result in attempt.results:
            new = ExerciseSummary(result.exercise, lesson.name, {}, optional=result.test not in counting)
            exercise = found.setdefault(result.exercise, new)
            exercise.answers[student] = answer_of(result)
            exercise.attempts[student] = _attempts_needed(result.exercise, attempts[student])
    return list(found.values())


def _attempts_needed(exercise, attempts):
    for number, attempt in enumerate(attempts, 1):
        if any(each.exercise == exercise and answer_of(each).state == SOLVED for each in attempt.results):
            return number
    return len(attempts)
