"""Remember who was forgotten, as salted hashes, so that no class list brings a person back.

A hash says nothing by itself. But anybody who has this file, and who knows or guesses a person's id or email address,
can find out whether that person was forgotten. So the file has to be deleted with everything else when a course ends.
"""

import hashlib
import json
import os
from pathlib import Path

from autograder.desk.files import write_whole

PLACE = Path("classroom") / "forgotten.json"
_EXPLANATION = "Salted hashes of people who were forgotten, so that no class list brings them back."


class Forgotten:
    """The people who were forgotten in a course.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.
    """

    def __init__(self, course):
        self._path = Path(course) / PLACE
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
            self._salt, self._people = bytes.fromhex(held["salt"]), [set(hashes) for hashes in held["people"]]
        except (OSError, ValueError, KeyError, TypeError):
            self._salt, self._people = os.urandom(16), []

    def known_as(self, student):
        """Return the id or address by which a forgotten person was known, or None if they weren't forgotten.

        Parameters
        ----------
        student : autograder.desk.roster.Student
            As a class list has them.

        Returns
        -------
        str or None
            An id or an email address.
        """
        words = _words_of(student) if self._people else ()
        return next((word for word in words if any(self._hash(word) in hashes for hashes in self._people)), None)

    def add(self, student):
        """Note that a person is forgotten."""
        hashes = set(map(self._hash, _words_of(student)))
        self._write([*(each for each in self._people if each != hashes), hashes])

    def remove(self, word):
        """Let a person with this id or email address be in the course again, and return whether they were forgotten."""
        left = [hashes for hashes in self._people if self._hash(word.strip().casefold()) not in hashes]
        changed = len(left) < len(self._people)
        if changed:
            self._write(left)
        return changed

    def _write(self, people):
        self._people = people
        if not people:
            self._path.unlink(missing_ok=True)
            return
        held = {"about": _EXPLANATION, "salt": self._salt.hex(), "people": [sorted(hashes) for hashes in people]}
        write_whole(self._path, (json.dumps(held, indent=1) + "\n").encode())

    def _hash(self, word):
        # Slow enough that trying every number that could be an id takes long, and fast enough for a class.
        return hashlib.scrypt(word.encode(), salt=self._salt, n=2**10, r=8, p=1, dklen=16).hex()


def _words_of(student):
    """Return what only this person has: no names, and not Moodle's numbers, which differ between assignments."""
    words = [student.id, student.email, student.canvas_id, student.blackboard_id]
    return list(dict.fromkeys(word.strip().casefold() for word in words if word.strip()))
