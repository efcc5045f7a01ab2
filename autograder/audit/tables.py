"""Put a line into a TOML file by hand, so that its comments and its layout stay as they are."""


def with_line(table, section, line, after=None):
    """Add a line to a section of a table.

    Parameters
    ----------
    table : str
        Text of the file. A blank line ends a section.
    section : str
        What stands between its brackets. A section that isn't there is begun at the end.
    line : str
        Without the end of the line.
    after : str, optional
        What the line before it begins with; by default it becomes the last one.

    Returns
    -------
    str
        Text of the new file.
    """
    before, header, rest = table.partition(f"[{section}]\n")
    if not header:
        return f"{table.rstrip()}\n\n[{section}]\n{line}\n"
    own, gap, others = rest.partition("\n\n")
    lines = [header.rstrip(), *own.rstrip().splitlines()]
    at = next((i for i, each in enumerate(lines, 1) if after and each.startswith(after)), len(lines))
    lines.insert(at, line)
    return f"{before}{chr(10).join(lines)}{gap or chr(10)}{others}"
