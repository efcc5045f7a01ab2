"""The means that protect a machine from a submission, and what is missing if some are not available."""

from dataclasses import dataclass

BUBBLEWRAP = "bubblewrap"
USER, FILES, NETWORK, PROCESSES = "user namespace", "mount namespace", "network namespace", "process namespace"
PLAIN_USER, OWN_USER = "unprivileged user", "user of its own"
LANDLOCK, SECCOMP, LIMITS = "Landlock", "seccomp", "limits"


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    memory : int
        Bytes of address space.
    cpu_seconds : int
        Of processor time.
    wall_seconds : float
        From start to end.
    cell_seconds : float
        For one cell.
    processes : int
        Besides the first one; 0 forbids them, but allows threads.
    file_bytes : int
        For all files together.
    output_characters : int
        Printed by one cell.
    """

    memory: int
    cpu_seconds: int
    wall_seconds: float
    cell_seconds: float
    processes: int
    file_bytes: int
    output_characters: int


def missing(protections, processes=0):
    """Return the dangers against which there is no protection, given the protections and the limit of processes."""
    on = set(protections)
    # Processes of the same user can signal and trace each other, so a sandbox needs a process namespace or its own
    # user.  If a submission may start processes, only the namespace makes sure that they end with it.
    alone = [{PROCESSES}] if processes else [{PROCESSES}, {OWN_USER, SECCOMP}]
    # For each danger, the ways to avert it, each of which may need several means.
    needs = {
        # Inside bubblewrap alone, a submission could still read what another one writes.
        "other files can be read": [{FILES}, {LANDLOCK}],
        "the network can be reached": [{BUBBLEWRAP}, {NETWORK}, {SECCOMP}],
        "other processes can be reached": alone,
        # Only seccomp forbids memory that no limit counts, and keeps a sandbox from outliving the grader.
        "memory and time are not limited": [{LIMITS, SECCOMP}],
    }
    return [danger for danger, ways in needs.items() if not any(means <= on for means in ways)]
