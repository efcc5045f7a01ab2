"""The command ``autograder build``: what Gradescope or PrairieLearn needs to grade a lesson in its own container."""

import uuid
from importlib import resources
from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly

# The most that a submission may use there. A container is stopped after ten minutes, and then there is no result, and
# PrairieLearn's has 2 GB of memory.
_MOST = {"memory": 3 * 2**29, "wall_seconds": 480.0}


@click.command("build")
@click.argument("grader", type=click.Choice(["gradescope", "prairielearn"]))
@click.argument("lesson")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to write.")
@course_option
def command(grader, lesson, folder, course):
    """Write what GRADER needs to grade LESSON in its own container.

    For Gradescope, that's a zip file to be uploaded as the autograder of a programming assignment. For PrairieLearn,
    it's the folder of a question. Both hold the solutions and the hidden tests, so keep them as safe as the course.

    Exit codes: 0 done, 1 nothing could be written, 2 wrong usage.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.wheel import WheelError
    from autograder.grading.opening import GradingError

    lesson = PurePath(lesson).name
    try:
        path = (_gradescope if grader == "gradescope" else _prairielearn)(course, lesson, folder)
    except (GradingError, WheelError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    click.echo(f"Wrote {path}")


def _gradescope(course, lesson, folder):
    from autograder.desk.archive import zipped
    from autograder.desk.files import write_whole

    files = _course_files(course, lesson)
    for name in ("setup.sh", "run_autograder"):
        files[name] = _template(f"gradescope_{name}", lesson)
    path = folder / f"{lesson}-gradescope.zip"
    write_whole(path, zipped(files))
    return path


def _prairielearn(course, lesson, folder):
    from autograder.desk.files import write_whole

    files = {f"tests/{name}": content for name, content in _course_files(course, lesson).items()}
    files["tests/run.sh"] = _template("prairielearn_run.sh", lesson)
    files["info.json"] = _template("prairielearn_info.json", lesson, title=_title(course, lesson), uuid=_uuid(lesson))
    files["question.html"] = _template("prairielearn_question.html", lesson)
    files["Dockerfile"] = _template("prairielearn_Dockerfile", lesson)
    target = folder / lesson
    for name, content in files.items():
        write_whole(target / name, content)
        if name.endswith(".sh"):
            (target / name).chmod(0o755)
    return target


def _course_files(folder, lesson):
    """Return what a container needs of a course to grade one lesson, by name."""
    from autograder.desk.wheel import build_wheel
    from autograder.grading.course import Course

    course = Course(folder, lesson)
    wheel, content = build_wheel()
    source = Path(course.directory.format_path(course.directory.source_directory, ".", lesson))
    files = {
        f"course/solutions/{lesson}/{path.name}": path.read_bytes()
        for path in sorted(source.glob("*"))
        if path.is_file()
    }
    settings = course.settings.trait_values(config=True)
    settings |= {name: min(settings[name], most) for name, most in _MOST.items()}
    files["course/nbgrader_config.py"] = _template("container_config.py", lesson, settings=settings)
    return files | {wheel: content}


def _uuid(lesson):
    """Return the question's identifier, the same whenever it is built."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"backpropagation-workbook/{lesson}"))


def _title(folder, lesson):
    from autograder.desk.tasks import title_of
    from autograder.grading.course import Course

    return title_of(lesson, Course(folder, lesson).sources)


def _template(name, lesson, **values):
    import jinja2

    text = resources.files("autograder.desk.graders").joinpath(f"{name}.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(text).render(lesson=lesson, **values).encode()
