"""Grade one notebook for another grader, such as Gradescope or PrairieLearn, and build what that grader needs."""
