"""Course layout for nbgrader: source in solutions/, released lessons in lessons/, all of a class in classroom/."""

from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader defines it)

root = Path(__file__).resolve().parent
(root / "classroom").mkdir(exist_ok=True)

c.CourseDirectory.course_id = "backpropagation"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = f"sqlite:///{root / 'classroom' / 'gradebook.db'}"
c.ExportPlugin.to = str(root / "classroom" / "grades.csv")

# Training cells need longer than the 30 seconds that nbgrader allows by default on a busy grading machine.
c.ExecutePreprocessor.timeout = 120
