"""The settings ``c.Desk.…`` of ``nbgrader_config.py``."""

from traitlets import Bool, Dict, Float, TraitError, Unicode

from autograder.grading.opening import GradingError, invalid_setting
from autograder.grading.settings import Deadlines, misspelt_setting


class Desk(Deadlines):
    """How a course is handed out, and how its results go back."""

    package_url = Unicode(
        "", help="Where students can get the course's wheel; by default each release contains it."
    ).tag(config=True)
    browser_url = Unicode("", help="Address of the browser edition of the course, if there is one.").tag(config=True)
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


def check_desk_settings(config):
    """Raise a :class:`autograder.grading.opening.GradingError` if a setting of the desk is misspelt or not valid.

    Parameters
    ----------
    config : traitlets.config.Config
        The configuration of the course.
    """
    problem = misspelt_setting(config, Desk)
    if problem:
        raise GradingError(problem)
    try:
        Desk(config=config)
    except TraitError as error:
        raise invalid_setting(error) from None
