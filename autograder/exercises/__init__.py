"""All exercises, derivations and recall questions of the course, by name; each is loaded when it is first asked for."""

from autograder.exercises.files import read
from autograder.exercises.load import FOLDER, Exercises, Questions
from autograder.exercises.load_derivation import load_derivation

# An exercise is a module and a TOML file of its name; a lesson's other files serve several exercises.
_PATHS = [path for path in sorted(FOLDER.glob("lesson_*/*.py")) if path.with_suffix(".toml").exists()]
_PATHS = [path for path in _PATHS if path.stem != "shared"]

EXERCISES = Exercises({path.stem: path for path in _PATHS})
QUESTIONS = Questions(sorted(FOLDER.glob("lesson_*/recall.toml")))

# By lesson, its exercises and derivations in order, each with the earlier ones that it builds on.
ORDER = read(FOLDER / "order.toml")
# Those that count nothing in a lesson as it is released.
OPTIONAL = frozenset(ORDER.pop("optional"))

# A derivation is a TOML file with no module beside it.
_SHARED = {"shared", "recall", "families"}
DERIVATIONS = Exercises(
    {
        path.stem: path
        for path in sorted(FOLDER.glob("lesson_*/*.toml"))
        if path.stem not in _SHARED and not path.with_suffix(".py").exists()
    },
    load_derivation,
)
