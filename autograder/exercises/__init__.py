"""All exercises and recall questions of the course, by name; each is loaded when it is first asked for."""

from autograder.exercises.load import FOLDER, Exercises, Questions

# An exercise is a module and a TOML file of its name; a lesson's other files serve several exercises.
_PATHS = [path for path in sorted(FOLDER.glob("lesson_*/*.py")) if path.with_suffix(".toml").exists()]
_PATHS = [path for path in _PATHS if path.stem != "shared"]

EXERCISES = Exercises({path.stem: path for path in _PATHS})
QUESTIONS = Questions(sorted(FOLDER.glob("lesson_*/recall.toml")))
