"""The students of the roster in nbgrader's gradebook: names, email addresses, and what the platform calls them."""

from autograder.grading.opening import explaining_errors, open_gradebook

# The platform whose id nbgrader gets, if several are known. Moodle's numbers are another in each assignment.
_PLATFORMS = ("canvas", "blackboard", "moodle")


def enter_students(directory, students):
    """Enter the students of a roster into the gradebook, which is created if there is none.

    What the roster doesn't know stays as it is.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    students : iterable of autograder.desk.roster.Student
        The roster.

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook cannot be opened.
    """
    gradebook = open_gradebook(directory)
    try:
        with explaining_errors(directory):
            known = {student.id: student for student in gradebook.students}
            for student in students:
                values = _values(student)
                row = known.get(student.id)
                if row is None or any(getattr(row, name) != value for name, value in values.items()):
                    gradebook.update_or_create_student(student.id, **values)
    finally:
        gradebook.close()


def _values(student):
    called = [name for platform in _PLATFORMS for name in student.platform_ids(platform)]
    values = {
        "first_name": student.first_name,
        "last_name": student.last_name,
        "email": student.email,
        "lms_user_id": called[0] if called else "",
    }
    return {name: value for name, value in values.items() if value}


def due_date(directory, lesson):
    """Return when a lesson is due by the gradebook, in UTC without a time zone, or None."""
    gradebook = open_gradebook(directory)
    try:
        with explaining_errors(directory):
            dates = [each.duedate for each in gradebook.assignments if each.name == lesson]
            return dates[0] if dates else None
    finally:
        gradebook.close()
