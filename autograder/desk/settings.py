"""The settings ``c.Desk.…`` of ``nbgrader_config.py``."""

from traitlets import Bool, Dict, Float, Unicode

from autograder.grading.settings import LateDays


class Desk(LateDays):
    """How a course is handed out, and how its results go back."""

    package_url = Unicode(
        "", help="Where students can get the course's wheel; by default each release contains it."
    ).tag(config=True)
    show_mark_schemes = Bool(False, help="Show students the mark schemes of written questions.").tag(config=True)
    weights = Dict(
        key_trait=Unicode(),
        value_trait=Float(min=0),
        help="What each lesson counts in the total of the course; by default each counts its points.",
    ).tag(config=True)
    columns = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="What each lesson is called in the gradebook of the learning platform; by default like the lesson.",
    ).tag(config=True)
