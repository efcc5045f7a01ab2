"""What a test cell found, as data: nothing of it is a student's, and there is never much of it."""

from autograder.check import grade
from autograder.checking.call import Failure
from autograder.checking.problem import Kind, Problem, said
from autograder.checking.report import Report, Verdict
from autograder.checking.result import Result
from autograder.grading.results import ExerciseResult
from autograder.sandbox.found import MAX_PARTS, MAX_RESULTS, found_in


def result(name="output_delta", verdicts=1, mistakes=0):
    requirements = tuple(Verdict(f"part {number}", 1, 0.5, said("no")) for number in range(verdicts))
    return Result(lambda: Report(name, 2, requirements, tuple(map(str, range(mistakes)))))


def test_a_result_is_told_in_plain_data():
    assert found_in("", [result(mistakes=1)]) == [
        {
            "exercise": "output_delta",
            "points": 2.0,
            "earned": 0.5,
            "requirements": [{"name": "part 0", "points": 1.0, "earned": 0.5, "met": False}],
            "tried": True,
            "mistakes": ["0"],
            "follow_on": [],
        }
    ]


def test_an_answer_that_took_too_long_is_told_apart():
    slow = Verdict("values", 1, 0.0, Problem(Kind.TIMED_OUT, failure=Failure("TimeUp", "it was stopped")))
    (found,) = found_in("", [Result(lambda: Report("output_delta", 2, (slow,)))])
    assert found["stopped"] and ExerciseResult.of("t", found).stopped
    assert not ExerciseResult.of("t", found_in("", [result()])[0]).stopped


def test_an_exercise_that_could_not_be_tried_is_there_without_requirements():
    """Its function may not be defined, or be no function at all."""
    source = "check(output_delta)\nprint(forward)\ngrade(output_delta)"
    untried = {"exercise": "output_delta", "points": 2.0, "earned": 0.0, "tried": False}
    untried |= {"requirements": [], "mistakes": [], "follow_on": []}
    assert found_in(source, []) == [untried]
    assert found_in(source, [result(verdicts=0)]) == [untried]
    assert found_in("%magic\ngrade(output_delta)", []) == []


def test_a_derivation_is_told_by_its_name():
    source = 'derive("induction", induction)\ngrade("induction", induction)'
    (found,) = found_in(source, [])
    assert (found["exercise"], found["points"], found["earned"]) == ("induction", 4.0, 0.0)


def test_a_name_that_a_student_chose_is_left_out():
    assert found_in(
        "grade(output_delta)", [result("output_delta (which is forward)"), result("x" * 10**6)]
    ) == found_in("grade(output_delta)", [])


def test_what_is_kept_is_bounded():
    (found,) = found_in("", [result(verdicts=1000, mistakes=1000)])
    assert len(found["requirements"]) == len(found["mistakes"]) == MAX_PARTS
    many = "\n".join(f"grade({name})" for name in ("output_delta", "forward") * 1000)
    assert len(found_in(many, [])) == 2 <= MAX_RESULTS


def test_the_functions_that_are_to_blame_are_told():
    requirements = (Verdict("values", 2, 2.0, None),)
    blamed = Result(lambda: Report("backprop", 4, requirements, follow_on=("hidden_delta",)))
    assert found_in("", [blamed])[0]["follow_on"] == ["hidden_delta"]


def test_the_first_wrong_line_of_a_derivation_is_told():
    graded = grade("base_case", "d(C, z[j])\n= d(C, a[j])*d(a[j], z[j])\n= (a[j] - y[j])*s'(z[j])")
    (found,) = found_in('grade("base_case", base_case)', [graded])
    assert found["line"] == 2 and ExerciseResult.of("base-case-check", found).line == 2
