"""Run a notebook from top to bottom without a kernel: ``python run_lesson.py NOTEBOOK`` needs IPython alone.

Prints, after all outputs, one line of JSON: the error of each code cell by its id, null where there was none.
"""

import json
import sys

from IPython.core.interactiveshell import InteractiveShell


def main(path):
    with open(path, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    shell, errors = InteractiveShell.instance(), {}
    for cell in cells:
        if cell["cell_type"] == "code":
            result = shell.run_cell("".join(cell["source"]), store_history=True)
            error = result.error_before_exec or result.error_in_exec
            errors[cell["id"]] = error and repr(error)
    print(f"\n{json.dumps(errors)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
