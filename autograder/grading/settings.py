"""What an instructor can set, in ``nbgrader_config.py``, as ``c.Grading.…``."""

from traitlets import Bool, Float, Integer
from traitlets.config import LoggingConfigurable

from autograder.grading.isolation import Limits
from autograder.seeds import HIDDEN_SEED


class Grading(LoggingConfigurable):
    """Limits of one submission, and what is made of work that is not a student's own."""

    memory = Integer(3 * 2**30, min=2**29, help="Bytes of address space.").tag(config=True)
    cpu_seconds = Integer(300, min=1, help="Seconds of processor time.").tag(config=True)
    wall_seconds = Float(600, min=1, help="Seconds from the first cell to the last.").tag(config=True)
    cell_seconds = Float(120, min=0.1, help="Seconds for one cell; then it is interrupted.").tag(config=True)
    processes = Integer(0, min=0, help="Processes that a submission may start; threads are allowed.").tag(config=True)
    file_bytes = Integer(64 * 2**20, min=2**20, help="Bytes of all files that it writes.").tag(config=True)
    output_characters = Integer(2**20, min=1000, help="Characters that one cell may print.").tag(config=True)
    submission_bytes = Integer(32 * 2**20, min=1000, help="Bytes of all files that are handed in.").tag(config=True)
    own_work_cost = Float(
        0.0,
        min=0.0,
        max=1.0,
        help="Share of an exercise's points that it costs to call nblib's own answer, or to hide behind another "
        "library. 0 costs nothing; the feedback says it all the same.",
    ).tag(config=True)
    hidden_seed = Integer(
        HIDDEN_SEED,
        min=0,
        help="Decides the numbers that exercises are graded on. One of your own can be looked up by no student.",
    ).tag(config=True)
    unsafe = Bool(False, help="Grade even where the kernel grants no protection.").tag(config=True)

    def limits(self):
        """Return the limits of one submission."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})
