"""Derivations that a learner writes: read line by line, given a meaning, and compared at random points."""
