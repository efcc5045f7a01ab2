"""The settings ``c.Desk.…`` of ``nbgrader_config.py``."""

from traitlets import Bool, Dict, Float, Integer, Unicode
from traitlets.config import LoggingConfigurable


class Desk(LoggingConfigurable):
    """How a course is handed out, and how its results go back."""

    package_url = Unicode(
        "", help="Where students can get the course's wheel; by default each release contains it."
    ).tag(config=True)
    browser_url = Unicode("", help="Address of the browser edition of the course, if there is one.").tag(config=True)
    late_days = Integer(0, min=0, help="Late days that each student may use over the whole course.").tag(config=True)
    timezone = Unicode(
        "", help="Time zone of the learning platform, such as Europe/Berlin; by default that of this computer."
    ).tag(config=True)
    show_mark_schemes = Bool(False, help="Show students the mark schemes of written questions.").tag(config=True)
    weights = Dict(
        key_trait=Unicode(),
        value_trait=Float(min=0),
        help="What each lesson counts in the total of the course; by default each counts its points.",
    ).tag(config=True)
