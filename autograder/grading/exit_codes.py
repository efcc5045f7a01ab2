"""The exit codes of the commands, for scripts."""

DONE, FAILED, REVIEW_NEEDED, UNPROTECTED, UNEXPECTED, INTERRUPTED = 0, 1, 3, 4, 70, 130
