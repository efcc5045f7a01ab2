"""``autograder release``: lessons as zip files that students can open anywhere."""

from pathlib import Path

import click

from autograder.desk.archive import write_whole, zipped
from autograder.desk.command_line import course_option, fail

_PAGE = "how-to-open.html"


@click.command(short_help="Write lessons as zip files for students.")
@click.argument("lessons", nargs=-1, metavar="LESSON...")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to. It's created if it doesn't exist.",
)
@click.option("--package", is_flag=True, help="Write all lessons, or those you name, into one folder and one zip file.")
@click.option("--solutions", is_flag=True, help="Write the worked lessons instead, to hand out after the due date.")
@course_option
def command(lessons, target, package, solutions, course):
    """Write each LESSON as a zip file for students.

    The file contains the notebook without solutions, its data, the course's package, and a page that explains how to
    open it. Give students the file as it is.

    Exit codes: 0 written, 1 nothing written, 2 wrong usage, 70 an error in autograder itself.
    """
    from autograder.desk.handout import Course
    from autograder.desk.wheel import WheelError
    from autograder.grading.opening import GradingError

    if not lessons and not package:
        raise click.UsageError("Name a lesson, or use --package for all of them.")
    try:
        source = Course(course)
        names = list(dict.fromkeys(Path(lesson).name for lesson in lessons)) or source.lessons()
        if not names:
            fail(f"There are no lessons in {course.resolve()}. Put their sources into the folder of the course.")
        handouts = {name: source.worked(name) if solutions else source.released(name) for name in names}
        archives = _archives(source, handouts, package, solutions)
    except (GradingError, WheelError) as error:
        fail(str(error))
    # Everything is ready before the first file is written.
    for folder, files in archives.items():
        if package:
            _write_folder(target / folder, files)
            click.echo(f"{target / folder}: {len(files)} files")
        content = zipped({f"{folder}/{name}": each for name, each in files.items()})
        path = target / f"{folder}.zip"
        write_whole(path, content)
        click.echo(f"{path}: {len(files)} files, {len(content) / 1000:,.0f} kB")
    for name in names:
        click.echo(f"{name}: {source.points(name):g} points")


def _archives(source, handouts, package, solutions):
    """Return the contents of each archive, by the name of the folder that it unpacks to."""
    suffix = "-solutions" if solutions else ""
    common = _package_of_the_course(source.settings.package_url)
    if package:
        files = {f"{lesson}/{name}": each for lesson, found in handouts.items() for name, each in found.items()}
        return {source.name + suffix: _complete(source.name + suffix, files, common, source.settings, solutions)}
    return {
        lesson + suffix: _complete(lesson + suffix, files, common, source.settings, solutions)
        for lesson, files in handouts.items()
    }


def _package_of_the_course(address):
    """Return the wheel, unless an address for it is set, and the requirements for a student's own computer."""
    from autograder.desk.wheel import DISTRIBUTION, build_wheel

    if address:
        return {"requirements.txt": f"{DISTRIBUTION}[lab] @ {address}\n".encode()}
    name, content = build_wheel()
    return {name: content, "requirements.txt": f"./{name}[lab]\n".encode()}


def _complete(folder, files, common, settings, worked):
    """Return the files of a handout with the package and the pages that explain it."""
    from autograder.desk.how_to_open import as_page, how_to_open

    notebooks = [name for name in files if name.endswith(".ipynb")]
    wheel = next((name for name in common if name.endswith(".whl")), "")
    data = [name for name in files if name not in notebooks]
    text = how_to_open(notebooks, data, folder, wheel, settings.browser_url, worked)
    pages = {_PAGE: as_page(text).encode()}
    if any("/" in name for name in notebooks):
        pages["README.md"] = text.encode()  # what a git server shows
    return files | common | pages


def _write_folder(folder, files):
    """Write a handout as a folder, which may be under version control; other files in it stay."""
    for name, content in files.items():
        write_whole(folder / name, content)
    for old in folder.glob("backpropagation_workbook-*.whl"):
        if old.name not in files:
            old.unlink()
