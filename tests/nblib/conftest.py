"""Hypothesis without its time limit: a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("nblib", deadline=None)
settings.load_profile("nblib")
