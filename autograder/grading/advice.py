"""What a student is told to do about a submission that can't be graded, and how a lecturer reads the same."""

SUBMIT = "Submit the notebook of this lesson."
SUBMIT_LESSON = "Submit the notebook of the lesson."
SAVE_AGAIN = "Save it in Jupyter and submit it again."
FILL_IN = "Write your answers into the notebook of this lesson, save it, and submit it again."
CLEAR_OUTPUTS = "Clear them, and submit it again."
FORMAT_4 = "Submit it in format 4."
DELETE_CELLS = "Delete those that are not needed."
FRESH_COPY = "Submit a fresh copy."
START_AGAIN = "Start from a fresh copy of the lesson."
ALONE = "Submit the notebook on its own."
NO_LINK = "Submit the file itself."

_ALL = (
    *(SUBMIT, SUBMIT_LESSON, SAVE_AGAIN, FILL_IN, CLEAR_OUTPUTS, FORMAT_4),
    *(DELETE_CELLS, FRESH_COPY, START_AGAIN, ALONE, NO_LINK),
)


def for_lecturer(reason):
    """Return the reason why a submission can't be graded with the lecturer, and not the student, as its reader.

    Parameters
    ----------
    reason : str
        As the student's page of feedback has it.

    Returns
    -------
    str
    """
    for advice in _ALL:
        asked = f"Ask the student to {advice[0].lower()}{advice[1:]}".replace(" your ", " their ")
        reason = reason.replace(advice, asked)
    return reason
