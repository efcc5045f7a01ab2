"""Written answers marked one question at a time: all students, without names, in a random order."""
