"""Who answers the checks in a process that holds no exercises: the judge, when it is asked.

A sandbox sets ``ask`` before any student code runs.  Everywhere else it stays None, and the answers are found here.
"""

ask = None
