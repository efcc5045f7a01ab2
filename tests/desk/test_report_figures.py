"""The charts of a report count what the numbers beside them say, also at the edges."""

import base64
import io
from fractions import Fraction

import pytest
from PIL import Image

from autograder.desk.report.figures import counts_of_points, day_of, points_figure, times_figure
from tests.desk.classes_reported import RIGHT, exercise, lesson


@pytest.mark.parametrize("whole", [10, 15, 17, 30, 110])
def test_points_at_an_edge_count_in_the_upper_bin(whole):
    """Every share that points can give, against exact fractions."""
    expected = [0] * 10
    for points in range(whole + 1):
        expected[min(9, Fraction(points, whole) * 10 // 1)] += 1
    assert counts_of_points(points / whole for points in range(whole + 1)) == expected


def test_a_sum_that_only_nearly_reaches_an_edge_is_at_it():
    nearly = [sum([0.1] * number) for number in range(1, 11)]
    assert nearly[7] < 0.8 and nearly[9] < 1
    assert counts_of_points([*nearly, 0.1 * 6, 1 - 0.4]) == [0, 1, 1, 1, 1, 1, 3, 1, 1, 2]


def test_the_alt_text_says_where_a_bin_ends():
    shares = {"a": 0.6, "b": 0.7, "c": 0.999, "d": 1.0}
    alt = points_figure(lesson(shares=shares)).alt
    assert alt.endswith("1 from 60% to under 70%, 1 from 70% to under 80%, 2 from 90% to 100%.")


@pytest.mark.parametrize(
    ("hours", "day"),
    [(0.0, -1), (23.9, -1), (24.0, -2), (1000.0, -14), (-0.1, 0), (-24.0, 0), (-24.1, 1), (-1000.0, 6)],
)
def test_what_is_handed_in_at_the_due_date_is_not_late(hours, day):
    assert day_of(hours) == day


def _handed_in(*hours):
    summed = lesson(exercise("f", *[RIGHT] * len(hours)))
    summed.hours_before = dict(zip(summed.shares, hours, strict=True))
    return times_figure(summed)


def test_times_are_drawn_only_if_they_differ():
    assert _handed_in(1.0, 5.0, 23.0) is None and _handed_in() is None
    assert _handed_in(0.0, 5.0, -43.0, 30.0).alt == (
        "When 4 students handed in. 1 day before the last day: 1, on the last day: 2, up to 2 days late: 1."
    )


def test_the_chart_of_times_ends_where_the_data_end():
    """Two bars beside each other are near the middle, and not at two ends of three weeks."""
    address = _handed_in(*[5.0] * 8, -3.0).address
    picture = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB")
    middle = [picture.getpixel((x, picture.height // 2)) for x in range(picture.width)]
    blue = [x for x, (red, _, blue) in enumerate(middle) if blue - red > 150]
    assert max(blue) - min(blue) > picture.width / 10
