"""One notebook graded for another grader, such as Gradescope or PrairieLearn, and what such a grader needs."""
