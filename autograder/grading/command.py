"""The command ``autograder grade``: what it prints, and its exit codes."""

import gc
import importlib
import sys
from collections import Counter
from dataclasses import replace
from difflib import get_close_matches
from pathlib import PurePath

import click
from traitlets.config import PyFileConfigLoader

from autograder.grading.advice import for_lecturer
from autograder.grading.exit_codes import DONE, FAILED, INTERRUPTED, REVIEW_NEEDED, UNPROTECTED
from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, ClusterError, Unprotected, Workers


def grade_class(lesson, folder, jobs, students, force, unsafe, dask=None, count_added=False):
    """Grade a class, and print a summary.

    Parameters
    ----------
    lesson : str
        The name of the assignment, or a path that ends in it, as a shell may complete it. The path of one student's
        submission stands for that student.
    folder : pathlib.Path
        The folder of the course.
    jobs : int or None
        How many submissions to run at once; by default one for each processor, here or in the cluster.
    students : sequence of str
        Grade only these students; by default all.
    force, unsafe : bool
        As on the command line.
    dask : str, optional
        The address of the scheduler of a Dask cluster that is to run the submissions.
    count_added : bool
        As on the command line.

    Returns
    -------
    int
        The exit code.
    """
    given, lesson = lesson, PurePath(lesson).name
    try:
        # The processes that grade import what they need while this one imports nbgrader.
        workers = _cluster(dask) if dask else Workers()
    except ClusterError as error:
        return _fail(str(error))
    try:
        if not dask:
            _configure_early(workers, lesson, folder)
        return _grade(workers, given, folder, jobs, students, force, unsafe, count_added)
    except KeyboardInterrupt:
        click.echo("\nStopped. What is graded is saved; run the same command again to continue.", err=True)
        return INTERRUPTED
    finally:
        workers.close()
        # The process is about to end, so the garbage collector need not search all that nbgrader has imported.
        gc.freeze()


def _cluster(address):
    from autograder.grading.cluster import Cluster  # here, because its import takes time

    return Cluster(address)


def import_quickly(module):
    """Import a module that imports nbformat, but skip a dependency that takes a second and isn't needed.

    ``rfc3987_syntax`` builds a grammar of URIs, for a validation that isn't used here. jsonschema does without it.
    """
    already = "rfc3987_syntax" in sys.modules
    sys.modules.setdefault("rfc3987_syntax", None)
    gc.disable()  # little of what an import creates is garbage, and looking for it takes a quarter of the time
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()
        if not already:
            del sys.modules["rfc3987_syntax"]


def _configure_early(workers, lesson, folder):
    """Have the workers prepare the lesson with the course's own configuration before nbgrader is imported.

    If the configuration turns out to be different once everything is loaded, the workers start again.
    """
    nbformat = import_quickly("nbformat")
    from autograder.grading.normalise import code_cells
    from autograder.grading.settings import Grading, folders_to_hide

    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
        paths = sorted((folder / config.CourseDirectory.source_directory / lesson).glob("*.ipynb"))
        notebooks = {path.stem: code_cells(nbformat.read(path, as_version=4)) for path in paths}
        settings = Grading(config=config)
        hidden = folders_to_hide(folder.resolve(), config)
        workers.configure(notebooks, settings.limits(), settings.hidden_seed, hidden)
    except (Exception, SystemExit):  # a configuration can raise anything
        return  # what is wrong is reported when the course is loaded


