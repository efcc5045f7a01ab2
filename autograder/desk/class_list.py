"""The students of the roster in nbgrader's gradebook: names, email addresses, and what the platform calls them."""

from datetime import UTC

from autograder.grading.opening import explaining_errors, open_gradebook

# The platform whose id nbgrader gets, if several are known. Moodle's numbers differ from assignment to assignment.
_PLATFORMS = ("canvas", "blackboard", "moodle")


def enter_class(directory, lesson, students):
    """Enter the students of a roster into the gradebook, which is created if there is none.

    What the roster doesn't know stays as it is.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    lesson : str
        The name of a lesson.
    students : iterable of autograder.desk.roster.Student
        The roster.

    Returns
    -------
    datetime.datetime or None
        When the gradebook says that the lesson is due.

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
            dates = [each.duedate for each in gradebook.assignments if each.name == lesson]
            return dates[0].replace(tzinfo=UTC) if dates and dates[0] else None
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
