"""What to do in the next lecture: the few things that would help most students, each with the numbers behind it."""

from dataclasses import dataclass, replace

from autograder.desk.report.summary import EMPTY, HELD_UP

MAX_SUGGESTIONS = 3
# A share of the class that is worth a lecture's time.
_WORTH_IT = 0.05
# Something that concerns only one student isn't for a lecture, however small the class is.
_LEAST_STUDENTS = 2
# So many causes of wrong answers are many.
_MANY = 4
# With fewer marks, the mean of a written question says little.
_ENOUGH_MARKS = 5
# What the latest lesson asks for comes first; earlier ones weigh less.
_EARLIER = 0.6


@dataclass(frozen=True)
class Suggestion:
    """Something to do in the next lecture.

    Attributes
    ----------
    what : str
        To be done.
    because : str
        The numbers that it rests on.
    weight : float
        About how much of the class it would help.
    exercise, mistake : str
        What it is about; either may be empty.
    students : int
        How many made the mistake; 0 if it isn't about one.
    """

    what: str
    because: str
    weight: float
    exercise: str = ""
    mistake: str = ""
    students: int = 0


def suggest(summary):
    """Return what would help most in the next lecture.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary

    Returns
    -------
    list of Suggestion
        At most three, the most helpful first, no two about the same exercise; then the largest mistake of an earlier
        lesson, if more students made it than any that is among these.
    """
    everything = [*_about_misconceptions(summary), *_about_exercises(summary), *_about_behind(summary)]
    chosen, taken = [], set()
    for each in sorted(everything, key=lambda one: -one.weight):
        about = each.exercise or each.mistake or each.what
        if (
            each.weight >= _WORTH_IT
            and about not in taken
            and each.mistake not in {one.mistake for one in chosen} - {""}
        ):
            chosen.append(each)
            taken.add(about)
    chosen = chosen[:MAX_SUGGESTIONS]
    return [*chosen, *_bigger_before(summary, chosen)]


def _bigger_before(summary, chosen):
    """Yield the largest mistake of the earlier lessons unless one that is chosen is as large, or it is chosen."""
    found = [
        (count, lesson, exercise, mistake)
        for lesson in summary.lessons[:-1]
        for exercise in lesson.exercises
        if not exercise.optional
        for mistake, count in exercise.mistakes.items()
        if count >= max(_LEAST_STUDENTS, _WORTH_IT * len(exercise.answers))
    ]
    if not found:
        return
    count, lesson, exercise, mistake = max(found, key=lambda each: each[0])
    if count > max((each.students for each in chosen), default=0) and mistake not in {one.mistake for one in chosen}:
        yield replace(
            _explain(lesson, exercise, mistake, count),
            what=f"Bigger, but from an earlier lesson: the mistake “{mistake}” in {exercise.name} ({lesson.short}).",
        )


def _about_exercises(summary):
    for lesson in summary.lessons:
        weight = 1 if lesson is summary.lessons[-1] else _EARLIER
        for exercise in lesson.exercises:
            if not exercise.optional:
                yield from (replace(each, weight=weight * each.weight) for each in _about(lesson, exercise))
        for question in lesson.written:
            if len(question.marks) >= _ENOUGH_MARKS:
                yield Suggestion(
                    f"Talk about the written question “{question.title}” ({lesson.short}).",
                    f"On average it has {question.mean:.2g} of {question.points:g} points so far.",
                    weight * 0.5 * (1 - question.mean / question.points),
                )


def _explain(lesson, exercise, mistake, count):
    graded = len(exercise.answers)
    return Suggestion(
        f"Explain the mistake “{mistake}” in {exercise.name} ({lesson.short}).",
        f"{_of(count, graded)} made it; {exercise.solved} solved the exercise.",
        count / graded,
        exercise.name,
        mistake,
        count,
    )


def _about(lesson, exercise):
    """Yield what could be done about an exercise; students who wrote nothing anywhere don't count."""
    graded = len(exercise.answers)
    missed = graded - exercise.solved - exercise.count(HELD_UP)
    for mistake, count in list(exercise.mistakes.items())[:1]:
        if count < _LEAST_STUDENTS:
            continue
        yield _explain(lesson, exercise, mistake, count)
    empty = sum(answer.state == EMPTY for student, answer in exercise.answers.items() if student not in lesson.blank)
    if empty >= _LEAST_STUDENTS:
        yield Suggestion(
            f"Show how to begin {exercise.name} ({lesson.short}).",
            f"{_of(empty, graded)} wrote nothing there that could be tried, but did elsewhere.",
            0.8 * empty / graded,
            exercise.name,
        )
    if missed >= _LEAST_STUDENTS:
        solved = f"{_of(exercise.solved, graded)} solved it."
        causes = " The wrong answers have many causes." if exercise.causes >= _MANY else ""
        what = f"Work through {exercise.name} again ({lesson.short})."
        yield Suggestion(what, solved + causes, 0.5 * missed / graded, exercise.name)


def _about_misconceptions(summary):
    most = max((len(lesson.shares) for lesson in summary.lessons), default=0)
    short = {lesson.name: lesson.short for lesson in summary.lessons}
    for each in summary.misconceptions:
        if each.again >= _LEAST_STUDENTS:
            lessons = [short[name] for name in dict.fromkeys(lesson for lesson, _ in each.places)]
            yield Suggestion(
                f"Come back to the mistake “{each.mistake}”, which keeps coming back.",
                f"{_of(each.again, most)} made it in more than one of {', '.join(lessons)}.",
                1.2 * each.again / most,
                mistake=each.mistake,
            )


def _about_behind(summary):
    missing = [each for each in summary.behind if each.missing]
    if missing and summary.students:
        yield Suggestion(
            "Write to those who have stopped handing in.",
            f"{_of(len(missing), len(summary.students))} handed in nothing, or nothing that could be graded, in "
            f"{summary.lessons[-1].short}.",
            0.6 * len(missing) / len(summary.students),
        )


def _of(count, most):
    return f"{count} of {most} students"