def _grade(workers, given, folder, jobs, students, force, unsafe, count_added):
    import_quickly("autograder.grading.gradebook")
    from autograder.grading.coordinator import Changes, ClassGrading, by_reason
    from autograder.grading.course import Course
    from autograder.grading.gradebook import OpenGradebook
    from autograder.grading.opening import GradingError
    from autograder.grading.placement import compose_names, composed, student_in
    from autograder.grading.records import Busy
    from autograder.grading.standing import read_names

    lesson = PurePath(given).name
    try:
        course = Course(folder, lesson)
        compose_names(course.submitted_root)
        submitted = course.students()
        one = student_in(given, course.directory.submitted_directory)
        named = [one] if one else [composed(student) for student in students]
        chosen = choose(course, submitted, named)
        workers.configure(*course.configuration())
        with course.records, OpenGradebook(course, count_added) as gradebook:
            _warn_of_new_gradebook(course, gradebook.known)
            for note in gradebook.notes:
                click.echo(note, err=True)
            changes = Changes(course, gradebook.known)
            grading = ClassGrading(course, gradebook, changes, workers, jobs)
            due, results = changes.split(chosen, force)
            if due:
                for reason, names in by_reason(changes.reasons).items():
                    click.echo(f"{len(names):6} to be graded ({reason})")
                results += _run(workers, course, grading, due, unsafe)
            gradebook.assign_penalties()
            results += [] if named else changes.removed(submitted)
            called = read_names(course.directory)
            results = [replace(each, student=called.get(each.student, each.student)) for each in results]
            if named:
                return _report(results, [], course.misnamed_answers())
            code = _report(results, changes.absent(submitted), course.misnamed_answers())
            misplaced = course.misplaced()
            list_misplaced(misplaced)
            return code or (REVIEW_NEEDED if misplaced else DONE)
    except Busy:
        return _fail(f"Another process is grading {lesson}. Run the command again when it has finished.")
    except Closed:
        return _fail("The grading processes ended unexpectedly. What is graded is saved; run the command again.")
    except Unprotected as error:
        _fail(
            f"Not graded, as submissions would not be contained: {error}. Grade on another machine, or with --unsafe."
        )
        return UNPROTECTED
    except (CannotStart, ClusterError, GradingError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        raise  # nobody reads the output any more, which the command line deals with
    except OSError as error:
        return _fail(about_file(error))


def about_file(error):
    """Return an error message that says which file cannot be used."""
    where = f"{error.filename}: " if error.filename else ""
    return (
        f"A file or folder cannot be used: {where}{error.strerror or error}. Correct this and run the command again; "
        "what was graded before is saved."
    )


def _warn_of_new_gradebook(course, known):
    """Say that there was no gradebook, where there should have been one."""
    if not known.exists and course.records.exist():
        click.echo(
            "The gradebook is gone, so a new one was created, and the class is graded again. Marks and comments given "
            "by hand were in the old one: if you have a copy of it, put that back and run the command again.",
            err=True,
        )


def choose(course, submitted, students):
    """Return the students to grade: those who were named, or everybody who submitted something.

    Parameters
    ----------
    course : autograder.grading.course.Course
        The course.
    submitted : list of str
        Who submitted something.
    students : list of str
        Who was named; may be empty.

    Returns
    -------
    list of str

    Raises
    ------
    autograder.grading.opening.GradingError
        If there is nothing to grade, or nothing by somebody who was named.
    """
    from autograder.grading.opening import GradingError

    if not submitted:
        advice = f"Put each submission into {course.submitted_path('STUDENT')}."
        raise GradingError(" ".join([f"Nobody has handed in {course.lesson}. {advice}", *course.misplaced()]))
    unknown = sorted(set(students) - set(submitted))
    if unknown:
        similar = get_close_matches(unknown[0], submitted, n=1)
        advice = f"Did you mean {similar[0]}?" if similar else f"It would be {course.submitted_path(unknown[0])}."
        raise GradingError(f"There is no submission by {unknown[0]} for {course.lesson}. {advice}")
    return students or submitted


def _fail(message):
    click.echo(f"✘ {message}", err=True)
    return FAILED


def _run(workers, course, grading, due, unsafe):
    """Grade what has to be graded, with a progress bar, and return the results."""
    results = []
    grading.prepare_some(due)
    workers.check(unsafe or course.settings.unsafe)
    click.echo(f"Protected by: {', '.join(workers.protections)}.")
    with click.progressbar(length=len(due), label=course.lesson, show_eta=True, file=sys.stderr) as bar:
        for graded in grading.run(due):
            results.append(graded)
            bar.update(1)
    return results


def _report(results, absent, messages):
    """Print how many submissions are in which state, and return the exit code."""
    # What needed a look before, and did not change, still needs it.
    counts = Counter("needs a look" if result.reason else result.state for result in results)
    for state, told in ("graded", "graded"), ("needs a look", "need a look"), ("unchanged", "unchanged"):
        click.echo(f"{counts[state]:6} {told}")
    if absent:
        click.echo(f"{len(absent):6} absent")
    list_reasons(results)
    _list_removed(results)
    for message in messages:
        click.echo(f"  {message}", err=True)
    return REVIEW_NEEDED if any(result.reason for result in results) else DONE


def _list_removed(results):
    """Print which marks and comments were removed, because they're about answers that have changed since."""
    from autograder.grading.files import printable  # here, because its import takes time

    removed = {result.student: "; ".join(result.removed) for result in results if result.removed}
    if removed:
        click.echo(f"{len(removed):6} with marks or comments by hand on an earlier answer, which were removed")
    width = max(map(len, removed), default=0)
    for student, what in sorted(removed.items()):
        click.echo(f"  {student:{width}}  {printable(what)}")


def list_misplaced(messages):
    """Print which submissions lie in the wrong place, and so are not graded."""
    for message in messages:
        click.echo(f"  Not graded: {message}")


def list_reasons(results):
    """Print why some of the submissions need a look."""
    reasons = {result.student: for_lecturer(result.reason) for result in results if result.reason}
    width = max(map(len, reasons), default=0)
    for student, reason in sorted(reasons.items()):
        click.echo(f"  {student:{width}}  {reason}")
