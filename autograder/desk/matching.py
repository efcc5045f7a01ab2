"""Find out which student of the roster handed something in, from what a platform's download says."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from autograder.desk.platforms.parts import split_name
from autograder.desk.roster import Student, name_key
from autograder.desk.safe_names import safe_id
from autograder.desk.spellings import plain, spellings

# What a platform calls a student in all of its downloads. Moodle's numbers differ from one assignment to the next.
_LASTING = ("canvas", "blackboard")


@dataclass
class Matches:
    """Who is who.

    Attributes
    ----------
    students : dict of str to autograder.desk.roster.Student
        The roster, with what the download adds to it.
    ids : dict of autograder.desk.platforms.parts.Person to str
        The id of each person who was found.
    unmatched : dict of autograder.desk.platforms.parts.Person to str
        Why somebody wasn't found, and what to do.
    candidates : set of str
        The ids of students who may be among the unmatched, because they share a name.
    """

    students: dict
    ids: dict = field(default_factory=dict)
    unmatched: dict = field(default_factory=dict)
    candidates: set = field(default_factory=set)


def match(persons, platform, students, records, extend):
    """Find everybody whose submission is in one download.

    Parameters
    ----------
    persons : iterable of autograder.desk.platforms.parts.Person
        Everybody in the download. The platform gives each of them a different name or number.
    platform : str
        ``"moodle"``, ``"canvas"``, ``"blackboard"`` or ``"folder"``.
    students : dict of str to autograder.desk.roster.Student
        The roster, by id.
    records : dict of str to autograder.desk.collected.Collected
        What was collected of this lesson before.
    extend : bool
        Whether people who aren't in the roster are added to it.

    Returns
    -------
    Matches
    """
    found = Matches(dict(students))
    known = {record.platform_id: record.id for record in records.values() if record.platform == platform}
    by_name = {}
    for person in dict.fromkeys(persons):
        identity = known.get(person.platform_id) if person.platform_id else None
        identity = identity or _by_platform_id(person, platform, students)
        if identity:
            found.ids[person] = identity
        else:
            by_name[person] = None
    taken = set(found.ids.values())
    for person in by_name:
        names = [each for each in _by_name(person, platform, students) if each not in taken]
        # Of several people with one name, the others may be known from an earlier download.
        by_name[person] = [each for each in names if len(names) == 1 or each not in known.values()]
    claims = Counter(names[0] for names in by_name.values() if len(names) == 1)
    for person, names in by_name.items():
        if len(names) == 1 and claims[names[0]] == 1:
            found.ids[person] = names[0]
        elif names:
            found.candidates.update(names)
            found.unmatched[person] = _ambiguous(person, platform)
        elif extend:
            student = _new_student(person, platform, found.students)
            found.students[student.id] = student
            found.ids[person] = student.id
        else:
            alike = [
                each
                for each in _spelt_alike(person, platform, students)
                if each.id not in taken and not claims[each.id]
            ]
            found.candidates.update(each.id for each in alike)
            found.unmatched[person] = f"{_called(person)} is not in the roster. {_advice(person, platform, alike)}"
    for person, identity in found.ids.items():
        found.students[identity] = _with_platform_id(
            found.students.get(identity) or Student(identity), person, platform
        )
    return found


def _by_platform_id(person, platform, students):
    """Return the id of the student whom the platform calls so, or who has that as id or email address, or None."""
    if not person.platform_id:
        return None
    called = person.platform_id.casefold()
    tests = [lambda each: called in (name.casefold() for name in each.platform_ids(platform))]
    if platform in ("blackboard", "folder"):  # not a number that somebody else might have as an id
        tests += [
            lambda each: each.id.casefold() == called,
            lambda each: each.email.casefold() == called,
            lambda each: called in (name.casefold() for kind in _LASTING for name in each.platform_ids(kind)),
        ]
    for test in tests:
        same = [each.id for each in students.values() if test(each)]
        if len(same) == 1:
            return same[0]
    return None


def _by_name(person, platform, students):
    """Return the ids of all students who have the name, unless the platform is known to call them otherwise."""
    if not person.name:
        return []
    others = [each for each in students.values() if not (platform in _LASTING and each.platform_ids(platform))]
    if platform == "canvas":
        squashed = re.sub(r"[\W_]", "", person.name.casefold())
        return [each.id for each in others if squashed and squashed in _squashed(each)]
    key = name_key(person.name)
    return [each.id for each in others if key and name_key(f"{each.first_name} {each.last_name}") == key]


def _spelt_alike(person, platform, students):
    """Return the students whose name differs in the spelling alone, unless the platform calls them otherwise."""
    name = plain(person.name or (person.platform_id if platform == "folder" else ""))
    others = [each for each in students.values() if not (platform in _LASTING and each.platform_ids(platform))]
    return [each for each in others if name in spellings(each.first_name, each.last_name)]


def _advice(person, platform, alike):
    """Say what to do about somebody who isn't in the roster, where these students have much the same name."""
    if not alike:
        return "Leave it at that for a guest or a tester. A student of the course needs a line in classroom/roster.csv."
    names = " or ".join(f"{each.full_name} ({each.id})" for each in alike)
    if platform == "folder":
        return f"Perhaps it is {names}: then give the folder the id as its name."
    if platform in _LASTING:
        column = f"the column {platform}_id of classroom/roster.csv"
        return f"Perhaps it is {names}: then put {person.platform_id} into {column}, and collect again."
    return f"Perhaps it is {names}: then correct the name in classroom/roster.csv, and collect again."


def _squashed(student):
    """Return the name as Canvas writes it in file names, with either part first."""
    parts = ["".join(re.findall(r"[^\W_]", part.casefold())) for part in (student.last_name, student.first_name)]
    return {"".join(parts), "".join(reversed(parts))}


def _called(person):
    numbered = f" ({person.platform_id})" if person.name and person.platform_id else ""
    return f"{person.name or person.platform_id}{numbered}"


def _ambiguous(person, platform):
    advice = {
        "moodle": "Download the assignment's grading worksheet from Moodle and name it with --roster.",
        "canvas": "Export the gradebook from Canvas and name it with --roster.",
        "blackboard": "Export the Grade Center from Blackboard and name it with --roster.",
    }
    return f"Several people are called {_called(person)}. {advice.get(platform, 'Correct the roster.')}"


def _new_student(person, platform, students):
    """Return a student whose id is what the platform calls them."""
    first, last = ("", person.name) if platform == "canvas" else split_name(person.name)
    wanted = safe_id(person.platform_id or person.name)
    taken = {each.casefold() for each in students}
    identity = wanted if wanted.casefold() not in taken else f"{platform}-{wanted}"
    while identity.casefold() in taken:
        identity += "-2"
    return Student(identity, first, last)


def _with_platform_id(student, person, platform):
    """Note what the platform calls a student, if it isn't known yet."""
    if platform == "folder" or not person.platform_id or student.platform_ids(platform):
        return student
    return replace(student, **{f"{platform}_id": person.platform_id})
