"""What can protect a machine from a submission, and what is missing where some of it is not to be had."""

from dataclasses import dataclass

BUBBLEWRAP = "bubblewrap"
USER, FILES, NETWORK, PROCESSES = "user namespace", "mount namespace", "network namespace", "process namespace"
PLAIN_USER, OWN_USER = "unprivileged user", "user of its own"
LANDLOCK, SECCOMP, LIMITS = "Landlock", "seccomp", "limits"


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

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
        Beside the first one; 0 forbids them, threads are allowed all the same.
    file_bytes : int
        Of all files together.
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
    """Say what is not protected.

    Parameters
    ----------
    protections : iterable of str
        The means that are on.
    processes : int, optional
        How many processes a submission may start beside its first one.

    Returns
    -------
    list of str
        Empty if nothing is missing.
    """
    on = set(protections)
    # Processes of one user may signal and trace each other, so a sandbox needs a process namespace or its own user.  If
    # a submission may start processes, only the namespace makes sure that they end with it.
    alone = [{PROCESSES}] if processes else [{PROCESSES}, {OWN_USER, SECCOMP}]
    # For each danger the ways to avert it, each of which may take several means.
    needs = {
        # Inside of bubblewrap alone, one submission could still read what another one writes.
        "other files can be read": [{FILES}, {LANDLOCK}],
        "the network can be reached": [{BUBBLEWRAP}, {NETWORK}, {SECCOMP}],
        "other processes can be reached": alone,
        # Only seccomp forbids the kinds of memory that no limit counts, and keeps a sandbox from outliving the grader.
        "memory and time are not limited": [{LIMITS, SECCOMP}],
    }
    return [danger for danger, ways in needs.items() if not any(means <= on for means in ways)]
