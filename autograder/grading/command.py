"""What ``autograder grade`` and ``autograder status`` print, and the exit codes they end with."""

import gc
import importlib
import sys
from collections import Counter
from difflib import get_close_matches
from pathlib import PurePath

import click
from traitlets.config import PyFileConfigLoader

from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, ClusterError, Unprotected, Workers

DONE, CANNOT, LOOK_NEEDED, UNPROTECTED, INTERRUPTED = 0, 1, 3, 4, 130


def grade_class(lesson, folder, jobs, students, force, unsafe, dask=None):
    """Grade a class and print how it went.

    Parameters
    ----------
    lesson : str
        Name of the assignment, or a path that ends in it, as completing it with Tab gives.
    folder : pathlib.Path
        Of the course.
    jobs : int or None
        How many submissions at once; as many as there are processors, here or in the cluster, by default.
    students : sequence of str
        Only these; all by default.
    force, unsafe : bool
        As on the command line.
    dask : str, optional
        Address of the scheduler of a Dask cluster, which then runs the submissions.

    Returns
    -------
    int
        The exit code.
    """
    lesson = PurePath(lesson).name
    try:
        # The warm process imports what it needs while this one imports nbgrader.
        workers = _cluster(dask) if dask else Workers()
    except ClusterError as error:
        return _complain(str(error))
    try:
        if not dask:
            _expect(workers, lesson, folder)
        return _grade(workers, lesson, folder, jobs, students, force, unsafe)
    except KeyboardInterrupt:
        click.echo("\nStopped. What is graded is saved; run the same command again to go on.", err=True)
        return INTERRUPTED
    finally:
        workers.close()
        # The process ends here; without this it would first look through all that nbgrader has imported.
        gc.freeze()


def _cluster(address):
    from autograder.grading.cluster import Cluster  # here, because who has none need not wait for its import

    return Cluster(address)


def _import_quickly(module):
    """Import what imports nbformat, or all of nbgrader, without the second that one of their dependencies takes.

    It builds a grammar of URIs, for a validation that is not asked for here; without the module it does without.
    """
    already = "rfc3987_syntax" in sys.modules
    sys.modules.setdefault("rfc3987_syntax", None)
    gc.disable()  # what is imported stays, and looking for what does not takes a quarter of the time
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()
        if not already:
            del sys.modules["rfc3987_syntax"]


def _expect(workers, lesson, folder):
    """Let the warm process begin with the lesson as the course's own configuration has it, before nbgrader is there.

    Whoever orders anything else later gets that.
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
    except (Exception, SystemExit):  # a configuration may do whatever Python can
        return  # what is wrong is told when the course is read in full


def _grade(workers, lesson, folder, jobs, students, force, unsafe):
    _import_quickly("autograder.grading.coordinator")
    from autograder.grading.coordinator import Busy, ClassGrading, Course, GradingError

    try:
        course = Course(folder, lesson)
        chosen = _chosen(course, students)
        workers.order(*course.order())
        with course.records:
            try:
                course.open()
                return _run(workers, course, ClassGrading(course, workers, jobs, force), chosen, unsafe)
            finally:
                course.close()
    except Busy:
        return _complain(f"{lesson} is being graded by another process just now.")
    except Closed:
        return _complain("The process that runs submissions ended. What is graded is saved; run the command again.")
    except (CannotStart, ClusterError) as error:
        return _complain(str(error))
    except Unprotected as error:
        _complain(f"Not graded: without protection {error}. Grade on another machine, or say --unsafe.")
        return UNPROTECTED
    except GradingError as error:
        return _complain(str(error))
    except BrokenPipeError:
        raise  # whoever read the output has seen enough
    except OSError as error:
        return _complain(_about_files(error))


def _about_files(error):
    where = f"{error.filename}: " if error.filename else ""
    return f"A file or folder cannot be used: {where}{error.strerror or error}. What was graded before is saved."


def _chosen(course, students):
    """Return the students to be graded: those that were named, or everybody who handed something in."""
    from autograder.grading.coordinator import GradingError

    handed_in = course.students()
    if not handed_in:
        raise GradingError(f"Nobody has handed in {course.lesson}: {course.submitted_path('STUDENT')} does not exist.")
    unknown = sorted(set(students) - set(handed_in))
    if unknown:
        near = get_close_matches(unknown[0], handed_in, n=1)
        advice = f" Did you mean {near[0]}?" if near else ""
        raise GradingError(f"{unknown[0]} handed in nothing for {course.lesson}.{advice}")
    return students or handed_in


def _complain(words):
    click.echo(f"✘ {words}", err=True)
    return CANNOT


def _run(workers, course, grading, students, unsafe):
    due, unchanged = grading.due(students)
    results = list(unchanged)
    if due:
        grading.prepare_some(due)
        workers.check(unsafe or course.settings.unsafe)
        click.echo(f"Protected by: {', '.join(workers.protections)}.")
        with click.progressbar(length=len(due), label=course.lesson, show_eta=True, file=sys.stderr) as bar:
            for graded in grading.run(due):
                results.append(graded)
                bar.update(1)
    return _report(results, course.unconventional())


def _report(results, remarks):
    counts = Counter(result.state for result in results)
    for state in ("graded", "needs a look", "unchanged"):
        click.echo(f"{counts[state]:6} {state}")
    looks = [result for result in results if result.why]
    width = max((len(result.student) for result in looks), default=0)
    for result in sorted(looks, key=lambda each: each.student):
        click.echo(f"  {result.student:{width}}  {result.why}")
    for remark in remarks:
        click.echo(f"  {remark}", err=True)
    return LOOK_NEEDED if looks else DONE


def show_status(lesson, folder):
    """Print what is graded of a lesson.

    Parameters
    ----------
    lesson : str
        As for :func:`grade_class`.
    folder : pathlib.Path
        Of the course.

    Returns
    -------
    int
        The exit code: 0 if all is graded, 3 if something is not, or needs a look, 1 if that cannot be told.
    """
    _import_quickly("autograder.grading.coordinator")
    from autograder.grading.coordinator import ClassGrading, Course, Graded, GradingError

    try:
        course = Course(folder, PurePath(lesson).name)
        chosen = _chosen(course, ())
        course.look_into_gradebook()
        due, unchanged = ClassGrading(course, None).due(chosen)
    except GradingError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(_about_files(error))
    results = [Graded(result.student, "needs a look" if result.why else "graded", result.why) for result in unchanged]
    counts = Counter(result.state for result in results)
    click.echo(f"{counts['graded']:6} graded\n{counts['needs a look']:6} need a look\n{len(due):6} to be graded")
    for result in results:
        if result.why:
            click.echo(f"  {result.student}  {result.why}")
    return LOOK_NEEDED if due or counts["needs a look"] else DONE
