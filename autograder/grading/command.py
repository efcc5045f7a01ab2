"""The commands ``autograder grade`` and ``autograder status``: what they print, and their exit codes."""

import gc
import importlib
import sys
from collections import Counter
from difflib import get_close_matches
from pathlib import PurePath

import click
from traitlets.config import PyFileConfigLoader

from autograder.grading.exit_codes import DONE, FAILED, INTERRUPTED, REVIEW_NEEDED, UNPROTECTED
from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, ClusterError, Unprotected, Workers


def grade_class(lesson, folder, jobs, students, force, unsafe, dask=None):
    """Grade a class, and print a summary.

    Parameters
    ----------
    lesson : str
        The name of the assignment, or a path that ends in it, as a shell may complete it.
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

    Returns
    -------
    int
        The exit code.
    """
    lesson = PurePath(lesson).name
    try:
        # The processes that grade import what they need while this one imports nbgrader.
        workers = _cluster(dask) if dask else Workers()
    except ClusterError as error:
        return _fail(str(error))
    try:
        if not dask:
            _order_early(workers, lesson, folder)
        return _grade(workers, lesson, folder, jobs, students, force, unsafe)
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


def _import_quickly(module):
    """Import a module that imports nbformat, without a dependency that takes a second and isn't needed.

    ``rfc3987_syntax`` builds a grammar of URIs, for a validation that nobody asks for here. jsonschema does without it.
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


def _order_early(workers, lesson, folder):
    """Order the lesson as the course's own configuration has it, before nbgrader is imported.

    If the order turns out to be another one, once everything is loaded, the workers start again with that.
    """
    nbformat = _import_quickly("nbformat")
    from autograder.grading.normalise import code_cells
    from autograder.grading.settings import Grading

    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
        paths = sorted((folder / config.CourseDirectory.source_directory / lesson).glob("*.ipynb"))
        notebooks = {path.stem: code_cells(nbformat.read(path, as_version=4)) for path in paths}
        settings = Grading(config=config)
        workers.order(notebooks, settings.limits(), settings.hidden_seed, [folder.resolve()])
    except (Exception, SystemExit):  # a configuration can raise anything
        return  # what is wrong is reported when the course is loaded


def _grade(workers, lesson, folder, jobs, students, force, unsafe):
    _import_quickly("autograder.grading.gradebook")
    from autograder.grading.coordinator import Changes, ClassGrading
    from autograder.grading.course import Course
    from autograder.grading.gradebook import OpenGradebook
    from autograder.grading.opening import GradingError
    from autograder.grading.records import Busy

    try:
        course = Course(folder, lesson)
        chosen = _choose(course, students)
        workers.order(*course.order())
        with course.records, OpenGradebook(course) as gradebook:
            changes = Changes(course, gradebook.known)
            grading = ClassGrading(course, gradebook, changes, workers, jobs)
            due, results = changes.split(chosen, force)
            if due:
                results += _run(workers, course, grading, due, unsafe)
            gradebook.assign_penalties()
            return _report(results, course.misnamed_answers())
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
        return _fail(_about_file(error))


def _about_file(error):
    where = f"{error.filename}: " if error.filename else ""
    return (
        f"A file or folder cannot be used: {where}{error.strerror or error}. Correct this and run the command again; "
        "what was graded before is saved."
    )


def _choose(course, students):
    """Return the students to grade: those who were named, or everybody who submitted something."""
    from autograder.grading.opening import GradingError

    submitted = course.students()
    if not submitted:
        raise GradingError(
            f"Nobody has handed in {course.lesson}. Put each submission into {course.submitted_path('STUDENT')}."
        )
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
    """Grade those that are due, with a progress bar, and return the results."""
    results = []
    grading.prepare_some(due)
    workers.check(unsafe or course.settings.unsafe)
    click.echo(f"Protected by: {', '.join(workers.protections)}.")
    with click.progressbar(length=len(due), label=course.lesson, show_eta=True, file=sys.stderr) as bar:
        for graded in grading.run(due):
            results.append(graded)
            bar.update(1)
    return results


def _report(results, messages):
    counts = Counter(result.state for result in results)
    for state in ("graded", "needs a look", "unchanged"):
        click.echo(f"{counts[state]:6} {state}")
    _list_reasons(results)
    for message in messages:
        click.echo(f"  {message}", err=True)
    return REVIEW_NEEDED if any(result.reason for result in results) else DONE


def _list_reasons(results):
    """Print why some of the submissions need a look."""
    reasons = {result.student: result.reason for result in results if result.reason}
    width = max(map(len, reasons), default=0)
    for student, reason in sorted(reasons.items()):
        click.echo(f"  {student:{width}}  {reason}")


def show_status(lesson, folder):
    """Print how much of a lesson is graded.

    Parameters
    ----------
    lesson : str
        As for :func:`grade_class`.
    folder : pathlib.Path
        The folder of the course.

    Returns
    -------
    int
        The exit code: 0 if all is graded, 3 if something is not or needs a look, 1 if that cannot be found out.
    """
    _import_quickly("autograder.grading.gradebook")
    from autograder.grading.coordinator import Changes
    from autograder.grading.course import Course
    from autograder.grading.opening import GradingError, look_up_lesson

    try:
        course = Course(folder, PurePath(lesson).name)
        chosen = _choose(course, ())
        due, others = Changes(course, look_up_lesson(course.directory, course.lesson)).split(chosen)
    except GradingError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(_about_file(error))
    to_review = sum(bool(result.reason) for result in others)
    click.echo(f"{len(others) - to_review:6} graded\n{to_review:6} need a look\n{len(due):6} to be graded")
    _list_reasons(others)
    return REVIEW_NEEDED if due or to_review else DONE
