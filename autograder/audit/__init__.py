"""Are the checks any good? What the tests hold every exercise to, and what `autograder audit` says of it."""
