"""A setting whose name is misspelt is refused by every command, before it does anything."""

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.grading.opening import GradingError, load_config
from tests.conftest import ROOT
from tests.grading.conftest import CONFIG, LESSON


def refused(folder, lines):
    (folder / "nbgrader_config.py").write_text(f"{CONFIG}\n{lines}\n")
    with pytest.raises(GradingError) as refusal:
        load_config(folder)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ('c.LateSubmissionPlugin.penalty_methd = "zero"', "c.LateSubmissionPlugin.penalty_method"),
        ('c.LateSubmisionPlugin.penalty_method = "zero"', "c.LateSubmissionPlugin"),
        ("c.AssignLatePenalties.plugin_clas = None", "c.AssignLatePenalties.plugin_class"),
        ('c.CourseDirectory.courseid = "x"', "c.CourseDirectory.course_id"),
        ('c.Exchange.rot = "x"', "c.Exchange.root"),
        ("c.ExecutePreprocesor.timeout = 10", "c.ExecutePreprocessor"),
        ("c.Grading.cell_second = 10", "c.Grading.cell_seconds"),
        ("c.Desk.late_day = 3", "c.Desk.late_days"),
        ("c.Desc.late_days = 3", "c.Desk"),
        ("c.Autograde.autograde_preprocessor = []", "c.Autograde.autograde_preprocessors"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_right_one(tmp_path, line, meant):
    assert f"Did you mean {meant}?" in refused(tmp_path, line)


def test_a_name_that_resembles_none_is_refused_with_all_there_are(tmp_path):
    assert "The settings of c.LateSubmissionPlugin: penalty_method." in refused(
        tmp_path, "c.LateSubmissionPlugin.zero = True"
    )


@pytest.mark.parametrize(
    "lines",
    [
        "c.ServerApp.port = 1",  # of a package that has nothing to do with grading
        'c.NbGrader.course_id = "old"',  # nbgrader reads what earlier versions called so
        'c.AssignLatePenalties.plugin_class = "mine.MyLateSubmissionPlugin"\nc.MyLateSubmissionPlugin.rate = 1',
        "from nbgrader.plugins import BasePlugin\nfrom traitlets import Float\n"
        "class LateSubmissionPlugin2(BasePlugin):\n    rate = Float().tag(config=True)\n"
        "c.AssignLatePenalties.plugin_class = LateSubmissionPlugin2\nc.LateSubmissionPlugin2.rate = 0.5",
        "c.HTMLExporter.filters = {}\nc.NbConvertBase.default_language = 'x'",
        "c.Preprocessor.display_data_priority = []",  # a class hands its settings on to those derived from it
    ],
)
def test_what_has_an_effect_is_accepted(tmp_path, lines):
    (tmp_path / "nbgrader_config.py").write_text(f"{CONFIG}\n{lines}\n")
    load_config(tmp_path)


def test_the_configuration_of_the_course_is_accepted():
    load_config(ROOT)


@pytest.mark.parametrize(
    "words", [("release", LESSON, "--to", "out"), ("collect", LESSON, "x.zip"), ("status", LESSON), ("forget", "ada")]
)
def test_every_command_refuses(tmp_path, words):
    (tmp_path / "nbgrader_config.py").write_text(f"{CONFIG}\nc.LateSubmissionPlugin.penalty_methd = 'zero'\n")
    done = CliRunner().invoke(main, [*words, "--course", str(tmp_path)])
    assert done.exit_code == 1 and "Did you mean c.LateSubmissionPlugin.penalty_method?" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["nbgrader_config.py"]
