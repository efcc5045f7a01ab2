"""What students get: everything they need, in the same bytes each time, and nothing of what is to be worked out."""

import io
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from click.testing import CliRunner

from autograder.cli import main
from autograder.desk.wheel import build_wheel
from autograder.grading.first_cell import CELL_ID
from autograder.grading.normalise import normalise
from autograder.grading.stubs import LINES_STUB
from tests.conftest import LESSONS, ROOT
from tests.docs.test_commands import NOT_OF_THE_COURSE, files_below
from tests.grading.conftest import CONFIG, LESSON, marks, source_notebook

WHEEL, _ = build_wheel()
PAGE, NEEDS = "how-to-open.html", "requirements.txt"
ADDRESS = "https://example.org/files/backpropagation_workbook-0.1.0-py3-none-any.whl?version=2&raw=1"
SCHEME = "\n=== BEGIN MARK SCHEME ===\nTwo points for the inner derivative.\n=== END MARK SCHEME ==="


def release(course, target, *words, code=0):
    """Run the command, and return what it said."""
    done = CliRunner().invoke(main, ["release", *words, "--course", str(course), "--to", str(target)])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output


def unzipped(path):
    """The files of a zip by name, without the one folder that all of them are in."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {name.partition("/")[0] for name in names} == {path.stem}
        return {name.partition("/")[2]: archive.read(name) for name in names}


def notebook(content):
    return nbformat.reads(content.decode(), as_version=4)


def source(lesson, root=ROOT):
    return nbformat.read(root / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)


def texts(files):
    """The text of every file, with those of the wheel, and of every cell of a notebook."""
    for name, content in files.items():
        if name.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                yield from texts({each: wheel.read(each) for each in wheel.namelist()})
        elif name.endswith(".ipynb"):
            yield from (cell.source for cell in notebook(content).cells)
        else:
            yield content.decode("utf-8", "replace")


def between(begin, end, text):
    return re.findall(rf"{begin}[^\n]*\n(.*?)^[^\n]*{end}", text, re.M | re.S)


@pytest.fixture(scope="session")
def everything(tmp_path_factory):
    """All lessons of the course, each by itself and as a package, released and worked."""
    target = tmp_path_factory.mktemp("everything")
    release(ROOT, target, *LESSONS)
    release(ROOT, target, "--package")
    release(ROOT, target, "--solutions", *LESSONS)
    return target


@pytest.fixture
def course(tmp_path):
    """A course of one small lesson, with data."""
    small = source_notebook()
    small.cells[-1].source += SCHEME
    install = next(cell for cell in source(LESSON).cells if cell.id == CELL_ID)
    small.cells.insert(1, nbformat.v4.new_code_cell(install.source, id=CELL_ID))
    folder = tmp_path / "course" / "solutions" / LESSON
    folder.mkdir(parents=True)
    nbformat.write(small, folder / f"{LESSON}.ipynb")
    (folder / "data.csv").write_text("1,2\n")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "wide.png").write_bytes(b"\x89PNG")
    (tmp_path / "course" / "nbgrader_config.py").write_text(CONFIG)
    return tmp_path / "course"


def configure(course, line):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f"\n{line}\n")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_release_is_the_lesson_with_the_package_and_a_page(everything, lesson):
    files = unzipped(everything / f"{lesson}.zip")
    assert set(files) == {f"{lesson}.ipynb", WHEEL, NEEDS, PAGE}
    # tests/notebooks/test_lessons.py holds lessons/ against what nbgrader makes of the source.
    assert files[f"{lesson}.ipynb"] == (ROOT / "lessons" / lesson / f"{lesson}.ipynb").read_bytes()
    assert files[NEEDS].decode() == f"./{WHEEL}[lab]\n"


def test_no_release_holds_a_solution_a_hidden_test_or_a_mark_scheme(everything):
    solutions, secrets = set(), set()
    for lesson in LESSONS:
        for cell in source(lesson).cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                bare = "\n".join(line for line in cell.source.split("\n") if "### " not in line)
                solutions |= {cell.source.strip(), bare.strip()}
            secrets |= {text.strip() for text in between("BEGIN MARK SCHEME", "END MARK SCHEME", cell.source)}
    assert len(solutions) > 100 and len(secrets) == len(LESSONS)
    for path in [*(everything / f"{lesson}.zip" for lesson in LESSONS), everything / "backpropagation.zip"]:
        files = unzipped(path)
        for text in texts(files):
            assert not [secret for secret in solutions | secrets if secret in text]
        for name in files:
            if name.endswith(".ipynb"):
                cells = notebook(files[name]).cells
                assert not [cell for cell in cells if cell.get("outputs") or "grade(" in cell.source]


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_answer_is_left_in_its_cell(everything, lesson):
    files = unzipped(everything / f"{lesson}.zip")
    released = {cell.id: cell.source for cell in notebook(files[f"{lesson}.ipynb"]).cells}
    answers = 0
    for cell in source(lesson).cells:
        for answer in between("BEGIN SOLUTION", "END SOLUTION", cell.source):
            answers += 1
            assert answer.strip() not in released[cell.id]
            assert "NotImplementedError" in released[cell.id] or LINES_STUB in released[cell.id]
    assert answers


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_worked_lesson_holds_every_solution_and_nothing_that_is_for_grading(everything, lesson):
    files = unzipped(everything / f"{lesson}-solutions.zip")
    assert set(files) == {f"{lesson}-solutions.ipynb", WHEEL, NEEDS, PAGE}
    cells = {cell.id: cell for cell in notebook(files[f"{lesson}-solutions.ipynb"]).cells}
    original = source(lesson).cells
    assert list(cells) == [cell.id for cell in original]
    for cell in original:
        worked, kind = cells[cell.id], cell.metadata.get("nbgrader", {})
        assert "nbgrader" not in worked.metadata
        assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN|MARK)", worked.source)
        for answer in between("BEGIN SOLUTION", "END SOLUTION", cell.source):
            assert answer in worked.source + "\n"
        if kind.get("grade") and cell.cell_type == "code":
            assert "grade(" not in worked.source and worked.outputs == []
            assert worked.source.startswith(("check(", "derive("))
        elif cell.cell_type == "code":
            assert worked.outputs == cell.outputs
        for scheme in between("BEGIN MARK SCHEME", "END MARK SCHEME", cell.source):
            assert scheme.strip() not in worked.source
    page = files[PAGE].decode()
    assert "Handing it in" not in page and "worked lesson" in page


def test_the_package_is_one_folder_and_one_zip_of_the_whole_course(everything):
    files = unzipped(everything / "backpropagation.zip")
    own = {WHEEL, NEEDS, PAGE, "README.md"}
    assert set(files) == own | {f"{lesson}/{lesson}.ipynb" for lesson in LESSONS}
    assert {path.as_posix(): content for path, content in files_below(everything / "backpropagation").items()} == files
    for lesson in LESSONS:
        assert files[f"{lesson}/{lesson}.ipynb"] == unzipped(everything / f"{lesson}.zip")[f"{lesson}.ipynb"]
        assert f"{lesson}/{lesson}.ipynb" in files["README.md"].decode()


def test_a_package_that_is_under_version_control_stays_so_and_keeps_no_older_wheel(course, tmp_path):
    place = tmp_path / "small"
    (place / ".git").mkdir(parents=True)
    (place / ".git" / "config").write_text("[core]")
    (place / "backpropagation_workbook-0.0.9-py3-none-any.whl").write_text("old")
    (place / NEEDS).write_text("old")
    release(course, tmp_path, "--package")
    assert (place / ".git" / "config").read_text() == "[core]"
    assert [path.name for path in place.glob("*.whl")] == [WHEEL]
    assert (place / NEEDS).read_text() == f"./{WHEEL}[lab]\n"
    assert (place / LESSON / "pictures" / "wide.png").read_bytes() == b"\x89PNG"


def test_data_come_along_and_what_programs_left_there_does_not(course, tmp_path):
    folder = course / "solutions" / LESSON
    for left in (".DS_Store", ".ipynb_checkpoints/x.ipynb", "__pycache__/a.pyc", "gradebook.db", ".git/config"):
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("left")
    for words, name in ((), f"{LESSON}.ipynb"), (["--solutions"], f"{LESSON}-solutions.ipynb"):
        release(course, tmp_path, LESSON, *words)
        files = unzipped(tmp_path / f"{LESSON}{'-solutions' if words else ''}.zip")
        assert set(files) == {name, "data.csv", "pictures/wide.png", WHEEL, NEEDS, PAGE}
        assert files["data.csv"] == b"1,2\n"
        page = BeautifulSoup(files[PAGE], "html.parser").get_text()
        assert f"Drag {WHEEL}, data.csv and pictures/wide.png into that list." in page
    assert not (course / "classroom" / "gradebook.db").exists() and not (course / "lessons").exists()


def test_the_same_course_gives_the_same_bytes(course, tmp_path):
    release(course, tmp_path / "one", LESSON)
    for path in course.rglob("*"):
        path.touch()
    release(course, tmp_path / "two", f"solutions/{LESSON}/", LESSON)
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two") != {}


def test_with_an_address_of_the_package_the_wheel_is_left_out_and_the_notebook_knows_it(course, tmp_path):
    configure(course, f"c.Desk.package_url = {ADDRESS!r}")
    release(course, tmp_path, LESSON)
    files = unzipped(tmp_path / f"{LESSON}.zip")
    assert set(files) == {f"{LESSON}.ipynb", "data.csv", "pictures/wide.png", NEEDS, PAGE}
    assert files[NEEDS].decode() == f"backpropagation-workbook[lab] @ {ADDRESS}\n"
    assert ".whl" not in files[PAGE].decode()
    submitted = notebook(files[f"{LESSON}.ipynb"])
    first = next(cell for cell in submitted.cells if cell.id == CELL_ID)
    assert f'["{ADDRESS}"]' in first.source
    compile(first.source, "first cell", "exec")
    # Grading is quick only with cells that are the source's.
    original = source(LESSON, course)
    normalise(submitted, original)
    assert first.source == next(cell.source for cell in original.cells if cell.id == CELL_ID)


def test_the_page_names_the_browser_edition_only_where_there_is_one(course, tmp_path):
    release(course, tmp_path, LESSON)
    assert "browser edition" not in unzipped(tmp_path / f"{LESSON}.zip")[PAGE].decode()
    configure(course, 'c.Desk.browser_url = "https://example.org/course/?a=1&b=2"')
    release(course, tmp_path, LESSON)
    page = BeautifulSoup(unzipped(tmp_path / f"{LESSON}.zip")[PAGE], "html.parser")
    (link,) = (link for link in page.select("a") if "example.org" in link["href"])
    assert link["href"] == link.get_text() == "https://example.org/course/?a=1&b=2"
    assert page.get_text().count("browser edition") > 1


def test_the_page_names_the_versions_of_python_that_are_tested(everything):
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    page = BeautifulSoup(unzipped(everything / f"{LESSON}.zip")[PAGE], "html.parser").get_text()
    named = re.findall(r"3\.\d\d", page.partition("Working on it")[0])
    assert named[:3] == workflow["jobs"]["lessons"]["strategy"]["matrix"]["python"]


def _without_end(course):
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("### END SOLUTION", "###"))


def _no_json(course):
    (course / "solutions" / LESSON / f"{LESSON}.ipynb").write_text("{")


@pytest.mark.parametrize(
    ("spoil", "words", "code", "said"),
    [
        (None, ["3-delta"], 1, "Did you mean 03-delta-recursion?"),
        (None, [], 2, "Name a lesson"),
        (_without_end, [LESSON], 1, "cannot be released: "),
        (_without_end, [LESSON, "--package"], 1, "cannot be released: "),
        (_no_json, [LESSON, "--solutions"], 1, "is not a notebook"),
        (_no_json, ["--package"], 1, "is not a notebook"),
        (lambda course: shutil.rmtree(course / "solutions"), ["--package"], 1, "There are no lessons"),
        (lambda course: (course / "nbgrader_config.py").unlink(), [LESSON], 1, "There is no nbgrader_config.py"),
        (lambda course: configure(course, "c.Desk.package_url = 3"), [LESSON], 1, "is not valid"),
        (lambda course: configure(course, "c.Desk.package_url = 'x.whl'"), [LESSON], 1, "not the address of a wheel"),
        (lambda course: configure(course, """c.Desk.package_url = 'https://a/"; rm x'"""), [LESSON], 1, "quotation"),
    ],
)  # fmt: skip
def test_what_cannot_be_released_is_said_in_a_sentence_and_nothing_is_written(
    course, tmp_path, spoil, words, code, said
):
    if spoil:
        spoil(course)
    output = release(course, tmp_path / "out", *words, code=code)
    assert said in output
    assert len(output.splitlines()) <= (4 if code == 2 else 1)
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_to_is_named(course, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file" in release(course, tmp_path / "file" / "below", LESSON, code=1)


def test_a_lesson_with_a_marked_cell_outside_its_notebook_format_is_refused(course, tmp_path):
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    broken = nbformat.read(path, as_version=4)
    broken.cells[2].metadata |= marks("output-delta", solution=True, schema_version=99)
    nbformat.write(broken, path)
    assert "nbgrader cannot read" in release(course, tmp_path / "out", LESSON, code=1)


@pytest.fixture(scope="module")
def from_setuptools(tmp_path_factory):
    """The wheel that pip builds from a copy of the project."""
    place = tmp_path_factory.mktemp("setuptools")
    shutil.copytree(ROOT, place / "project", ignore=NOT_OF_THE_COURSE)
    words = ["wheel", "--quiet", "--no-deps", "--wheel-dir", place, place / "project"]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return place / WHEEL


def test_the_wheel_is_what_setuptools_would_build(everything, from_setuptools):
    with (
        zipfile.ZipFile(from_setuptools) as theirs,
        zipfile.ZipFile(io.BytesIO(unzipped(everything / f"{LESSON}.zip")[WHEEL])) as ours,
    ):
        names = set(ours.namelist())
        (info,) = {name.partition("/")[0] for name in names} - {"autograder", "nblib"}
        written_anew = {f"{info}/{name}" for name in ("RECORD", "WHEEL", "top_level.txt")}
        assert names - written_anew == set(theirs.namelist()) - written_anew
        for name in names - written_anew:
            assert ours.read(name) == theirs.read(name), name


def test_an_installed_package_hands_out_the_wheel_that_it_came_from(course, tmp_path, everything):
    """The checkout is not needed: only the packages, and a course folder."""
    wheel = tmp_path / WHEEL
    wheel.write_bytes(unzipped(everything / f"{LESSON}.zip")[WHEEL])
    place = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", place, wheel]
    subprocess.run(pip, check=True)
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from autograder.__main__ import main; main()"
    command = [sys.executable, "-c", code, place, "release", LESSON, "--course", course, "--to", tmp_path / "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert unzipped(tmp_path / "out" / f"{LESSON}.zip")[WHEEL] == wheel.read_bytes()
