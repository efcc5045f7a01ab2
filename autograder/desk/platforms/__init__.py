"""The learning platforms: how each names the files of its downloads, and how it writes its lists of participants.

Every platform is a module with

* ``LABEL``, what its format is called;
* ``parse(path)``, which returns what the path of a file says about a submission as a
  :class:`~autograder.desk.platforms.parts.Clues`, or None if the platform doesn't name files like that;
* ``missing_columns(columns)``, which names the columns that a table with these headings lacks to be one of its lists of
  participants, and ``students(rows)``, which returns the students in it (``folder`` has neither).
"""
