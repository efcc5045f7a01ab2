"""Find settings in ``nbgrader_config.py`` that would have no effect because their names are misspelt."""

from difflib import get_close_matches

from traitlets.config import Application, Config, Configurable

# The packages whose classes decide how a class is graded. The settings of other packages aren't checked.
_PACKAGES = ("autograder", "nbconvert", "nbgrader")


def misspelt_setting(config):
    """Find a setting that has no effect because its name, or its section's name, is misspelt.

    Parameters
    ----------
    config : traitlets.config.Config
        The configuration of a course.

    Returns
    -------
    str
        A sentence about the first one; empty if there is none.
    """
    known = _known_settings()
    own = _own_classes(config)
    for section, values in config.items():
        if section not in known:
            near = get_close_matches(section, known, n=1, cutoff=0.75)
            if near and section not in own:
                return f"There is no section c.{section} in the settings of a course. Did you mean c.{near[0]}?"
            continue
        for name, value in values.items():
            # A section within a section is read by its innermost name.
            if not isinstance(value, Config) and known[section] and name not in known[section]:
                near = get_close_matches(name, known[section], n=1, cutoff=0.5)
                there = ", ".join(sorted(known[section]))
                advice = f"Did you mean c.{section}.{near[0]}?" if near else f"The settings of c.{section}: {there}."
                return f"There is no setting c.{section}.{name}. {advice}"
    return ""


def _known_settings():
    """Return the settings of each section, by its name; an empty set for one that may hold anything.

    A section serves a class and all classes derived from it, so it may hold the settings of any of them.
    """
    known = {}
    for kind in _derived_from(Configurable):
        names = set(kind.class_trait_names(config=True)) - {"parent", "config", "log"}
        for base in kind.__mro__:
            if issubclass(base, Configurable) and base.__module__.partition(".")[0] in _PACKAGES:
                # nbgrader moves what it finds in the sections of its commands to other sections.
                is_command = issubclass(base, Application)
                known.setdefault(base.section_names()[-1], set()).update(() if is_command else names)
    return known


def _derived_from(kind):
    for each in kind.__subclasses__():
        yield each
        yield from _derived_from(each)


def _own_classes(config):
    """Return the names of the classes that the configuration holds, or that it names by import path."""
    names, waiting = set(), list(config.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            names.add(value.rpartition(".")[2])
        elif isinstance(value, type):
            names.add(value.__name__)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
    return names
