"""The state of a marking session: which answer is shown, what is ticked, what can be undone. The page is elsewhere."""

import statistics
from collections import Counter
from dataclasses import dataclass, field, replace

from autograder.desk.marking.marks import ChangedMeanwhile, Mark

_STEPS = (0.0, 1.0, 0.5)
MAX_SNIPPETS = 9


@dataclass
class Session:
    """One question and everybody's answers to it.

    Attributes
    ----------
    question : autograder.desk.marking.answers.Question
    scheme : autograder.desk.marking.scheme.Scheme
    answers : list of autograder.desk.marking.answers.Answer
        In the order in which they are marked.
    marks : autograder.desk.marking.marks.Marks
        Or anything that reads and writes marks.
    place : int
        Which answer is shown.
    ticks : list of float
        Of the boxes, for the answer that is shown.
    reread : callable, optional
        Returns the answer of a student as it is now, or None. Work may be graded again while somebody marks.
    missing : frozenset of str
        Those who have handed something in without an answer that could be marked.
    known : dict of str to Mark
        What the gradebook had when it was last looked at, by student.
    message : str
        What happened last.
    """

    question: object
    scheme: object
    answers: list
    marks: object
    reread: object = None
    missing: frozenset = frozenset()
    place: int = 0
    ticks: list = field(default_factory=list)
    known: dict = field(default_factory=dict)
    message: str = ""
    _undo: list = field(default_factory=list)
    _snippets: list = field(default_factory=list)

    def __post_init__(self):
        self.known = self.marks.read([each.student for each in self.answers])
        self.answers = [each for each in self.answers if each.student in self.known]
        self.go(self._next_unmarked(0))

    @property
    def answer(self):
        """The answer that is shown."""
        return self.answers[self.place]

    @property
    def mark(self):
        """What the gradebook has for it."""
        return self.known[self.answer.student]

    @property
    def marked(self):
        """How many answers are marked."""
        return sum(self.known[each.student].points is not None for each in self.answers)

    @property
    def snippets(self):
        """Comments to be given again, each in its place for as long as the session lasts."""
        counts = Counter(mark.comment for mark in self.known.values() if mark.comment)
        for comment, _ in counts.most_common():
            if len(self._snippets) < MAX_SNIPPETS and comment not in self._snippets:
                self._snippets.append(comment)
        # Once all letters are taken, a comment that nobody has any more makes room for the most frequent other one.
        others = (each for each, _ in counts.most_common() if each not in self._snippets)
        for place, comment in enumerate(self._snippets):
            if not counts[comment]:
                self._snippets[place] = next(others, comment)
        return list(self._snippets)

    def go(self, place):
        """Show another answer."""
        self.place = max(0, min(place, len(self.answers) - 1))
        self.ticks, self.message = [0.0] * len(self.scheme.boxes), ""

    def next(self):
        """Confirm what is shown, and go to the next answer that isn't marked, or to the next one."""
        if self.mark.points is None and not self._save(Mark(self.scheme.score(self.ticks), self.mark.comment)):
            return
        self.go(self._next_unmarked(self.place + 1))

    def previous(self):
        """Go back by one answer."""
        self.go(self.place - 1)

    def tick(self, number):
        """Change a box: none, all, half of its points; the points are saved at once."""
        ticks = list(self.ticks)
        ticks[number] = _STEPS[(_STEPS.index(ticks[number]) + 1) % len(_STEPS)]
        if self._save(Mark(self.scheme.score(ticks), self.mark.comment)):
            self.ticks = ticks

    def give(self, points):
        """Give points directly, for a mark scheme that isn't a list."""
        self._save(Mark(max(0.0, min(float(points), self.scheme.points)), self.mark.comment))

    def comment(self, text):
        """Write a comment for the student; the points stay."""
        self._save(Mark(self.mark.points, text.strip()))

    def undo(self):
        """Take back what was written last, wherever that was."""
        if not self._undo:
            self.message = "There is nothing to undo."
            return
        student, before = self._undo.pop()
        self.go(next(number for number, each in enumerate(self.answers) if each.student == student))
        if self._save(before, remember=False):
            self.message = "Undone."

    def _save(self, mark, remember=True):
        """Write a mark for the answer that is shown, and return whether it was written."""
        student, seen = self.answer.student, self.mark
        if self.reread and self._has_changed():
            return False
        try:
            self.marks.write(student, mark, seen)
        except ChangedMeanwhile as error:
            self.known[student] = error.now
            points = "not marked" if error.now.points is None else f"{error.now.points:g} points"
            self.message = f"{error} Nothing was written. It now has: {points}."
            return False
        self.known[student], self.message = mark, "Saved."
        if remember:
            self._undo.append((student, seen))
        return True

    def _has_changed(self):
        """Whether the answer that is shown was graded anew with another text; then the new one is shown."""
        shown, student = self.answer, self.answer.student
        now = self.reread(student) or replace(shown, page="", text="")
        if now.text == shown.text:
            return False
        self.answers[self.place] = now
        self.known |= self.marks.read([student])
        self.ticks = [0.0] * len(self.scheme.boxes)
        self.message = "This answer has changed since it was read, so nothing was written. This is the new one."
        return True

    def _next_unmarked(self, start):
        places = [*range(start, len(self.answers)), *range(start)]
        return next((each for each in places if self.known[self.answers[each].student].points is None), start)


def agreement(first, second):
    """Compare two markers.

    Parameters
    ----------
    first, second : dict of str to float
        Points, by student.

    Returns
    -------
    str
        A sentence; empty if no answer was marked by both.
    """
    both = sorted(set(first) & set(second))
    if not both:
        return ""
    apart = [abs(first[each] - second[each]) for each in both]
    mean = statistics.mean(first[each] - second[each] for each in both)
    answers, same = f"{len(both)} answer{'s' if len(both) != 1 else ''}", sum(each == 0 for each in apart)
    return (
        f"Of {answers} marked twice, {same} got the same points. On average the two marks are "
        f"{statistics.mean(apart):.2f} points apart, and the first mark is {mean:+.2f} points higher."
    )
