import re

import numpy as np
import pytest

from lstmcast.jobs.reporting.report_residuals import (
    autocorrelation,
    in_time_order,
    read_residuals,
    residuals_section,
    say_residuals,
)


def rows(errors, steps=3, series=("a",)):
    """Return rows as backtest/errors.csv has them: windows of `steps` steps, one after the other."""
    made = []
    for place, error in enumerate(errors):
        window, step = divmod(place, steps)
        made.append({"shop": series[window % len(series)], "cutoff": f"t{window // len(series)}", "step": str(step + 1),
                     "time": f"t{place}", "truth": str(10 + error), "forecast": "10", "usual_change": "2"})  # fmt: skip
    return made


def test_errors_are_truth_minus_forecast_in_units_and_in_usual_changes():
    found = read_residuals(rows([1, -2, 4]), ["shop"], 1)

    assert found.errors.tolist() == [1, -2, 4]
    assert found.scaled.tolist() == [0.5, -1, 2]
    assert found.times == ("t0", "t1", "t2")


def test_truth_that_does_not_count_and_files_of_others_are_left_out():
    with_hole = rows([1, 2, 3])
    with_hole[1]["truth"] = ""

    assert read_residuals(with_hole, ["shop"], 1).errors.tolist() == [1, 3]
    with_hole[1]["truth"] = "1e308"
    assert read_residuals(with_hole, ["shop"], 1).errors.tolist() == [1, 3]
    assert read_residuals([], ["shop"], 1) is None
    assert read_residuals([{"a": "b"}], ["shop"], 1) is None
    assert read_residuals([{"truth": "1", "forecast": "2", "step": "x"}], ["shop"], 1) is None


def test_autocorrelation_is_taken_inside_windows_only():
    same = [1, 1, 1, -1, -1, -1] * 3  # errors of one window are equal, those of the next the opposite

    found = autocorrelation(read_residuals(rows(same), ["shop"], 1))

    assert found.tolist() == pytest.approx([1, 1])


def test_errors_that_have_nothing_to_do_with_each_other_are_said_to_be_so():
    random = np.random.default_rng(2)
    found = read_residuals(rows(random.normal(size=3000).tolist()), ["shop"], 1)

    lags = autocorrelation(found)

    assert np.abs(lags).max() < 0.08
    assert say_residuals(found, lags, "load")[1] == (
        f"Neighbouring errors of one window hardly go together (correlation {lags[0]:.2f})."
    )


def test_errors_without_any_spread_have_no_autocorrelation():
    found = read_residuals(rows([0, 0, 0]), ["shop"], 1)

    assert len(autocorrelation(found)) == 0
    assert "Residuals over time" in residuals_section(found, "load")


def test_errors_of_series_that_never_changed_have_no_unit_and_are_left_out():
    still, moving = rows([4, 4, 4]), rows([1, -2, 1, -2, 1, -2], series=("b",))
    for row in still:
        row["usual_change"] = "0"

    found = read_residuals(still + moving, ["shop"], 2)
    alone = read_residuals(moving, ["shop"], 2)
    section = residuals_section(found, "load")

    assert found.errors.tolist() == [4, 4, 4, 1, -2, 1, -2, 1, -2]
    assert np.isnan(found.scaled).tolist() == [True] * 3 + [False] * 6
    assert found.scaled.tolist()[3:] == [0.5, -1, 0.5, -1, 0.5, -1]
    assert autocorrelation(found).tolist() == autocorrelation(alone).tolist()
    assert "From -1 to 0.5." in section
    assert "Left out: 3 errors of series that never changed before, and have no unit." in section
    assert "error, load" not in section
    assert say_residuals(found, np.empty(0), "load")[0].startswith(
        "6 errors (truth minus forecast), -0.25 usual changes"
    )


@pytest.mark.parametrize("size", [1e-9, 1e12])
def test_errors_of_any_size_are_drawn_as_bars_of_the_same_width(size):
    errors = [1.0, -2.0, 4.0, 1.0, -1.0, 0.0]
    drawn = [
        re.findall(r'<path d="(M[^"]*Z)"', residuals_section(read_residuals(rows(one), ["shop"], 1), "load"))
        for one in (errors, [size * error for error in errors])
    ]

    assert len(drawn[0]) == 2  # of the histogram and of the autocorrelation
    assert drawn[0] == drawn[1]


def test_a_single_error_has_no_average():
    found = read_residuals(rows([-1.5]), ["shop"], 1)

    assert say_residuals(found, autocorrelation(found), "load") == ["1 error (truth minus forecast): -1.5 load."]


def test_a_single_series_that_never_changed_shows_its_errors_as_they_are():
    still = rows([4, 5, 4])
    for row in still:
        row["usual_change"] = "0"

    section = residuals_section(read_residuals(still, ["shop"], 1), "load")

    assert "From 4 to 5." in section
    assert "Only over time" not in section


def test_where_no_series_ever_changed_there_is_no_common_unit_to_count_in():
    still = rows([4, 5, 4, 4, 4, 5], series=("a", "b"))
    for row in still:
        row["usual_change"] = "0"

    found = read_residuals(still, ["shop"], 2)
    section = residuals_section(found, "load")

    assert len(autocorrelation(found)) == 0
    assert "Residuals over time" in section
    assert "How large they are" not in section


def test_a_selection_of_series_is_said_to_be_one():
    found = read_residuals(rows([1, 2, 3, 4, 5, 6], series=("a", "b")), ["shop"], 1000)

    section = residuals_section(found, "load")

    assert "Residuals of 2 of 1,000 series, evenly taken." in section
    assert "error, in usual changes of the series" in section


def test_without_errors_the_command_that_measures_them_is_named():
    assert "run <code>lstmcast backtest</code>" in residuals_section(None, "load")


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-01-30", "2024-06-30", "2024-01-31", "2024-06-30"], ["2024-01-30", "2024-01-31", "2024-06-30"]),
        (["9", "100", "10", "-1"], ["-1", "9", "10", "100"]),
        (["31.01.2024", "01.02.2024"], ["31.01.2024", "01.02.2024"]),  # not by their texts
        (["122024", "012025"], ["122024", "012025"]),
    ],
)
def test_times_of_series_that_end_at_different_times_come_in_their_order(times, expected):
    assert in_time_order(times) == expected
