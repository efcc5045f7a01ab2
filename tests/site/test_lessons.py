"""What takes long in the browser edition: lessons run to their end, and the checks judge as they do elsewhere.

``ALL_LESSONS=1`` runs all lessons and audits all exercises; without it, the later lessons, which train for minutes, are
left to those who set it, and one exercise in sixteen is audited.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict

import pytest

from autograder.audit.derivations import audit_derivation
from autograder.audit.kills import audit_exercise
from autograder.exercises import DERIVATIONS, EXERCISES
from tests.conftest import LESSONS
from tests.site.conftest import Visitor

# The mistake is looked for in every fiftieth wrong line of a derivation.
EVERY = 50
AUDIT = """\
import json
from dataclasses import asdict
from autograder.audit.derivations import audit_derivation
from autograder.audit.kills import audit_exercise

audits = {{name: asdict(audit_exercise(name)) for name in {exercises}}}
audits |= {{name: asdict(audit_derivation(name, {every})) for name in {derivations}}}
print(json.dumps(audits))
"""
ALL = bool(os.environ.get("ALL_LESSONS"))
RUN = LESSONS if ALL else LESSONS[:3]
# The capstone trains networks, which takes as long as all the others together.
AUDITED = [name for name in EXERCISES if name != "capstone"][:: 1 if ALL else 16]
HALVES = AUDITED[::2], AUDITED[1::2]
JOBS = {lesson: None for lesson in reversed(RUN)} | {
    "audit of one half": AUDIT.format(exercises=HALVES[0], derivations=[], every=EVERY),
    "audit of the other half": AUDIT.format(exercises=HALVES[1], derivations=[*DERIVATIONS], every=EVERY),
}


def text_of(outputs):
    return "".join(
        "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", "")) for output in outputs
    )


def begun(chromium, address, job):
    """Open a lesson and have all its cells run, or a single one with an audit."""
    visitor = Visitor(chromium, address)
    visitor.choose(f"Lesson {int(job[:2]) if JOBS[job] is None else 1}")
    if JOBS[job] is not None:
        visitor.replace_cells(JOBS[job])
    visitor.start()
    return visitor


@pytest.fixture(scope="module")
def results(request, chromium, address):
    """The code cells of every notebook after its run, and their frames; two notebooks run at the same time."""
    wanted = {
        item.callspec.params["job"] for item in request.session.items if "job" in getattr(item, "fixturenames", ())
    }
    waiting, running, found = [job for job in JOBS if job in wanted], {}, {}
    try:
        while waiting or running:
            while waiting and len(running) < 2:
                job = waiting.pop(0)
                running[job] = begun(chromium, address, job)
            for job, visitor in [*running.items()]:
                if visitor.has_ended():
                    found[job] = visitor.cells(), visitor.page.locator(".nb-frame").count()
                    running.pop(job).leave()
                else:
                    visitor.page.wait_for_timeout(500)
    finally:
        for visitor in running.values():
            with suppress(Exception):
                visitor.context.close()
    return found


@pytest.mark.parametrize("job", RUN)
def test_a_lesson_runs_from_the_start_page_to_its_end(results, job):
    cells, frames = results[job]
    everything = [output for _, outputs in cells for output in outputs]
    assert [output for output in everything if output["output_type"] == "error"] == []
    assert [output["text"] for output in everything if output.get("name") == "stderr"] == []
    checks = {source: text_of(outputs) for source, outputs in cells if source.startswith("check(")}
    assert checks
    assert [source for source, report in checks.items() if "is not written yet" not in report] == []
    assert frames > 0


@pytest.mark.parametrize("job", [job for job, source in JOBS.items() if source is not None])
def test_the_checks_find_in_a_browser_what_they_find_here(results, job):
    ((_, outputs),), _ = results[job]
    assert ["".join(output["traceback"]) for output in outputs if output["output_type"] == "error"] == []
    found = json.loads(text_of(outputs))
    assert len(found) >= len(AUDITED) // 2
    for name, audited in found.items():
        here = audit_exercise(name) if name in EXERCISES else audit_derivation(name, EVERY)
        assert audited == json.loads(json.dumps(asdict(here))), name
    survived = [
        kill["mistake"] for audited in found.values() for kill in audited.get("kills", ()) if not kill["caught_by"]
    ]
    assert survived == []
