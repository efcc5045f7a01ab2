"""Exercises are read from files, one at a time; what is wrong with a file is said with its name and the text."""

import subprocess
import sys

import pytest

from autograder.audit.rules import MAX_LINES, MAX_LINES_ON_AVERAGE, lines_of_files
from autograder.exercise import Exercise
from autograder.exercises import EXERCISES, QUESTIONS, load
from tests.conftest import LESSONS

REFERENCE = '"""A sum."""\n\n\ndef sums(a, b):\n    total = a + b\n    return total\n'


@pytest.fixture
def mistakes(tmp_path, monkeypatch):
    """Read the mistakes of a small exercise from the text of its TOML file."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "sums.py").write_text(REFERENCE)

    def read(text, shared=""):
        sys.modules.pop("sums", None)
        (tmp_path / "sums.toml").write_text(text)
        if shared:
            (tmp_path / "shared.toml").write_text(shared)
        module = __import__("sums")
        exercise = Exercise(0, "a + b", list, [], name="sums", reference=module.sums)
        return load.Mistakes(exercise, module)

    return read


def test_edits_and_code_become_functions(mistakes):
    text = (
        '[difference]\nedit = ["a + b", "a - b"]\nhint = "Subtracted."\n'
        '[both]\nedits = [["a + b", "a * b"], ["return total", "return -total"]]\nhint = "Two places."\n'
        '[own]\ncode = """\ndef sums(a, b):\n    return np.array([a, b])"""\nhint = "Own code."\n'
        "telling_failure = true\n"
    )
    difference, both, own = mistakes(text)
    assert (difference.id, difference.function(5, 3), difference.hint) == ("difference", 2, "Subtracted.")
    assert both.function(5, 3) == -15
    assert own.function(5, 3).tolist() == [5, 3]
    assert (own.telling_failure, difference.telling_failure) == (True, False)
    assert both.edits == (("a + b", "a * b"), ("return total", "return -total"))


def test_what_an_entry_leaves_out_comes_from_the_lessons_shared_file(mistakes):
    shared = '[sign]\nedit = ["a + b", "-a - b"]\nhint = "Wrong sign."\n'
    same, other = mistakes("[sign]\n", shared)[0], mistakes('[sign]\nedit = ["total = a", "total = -a"]\n', shared)[0]
    assert (same.function(5, 3), same.hint) == (-8, "Wrong sign.")
    assert (other.function(5, 3), other.hint) == (-2, "Wrong sign.")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            'edit = ["a * b", "a"]\nhint = ""',
            "the text 'a * b' has to occur once in the reference, but occurs not",
        ),
        ('edit = ["total", "t"]\nhint = ""', "'total' has to occur once in the reference, but occurs 2 times"),
        ('edits = [["a + b", "a"], ["+ b\\n", "b"]]\nhint = ""', "overlaps"),
        ('edit = ["a + b", "a +"]\nhint = ""', "invalid syntax in the text 'total = a +'"),
        ('code = "def other(): pass"\nhint = ""', "the code defines no function sums"),
        ('code = ""\nedit = ["a", "b"]\nhint = ""', "exactly one of ends, edit, edits, code"),
        ('hint = ""', "exactly one of ends, edit, edits, code"),
        ('edit = ["a + b", "a"]', "it has no hint"),
        ('edit = ["a + b"]\nhint = ""', "an edit is a pair of texts"),
        ('edits = ["a + b", "a"]\nhint = ""', "an edit is a pair of texts"),
        ('edit = ["a + b", "a"]\nhint = ""\ntelling = true', "unknown key `telling`; did you mean `telling_failure`"),
        ('ends = "return {sum}"\nhint = ""', "'sum' in 'return {sum}' means nothing. This reference has {result}"),
        ('ends = "return {first}"\nhint = ""', "'first' in 'return {first}' means nothing"),
        ('ends = "return 1"\nedit = ["a + b", "a"]\nhint = ""', "exactly one of ends, edit, edits, code"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(mistakes, entry, words):
    with pytest.raises(load.CatalogueError) as error:
        list(mistakes(f"[my-mistake]\n{entry}\n"))
    assert "sums.toml [my-mistake]: " in str(error.value)
    assert words in str(error.value)


def test_what_stands_in_place_of_the_last_line_is_built_from_it(mistakes):
    text = (
        '[listed]\nends = "return [{result}, {argument}]"\nhint = "A list."\n'
        '[printed]\nends = """\nprint({result})\nreturn None"""\nhint = "Printed."\n'
    )
    listed, printed = mistakes(text)
    assert listed.function(5, 3) == [8, 5]
    assert printed.function(5, 3) is None


def test_an_edit_of_the_last_line_needs_a_return_there(mistakes, tmp_path):
    global_reference = "def sums(a, b):\n    if a:\n        return a + b\n"
    (tmp_path / "sums.py").write_text(global_reference)
    with pytest.raises(load.CatalogueError, match=r"sums\.toml \[last\]: `ends` needs .* Use `edit` instead"):
        list(mistakes('[last]\nends = "return 1"\nhint = ""\n'))


def test_a_family_of_the_course_is_taken_by_its_name_and_said_in_other_words(mistakes):
    taken, sharpened = mistakes('families = ["one-element-array"]\n[summed]\nhint = "In other words."\n')
    assert (taken.id, taken.function(5, 3).tolist()) == ("one-element-array", [8])
    assert taken.hint == load.read(load.FOLDER / "families.toml")["one-element-array"]["hint"]
    assert (sharpened.function(5, 3), sharpened.hint) == (8, "In other words.")


def test_a_family_of_the_lesson_comes_before_that_of_the_course(mistakes):
    shared = '[summed]\nedit = ["a + b", "a"]\n'
    (first,) = mistakes('families = ["summed"]\n', shared)
    assert first.function(5, 3) == 5
    assert first.hint == load.read(load.FOLDER / "families.toml")["summed"]["hint"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('families = ["h-ignored"]\n', "has a hint but no edit, .* isn't in the list `families` then"),
        ("[h-ignored]\n", "has a hint but no edit"),
        ("[h-ignored]\ntelling_failure = true\n", "has a hint but no edit"),
        ("[h-ignored]\nend = 'return 1'\n", "unknown key `end`; did you mean `ends`"),
        ("[h-ignored]\nxyz = 'return 1'\n", "unknown key `xyz`; the keys are code, edit, "),
        (
            '[h-ignored]\nhint = "The default is used."\n',
            "it needs exactly one of ends, edit, edits, code, but has none",
        ),
    ],
)
def test_a_family_without_an_edit_has_to_be_completed(mistakes, text, words):
    shared = '[h-ignored]\nhint = "Another h changes nothing."\n'
    with pytest.raises(load.CatalogueError, match=rf"sums[.]toml \[h-ignored\]: .*{words}"):
        list(mistakes(text, shared))
    (mended,) = mistakes('[h-ignored]\nedit = ["a + b", "a"]\n', shared)
    assert (mended.function(5, 3), mended.hint) == (5, "Another h changes nothing.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('families = "summed"\n', "families has to be a list of names"),
        ('families = ["summed", "summed"]\n', "summed stands here twice"),
        ('families = ["summed"]\n[summed]\nhint = ""\n', "summed stands here twice"),
        ('families = ["sumed"]\n', "there is no family called sumed"),
    ],
)
def test_a_list_of_families_that_cannot_be_used_is_explained(mistakes, text, words):
    with pytest.raises(load.CatalogueError, match=rf"sums\.toml: .*{words}"):
        list(mistakes(text))


def test_every_family_is_used():
    lessons = {}
    for path in load.FOLDER.glob("lesson_*/*.toml"):
        if path.stem not in ("shared", "recall"):
            text = load.read(path)
            lessons.setdefault(path.parent, set()).update([*text.pop("families", []), *text])
    assert set(load.read(load.FOLDER / "families.toml")) - set().union(*lessons.values()) == set()
    for lesson, used in lessons.items():
        assert set(load.read_if_there(lesson / "shared.toml")) - used == set()


def test_a_file_that_is_no_toml_is_named(mistakes):
    with pytest.raises(load.CatalogueError, match=r"sums\.toml: .*line 1"):
        list(mistakes("[my-mistake\n"))


def test_a_failure_of_a_mistake_shows_the_line_that_was_changed(mistakes):
    (wrong,) = mistakes('[name]\nedit = ["a + b", "a + c"]\nhint = ""\n')
    from autograder.checking.call import call

    assert call(wrong.function, (1, 2)).failure.line == "total = a + c"


def test_only_the_exercise_that_is_checked_is_loaded_and_mistakes_only_for_a_wrong_answer():
    program = """
import sys
from autograder.check import check
from autograder.exercises import families, files
read = []
for module in families, files:
    module.read = lambda path, right=module.read: read.append(path.name) or right(path)
def evaluation_weights(W, p_drop):
    return (1 - p_drop) * W
assert check(evaluation_weights).passed
loaded = sorted(name for name in sys.modules if name.startswith("autograder.exercises.lesson_"))
assert loaded == ["autograder.exercises.lesson_05", "autograder.exercises.lesson_05.evaluation_weights"], loaded
assert read == [], read
def evaluation_weights(W, p_drop):
    return p_drop * W
assert check(evaluation_weights).mistakes == ("slides",)
assert sorted(read) == ["evaluation_weights.toml", "families.toml", "shared.toml"], read
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_lessons_hold_all_exercises():
    assert {exercise.lesson for exercise in EXERCISES.values()} == set(LESSONS)
    assert {name.partition(".")[0] for name in QUESTIONS} == {str(int(lesson[:2])) for lesson in LESSONS}


def test_files_stay_small():
    lines = lines_of_files()
    assert [path.name for path, count in lines.items() if count > MAX_LINES[path.suffix]] == []
    assert sum(lines.values()) / len(EXERCISES) <= MAX_LINES_ON_AVERAGE
