"""The figures of a report, as pictures in the page."""

import base64
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np

from nblib import plots


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


def points_figure(lesson):
    """Draw how the points of a lesson are distributed.

    Parameters
    ----------
    lesson : autograder.desk.report.summary.LessonSummary

    Returns
    -------
    Figure
    """
    counts, edges = np.histogram(list(lesson.shares.values()), bins=np.linspace(0, 1, 11))
    fig, axes = plots.figure(size=(6, 2.6))
    axes.bar(edges[:-1] * 100, counts, width=9, align="edge", color=plots.BLUE)
    axes.set(xlabel="share of the points so far (%)", ylabel="students", xlim=(0, 100))
    axes.set_axisbelow(True)
    axes.yaxis.get_major_locator().set_params(integer=True)
    told = ", ".join(
        f"{count} from {low:.0%} to {high:.0%}"
        for count, low, high in zip(counts, edges, edges[1:], strict=False)
        if count
    )
    return _figure(fig, f"Students by their share of the points: {told}.")


def times_figure(lesson):
    """Draw when a lesson was handed in; None if no time is known.

    Parameters
    ----------
    lesson : autograder.desk.report.summary.LessonSummary

    Returns
    -------
    Figure or None
    """
    if not lesson.hours_before:
        return None
    hours_before = list(lesson.hours_before.values())
    days = -np.clip(np.array(hours_before) / 24, -7, 14)
    counts, edges = np.histogram(days, bins=np.arange(-14, 8))
    fig, axes = plots.figure(size=(6, 2.6))
    axes.bar(edges[:-1], counts, width=0.9, align="edge", color=np.where(edges[:-1] < 0, plots.BLUE, plots.VERMILION))
    axes.axvline(0, color="black", linewidth=1)
    axes.set(xlabel="days before (−) and after the due date", ylabel="students")
    axes.set_axisbelow(True)
    axes.yaxis.get_major_locator().set_params(integer=True)
    last_day = sum(0 <= hours < 24 for hours in hours_before)
    return _figure(
        fig,
        f"When {len(hours_before)} students handed in: {last_day} on the last day, {len(lesson.late)} after the due "
        f"date, the others earlier.",
    )


def _figure(fig, alt):
    png = base64.b64encode(plots.png_of(fig)).decode()
    plt.close(fig)
    return Figure(f"data:image/png;base64,{png}", alt)
