"""What is missing is said, and refuses."""

import pytest

from autograder.sandbox import protections

WALLS = {
    "bubblewrap": {
        protections.BUBBLEWRAP,
        protections.FILES,
        protections.PROCESSES,
        protections.LIMITS,
        protections.SECCOMP,
    },
    "container": {protections.OWN_USER, protections.LANDLOCK, protections.LIMITS, protections.SECCOMP},
    "user without namespaces": {protections.PLAIN_USER, protections.LANDLOCK, protections.LIMITS, protections.SECCOMP},
    "no seccomp": {
        protections.BUBBLEWRAP,
        protections.FILES,
        protections.PROCESSES,
        protections.LIMITS,
        protections.OWN_USER,
    },
    "nothing": set(),
}
OTHERS, MEMORY = "other processes can be reached", "memory and time are not limited"


@pytest.mark.parametrize(
    ("walls", "processes", "lacking"),
    [
        ("bubblewrap", 0, []),
        ("bubblewrap", 3, []),
        ("container", 0, []),
        ("container", 3, [OTHERS]),
        ("user without namespaces", 0, [OTHERS]),
        ("no seccomp", 0, [MEMORY]),
        ("nothing", 0, ["other files can be read", "the network can be reached", OTHERS, MEMORY]),
    ],
)
def test_what_is_missing_is_said(walls, processes, lacking):
    assert protections.missing(WALLS[walls], processes) == lacking
