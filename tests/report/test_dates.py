from datetime import datetime

import pytest

from lstmcast.report.dates import date_formatter, date_labels


@pytest.mark.parametrize(
    ("times", "labels"),
    [
        (["2018-01-01", "2020-01-01"], ["2018", "2020"]),
        (["2021-10-01", "2022-01-01", "2022-04-01"], ["Oct\n2021", "Jan\n2022", "Apr\n"]),
        (["2023-12-15", "2024-01-01", "2024-01-15", "2024-02-01"], ["15\nDec 2023", "1\nJan 2024", "15\n", "1\nFeb"]),
        (["2024-04-26", "2024-04-30", "2024-05-01"], ["26\nApr 2024", "30\n", "1\nMay"]),
        (["2024-03-20 22:00", "2024-03-20 23:00", "2024-03-21"], ["22:00\n20 Mar 2024", "23:00\n", "00:00\n21 Mar"]),
        (["2024-01-01 00:00:30", "2024-01-01 00:01"], ["00:00:30\n1 Jan 2024", "00:01:00\n"]),
        (["2024-01-01 00:00:00.250000", "2024-01-01 00:00:01"], ["00:00:00.25\n1 Jan 2024", "00:00:01\n"]),
        (["2024-01-01"], ["2024"]),
        ([], []),
    ],
)
def test_ticks_tell_what_they_belong_to_at_the_first_one_and_where_it_changes(times, labels):
    assert date_labels([datetime.fromisoformat(time) for time in times]) == labels


def test_a_tick_outside_of_the_axis_does_not_take_the_year_with_it():
    from matplotlib.dates import date2num
    from matplotlib.figure import Figure

    pane = Figure().add_subplot()
    ticks = date2num([datetime(2024, 4, day) for day in (25, 26, 27)])
    pane.set_xlim(ticks[0] + 0.5, ticks[2])
    formatter = date_formatter()
    pane.xaxis.set_major_formatter(formatter)

    assert formatter.format_ticks(list(ticks)) == ["", "26\nApr 2024", "27\n"]
