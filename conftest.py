"""What nbval has to be told when it runs the notebooks of solutions/."""

import pytest
from nbval.plugin import IPyNbCell


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a cell that ended in a UsageError, such as an unknown magic.

    IPython reports it on stderr and not as an exception, and nbval does not read stderr where outputs are ignored.
    """
    if not isinstance(item, IPyNbCell):
        return (yield)
    # Seconds between two outputs; nbval's own five are few on a busy machine.
    item.output_timeout = 120
    result = yield
    for output in item.test_outputs or ():
        if output.get("name") == "stderr" and "UsageError:" in output.text:
            item.raise_cell_error("Cell execution ended in a usage error", output.text)
    return result
