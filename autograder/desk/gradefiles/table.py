"""Tables as platforms and spreadsheets write them, read and written back in the same form."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field

MAX_BYTES = 32 * 2**20
_DECIMAL = re.compile(r"-?\d+([.,])\d+")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class FileError(Exception):
    """A file of grades that cannot be used; the message says why, and what to do."""


@dataclass
class Table:
    """A table, and the form it has in its file.

    Attributes
    ----------
    rows : list of list of str
        The header first. The others are as long as the header.
    encoding : str
        ``"utf-16-le"`` and ``"utf-16-be"`` are written with a byte order mark.
    delimiter, newline : str
    quoted : bool
        Whether everything is in quotation marks.
    """

    rows: list = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    quoted: bool = False

    @property
    def header(self):
        """The names of the columns, as they stand in the file."""
        return self.rows[0]

    def find(self, *names):
        """Return the position of the first of these columns that there is, or None. Case does not matter."""
        there = [name.strip().casefold() for name in self.header]
        return next((there.index(name.casefold()) for name in names if name.casefold() in there), None)

    def number(self, points, place):
        """Return points as the file writes numbers: with the decimal mark of the column, or else of the whole file.

        Where it has no number with decimals, the mark is a comma if semicolons separate the columns, as in programs
        that are set to a language with decimal commas.
        """
        columns = ([row[place] for row in self.rows[1:]], (cell for row in self.rows[1:] for cell in row))
        mark = next(filter(None, map(_decimal_mark, columns)), "," if self.delimiter == ";" else ".")
        return number(points).replace(".", mark)

    def to_bytes(self):
        """Return the content of the file."""
        text = io.StringIO()
        # The csv module leaves a carriage return without quotation marks, and then reads it as the end of a line.
        quoted = self.quoted or any("\r" in cell for row in self.rows for cell in row)
        quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline, quoting=quoting).writerows(self.rows)
        mark = "\ufeff" if self.encoding.startswith("utf-16-") else ""
        return (mark + text.getvalue()).encode(self.encoding)


def read_table(content):
    """Read a table, and recognise its form.

    Parameters
    ----------
    content : bytes
        Of a file with comma, semicolon or tab between the columns.

    Returns
    -------
    Table

    Raises
    ------
    FileError
        If it is no such file.
    """
    table = read_rows(content)
    if len(table.rows) < 2 or len(table.rows[0]) < 2:
        raise FileError("It has no rows with columns. Give the file that the platform wrote.")
    return table


def read_rows(content):
    """Read a table as :func:`read_table` does, even if it has no more than its first line, or nothing.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    Table

    Raises
    ------
    FileError
        If it is no such file.
    """
    if content.startswith(b"PK"):
        raise FileError("It is a spreadsheet. Save it as CSV, or give the file that the platform wrote.")
    if len(content) > MAX_BYTES:
        raise FileError(f"It has more than {MAX_BYTES:,} bytes. Give the file that the platform wrote.")
    text, encoding = _decode(content)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=lambda mark: _outside_quotes(first, mark))
    newline = "\r\n" if first.endswith("\r") else "\n"
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise FileError(f"It isn't a table: {error}. Give the file that the platform wrote.") from None
    rows = [row for row in rows if row]
    width = len(rows[0]) if rows else 0
    if any(len(row) > width for row in rows):
        raise FileError("It has a row with more columns than the first one. Give the file that the platform wrote.")
    rows = [row + [""] * (width - len(row)) for row in rows]
    quoted = first.count('"') >= 2 * width
    return Table(rows, encoding, delimiter, newline, quoted)


def _decode(content):
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding).lstrip("\ufeff"), encoding
            except UnicodeDecodeError:
                raise FileError("Its text is damaged. Give the file that the platform wrote.") from None
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "utf-8"  # what a spreadsheet makes of it on Windows


def _outside_quotes(line, mark):
    return sum(part.count(mark) for part in line.split('"')[::2])


def _decimal_mark(cells):
    """Return the mark that most of the numbers with decimals have, or None if there are none."""
    marks = Counter(match[1] for cell in cells if (match := _DECIMAL.fullmatch(cell.strip())))
    return max(marks, key=marks.get, default=None)


def number(points):
    """Return points as text, with as few digits as they need, and at most two after the point."""
    return f"{round(points, 2):.10g}"
