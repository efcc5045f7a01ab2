"""The table for people: everybody and every exercise, to be opened in a spreadsheet."""

from autograder.desk.gradefiles.table import Table, number

# A spreadsheet takes text that begins with one of these for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", " ")


def harmless(text):
    """Return text that no spreadsheet takes for a formula."""
    text = "".join(character if character.isprintable() else " " for character in text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write(students, lessons, total):
    """Return the table.

    Parameters
    ----------
    students : iterable of autograder.desk.roster.Student
    lessons : list of (str, list of str, callable)
        The name of each lesson, those of its further columns, and a function that returns the values of all its columns
        for a student: numbers, or None for what is left empty.
    total : callable
        Returns the total of a student, or None.

    Returns
    -------
    bytes
        CSV in UTF-8 with a byte order mark, without which spreadsheets spoil umlauts.
    """
    header = ["id", "last_name", "first_name", "email"]
    for name, parts, _ in lessons:
        header += [name, *(f"{name}/{part}" for part in parts)]
    rows = [[*header, "total"]]
    for student in students:
        values = [value for _, _, values_of in lessons for value in values_of(student.id)] + [total(student.id)]
        said = [student.id, student.last_name, student.first_name, student.email]
        rows.append([*map(harmless, said), *("" if value is None else number(value) for value in values)])
    return Table(rows, encoding="utf-8-sig").to_bytes()
