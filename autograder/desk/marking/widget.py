"""The marking desk in JupyterLab: one answer at a time, and the mark scheme as boxes, by keyboard alone."""

from functools import partial
from pathlib import Path

import traitlets

from autograder.desk.marking.answers import choose_question, read_answer, read_answers
from autograder.desk.marking.marks import Marks
from autograder.desk.marking.scheme import read_scheme
from autograder.desk.marking.second import SecondMarks, sample
from autograder.desk.marking.session import Session, agreement
from autograder.desk.notebook_view import markdown, style_of_code
from nblib.widgets.still import Live, browser_code

FOLDER = Path("classroom") / "marking"


class Desk(Live):
    """The marking desk.

    Parameters
    ----------
    session : autograder.desk.marking.session.Session
    compared : callable, optional
        Returns a sentence about how far two markers agree.
    """

    _esm = browser_code(Path(__file__).with_name("desk.js"))
    question, text, intro, notes, code_style = (traitlets.Unicode().tag(sync=True) for _ in range(5))
    boxes, state = traitlets.List().tag(sync=True), traitlets.Dict().tag(sync=True)

    def __init__(self, session, compared=lambda: ""):
        super().__init__()
        self.session, self._compared = session, compared
        self.question = f"{session.question.title} ({session.scheme.points:g} points)"
        self.boxes = [{"text": markdown(box.text), "points": box.points} for box in session.scheme.boxes]
        self.text = markdown(session.question.text)
        self.intro, self.notes = markdown(session.scheme.intro), markdown(session.scheme.notes)
        self.code_style = style_of_code()
        self.on_msg(self._receive)
        self._show()

    def _receive(self, _, content, buffers):
        act, value = content.get("do"), content.get("value")
        session = self.session
        if act in ("next", "previous", "undo"):
            getattr(session, act)()
        elif act == "tick" and isinstance(value, int) and 0 <= value < len(session.scheme.boxes):
            session.tick(value)
        elif act == "points" and isinstance(value, int | float):
            session.give(value)
        elif act == "comment" and isinstance(value, str):
            session.comment(value)
        elif act == "snippet" and isinstance(value, int) and 0 <= value < len(session.snippets):
            session.comment(session.snippets[value])
        self._show(content.get("serial", 0))

    def _show(self, serial=0):
        session = self.session
        if not session.answers:
            self.state = {"empty": True, "message": "There is nothing to mark: nobody's work is graded yet."}
            return
        self.state = {
            "serial": serial,
            "place": session.place + 1,
            "count": len(session.answers),
            "marked": session.marked,
            "answer": session.answer.page or "<p><em>Nothing was written.</em></p>",
            "ticks": session.ticks,
            "points": session.mark.points,
            "comment": session.mark.comment,
            "snippets": session.snippets,
            "message": " ".join(filter(None, [session.message, self._compared()])),
        }

    def _ipython_display_(self):
        self.show_live(f"Marking desk: {self.question}")
        self.show_still("", "The marking desk needs a running kernel: run this cell.")


def marking_desk(lesson, course=".", question=None, second=False, every=5):
    """Open the marking desk for a written question.

    Parameters
    ----------
    lesson : str
    course : str or pathlib.Path
        The folder of the course.
    question : str, optional
        The grade_id; needed only where a lesson has several questions.
    second : bool
        Whether to mark a sample of the marked answers for a second time, without seeing the first marks.
    every : int
        How many answers there are for each one of the sample.

    Returns
    -------
    Desk
    """
    desk, compared = open_session(Path(course), lesson, question, second, every)
    return Desk(desk, compared)


def open_session(folder, lesson, question=None, second=False, every=5):
    """Return what :class:`Desk` shows: a session, and how to compare the two markers."""
    course, chosen = choose_question(folder, lesson, question)
    scheme, answers, marks = (
        read_scheme(chosen.source, chosen.points),
        read_answers(course, chosen),
        Marks(course, chosen),
    )
    reread = partial(read_answer, course, chosen)
    if not second:
        missing = frozenset(course.students()) - {each.student for each in answers}
        return Session(chosen, scheme, answers, marks, reread, missing), lambda: ""
    again = SecondMarks(Path(course.directory.root) / FOLDER / f"{lesson}-{chosen.cell}-second.json")
    known = marks.read([each.student for each in answers])

    def compared():
        first = {student: mark.points for student, mark in known.items() if mark.points is not None}
        return agreement(first, again.points())

    return Session(chosen, scheme, sample(answers, known, every), again, reread), compared
