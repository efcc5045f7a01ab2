"""The figures of a report, as pictures in the page."""

import base64
import math
from collections import Counter
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from nblib import plots

BINS = 10
# Whoever is further from the due date is counted at the end of the chart.
MOST_DAYS = {"early": 14, "late": 7}


@dataclass(frozen=True)
class Figure:
    """A picture that needs no file beside the page.

    Attributes
    ----------
    address : str
        A ``data:`` address.
    alt : str
        What it shows, in words.
    """

    address: str
    alt: str


def counts_of_points(shares):
    """Count shares of the points in bins of a tenth; whoever is at an edge belongs to the upper bin.

    Parameters
    ----------
    shares : iterable of float
        From 0 to 1, with the rounding errors of a sum of points.

    Returns
    -------
    list of int
        The last bin includes 1.
    """
    # The edges are whole numbers, because a tenth has no exact floating-point value: 0.6 is less than 6 · 0.1.
    counts = Counter(min(BINS - 1, math.floor(round(BINS * share, 6))) for share in shares)
    return [counts[number] for number in range(BINS)]


def points_figure(lesson):
    """Draw how the points of a lesson are distributed.

    Parameters
    ----------
    lesson : autograder.desk.report.summary.LessonSummary

    Returns
    -------
    Figure
    """
    counts = counts_of_points(lesson.shares.values())
    width = 100 // BINS
    fig, axes = plots.figure(size=(6, 2.8))
    _bars(axes, [width * number for number in range(BINS)], counts, 0.9 * width, plots.BLUE)
    axes.set_title(f"Points of {len(lesson.shares)} students", fontsize=11)
    axes.set(xlabel="share of the points so far (%)", ylabel="students", xlim=(0, 100))
    axes.set_xticks(range(0, 101, width))
    parts = [
        f"{count} from {width * number}% to {'' if number == BINS - 1 else 'under '}{width * (number + 1)}%"
        for number, count in enumerate(counts)
        if count
    ]
    return _figure(fig, f"Students by their share of the points: {', '.join(parts)}.")


def day_of(hours_before):
    """Return the day in which something was handed in, counted from the due date.

    Parameters
    ----------
    hours_before : float
        How long before the due date; negative if it was late.

    Returns
    -------
    int
        −1 is the last day, which includes the due date itself, and 0 the first day after it.
    """
    if hours_before >= 0:
        return max(-MOST_DAYS["early"], -math.floor(hours_before / 24) - 1)
    return min(MOST_DAYS["late"], math.ceil(-hours_before / 24)) - 1


def times_figure(lesson):
    """Draw when a lesson was handed in; None if no time is known, or all are in the same day.

    Parameters
    ----------
    lesson : autograder.desk.report.summary.LessonSummary

    Returns
    -------
    Figure or None
    """
    counts = Counter(day_of(hours) for hours in lesson.hours_before.values())
    if len(counts) < 2:
        return None
    days = range(min(counts), max(counts) + 1)
    fig, axes = plots.figure(size=(6, 2.8))
    colors = [plots.BLUE if day < 0 else plots.VERMILION for day in days]
    _bars(axes, days, [counts[day] for day in days], 0.9, colors)
    axes.set_title(f"When {counts.total()} students handed in", fontsize=11)
    axes.axvline(0, color="black", linewidth=1)
    axes.set(xlabel="days before (−) and after the due date", ylabel="students")
    # A chart of two days would have two bars as wide as the page.
    room = max(0, 6 - len(days)) / 2
    axes.set_xlim(days[0] - room, days[-1] + 1 + room)
    axes.set_xticks([*days, days[-1] + 1])
    parts = [f"{_day_in_words(day)}: {counts[day]}" for day in days if counts[day]]
    return _figure(fig, f"When {counts.total()} students handed in. {', '.join(parts).capitalize()}.")


def _day_in_words(day):
    if day == -1:
        return "on the last day"
    if day < 0:
        last = day == -MOST_DAYS["early"]
        return f"{-day - 1} {'day' if day == -2 else 'days'} {'or more ' * last}before the last day"
    if day == MOST_DAYS["late"] - 1:
        return f"more than {day} days late"
    return f"up to {day + 1} {'day' if day == 0 else 'days'} late"


def _bars(axes, edges, counts, width, color):
    """Draw bars that begin at their edges, each with its number unless it is 0."""
    bars = axes.bar(edges, counts, width=width, align="edge", color=color)
    axes.bar_label(bars, [count or "" for count in counts], fontsize=10)
    axes.set_axisbelow(True)
    axes.margins(y=0.15)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))


def _figure(fig, alt):
    png = base64.b64encode(plots.png_of(fig)).decode()
    plt.close(fig)
    return Figure(f"data:image/png;base64,{png}", alt)
