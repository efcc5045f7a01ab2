"""What the platforms have in common: what the path of a file says about a submission."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Person:
    """Somebody who handed something in, as far as a platform's file names tell.

    Attributes
    ----------
    name : str
        First and last name, in whatever order; for Canvas both in one word, the last name first.
    platform_id : str
        What the platform calls the person; empty where it doesn't say.
    """

    name: str = ""
    platform_id: str = ""


@dataclass(frozen=True)
class Clues:
    """What the path of one file in a download says.

    Attributes
    ----------
    person : Person
        Who handed it in.
    attempt : str
        The same for the files that were handed in together.
    file : str
        The name of the file as it was handed in; empty for the platform's own note about the submission.
    name : str
        What the platform called the submission; see :class:`autograder.desk.collected.Collected`.
    time : datetime.datetime or None
        When it was handed in, in the platform's time zone.
    late : bool
        Whether the platform says that it was late.
    number : int
        Grows from one uploaded file to the next; 0 where files aren't numbered.
    """

    person: Person
    attempt: str
    file: str
    name: str
    time: datetime | None = None
    late: bool = False
    number: int = 0


def split_name(full_name):
    """Split a full name into the first names and the last name, at the last space.

    Some names are divided elsewhere, so this is only for showing them: students are matched by all parts of a name.
    """
    first, _, last = full_name.strip().rpartition(" ")
    return first.strip(), last


def split_sorted_name(name):
    """Split a name written as ``Lovelace, Ada`` into the first names and the last name."""
    last, comma, first = name.partition(",")
    return (first.strip(), last.strip()) if comma else split_name(name)
