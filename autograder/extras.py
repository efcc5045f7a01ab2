"""What to install when a package is missing: a student's install leaves out what only a lecturer needs."""

import sys

# Whatever else may be missing belongs to the extra "grading".
_EXTRAS = {"distributed": "dask", "psycopg": "postgresql"}
_OURS = ("autograder", "nblib")


def what_to_install(error):
    """Return one sentence that says which extra of the package to install.

    Parameters
    ----------
    error : ImportError
        What was raised.

    Returns
    -------
    str
        Empty if the error has another cause than a package that is not installed.
    """
    module = (error.name or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or not module:
        return ""
    if module in _OURS or module in sys.stdlib_module_names:
        return ""
    extra = _EXTRAS.get(module, "grading")
    return (
        f"The command autograder needs {module}, which comes with the extra “{extra}” of this package: run "
        f"pip install '.[{extra}]' in the folder of the project, or install its wheel as 'FILE.whl[{extra}]'."
    )
