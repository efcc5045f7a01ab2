"""The grading of a class: student code in a sandbox, verdicts outside, nothing graded lost."""
