"""However times are written, in whatever order and zone, they are the same moments, and are written back the same."""

from contextlib import suppress

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from lstmcast.data.clock.local_time import localize
from lstmcast.data.clock.stamps import join_candidates
from lstmcast.data.clock.time_format import BREAK, TimeFormat
from lstmcast.data.clock.time_texts import parse_times
from lstmcast.data.clock.time_walls import TimeColumn
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.clock.zones import clocks_of
from lstmcast.errors import DataError
from tests.drawn import drawn

DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%m-%Y", "%d %b %Y", "%B %d, %Y", "%Y%m%d", "%a, %d %b %Y")
CLOCKS = (" %H:%M", " %H.%M.%S", " %Hh%M", "T%H:%M:%S", " %I:%M %p", " %H:%M:%S.%f", "T%H:%M", " %H:%M%z",
          "T%H:%M:%S %z")  # fmt: skip
LABELS = (("%Y-%m", "MS"), ("%b %Y", "MS"), ("%m/%Y", "MS"), ("%YM%m", "MS"), ("Q%q '%y", "QS"), ("%YQ%q", "QS"),
          ("Q%q %Y", "QS"), ("%Y-Q%q", "QS"), ("%G-W%V", "W-MON"), ("%GW%V", "W-MON"), ("%G-W%V-%u", "D"),
          ("%d-%b-%y", "D"))  # fmt: skip
COLUMNS = ((("date", "hour"), "%Y-%m-%d", "%H"), (("year", "month", "day", "hour"), "%Y", "%m", "%d", "%H"),
           (("day of", "time"), "%d.%m.%Y", "%H:%M"), (("date", "hour"), "%d/%m/%Y", "%K"),
           (("Date", "Time"), "%d/%m/%Y", "%H.%M.%S"), (("YEAR", "DOY", "HHMM"), "%Y", "%j", "%-N"),
           (("date", "time"), "%Y%m%d", "%N"), (("Date", "Hour Ending"), "%m/%d/%Y", "%K"),
           (("date", "hour"), "%Y-%m-%d", "%-Hh"))  # fmt: skip
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC")
STARTS = st.integers(0, 40 * 365 * 24)  # hours from 1985
CHANGES = st.builds(  # hours from 1985 to the days before clocks change in most zones
    lambda year, month, day: int(
        (np.datetime64(f"{year}-{month:02}-{day:02}T00") - np.datetime64("1985-01-01T00")).astype(int)
    ),
    year=st.integers(1986, 2024),
    month=st.sampled_from([2, 3, 4, 10, 11]),
    day=st.integers(1, 28),
)
QUICK = drawn(60)


def column_of(texts):
    return TimeColumn("time", np.asarray(texts, object), str)


def texts_of(stamps, pattern, **options):
    offset = "+02:00" if "%z" in pattern else None
    return TimeFormat("stamp", pattern, offset, **options).render(stamps)


def shuffled(count, order, seed):
    places = np.arange(count)
    if order == "falls":
        return places[::-1]
    return np.random.default_rng(seed).permutation(count) if order == "shuffled" else places


@QUICK
@given(
    start=STARTS,
    date=st.sampled_from(DATES),
    clock=st.sampled_from(CLOCKS),
    step=st.sampled_from(["h", "15min", "30min", "3h"]),
    order=st.sampled_from(["rises", "falls", "shuffled"]),
)
def test_dates_with_a_time_of_day_are_found_read_and_written_back(start, date, clock, step, order):
    grid = parse_frequency(step)
    first = grid.ticks(np.datetime64("1985-01-01", "us") + np.array([start]) * np.timedelta64(1, "h"))
    stamps = grid.stamps(first + np.arange(400))[shuffled(400, order, start)]
    texts = texts_of(stamps, date + clock)
    known = TimeFormat("stamp", date + clock, "Z" if "%z" in clock else None)  # settles day and month

    found, written = parse_times(column_of(texts), "auto", known)

    assert (found == stamps).all()
    assert written.render(found).tolist() == texts.tolist()


@QUICK
@given(start=STARTS, date=st.sampled_from(DATES), clock=st.sampled_from(CLOCKS))
def test_a_year_of_hours_tells_day_and_month_apart_by_itself(start, date, clock):
    stamps = np.datetime64("1985-01-01", "us") + (start + np.arange(0, 366 * 24, 7)) * np.timedelta64(1, "h")
    texts = texts_of(stamps, date + clock)

    found, written = parse_times(column_of(texts), "auto")

    assert (found == stamps).all()
    assert written.render(found).tolist() == texts.tolist()


@QUICK
@given(start=STARTS, label=st.sampled_from(LABELS), seed=st.integers(0, 99))
def test_labels_of_weeks_quarters_and_months_are_read_and_written_back(start, label, seed):
    pattern, step = label
    grid = parse_frequency(step)
    first = grid.ticks(np.datetime64("1985-01-01", "us") + np.array([start]) * np.timedelta64(1, "h"))
    stamps = grid.stamps(first + np.arange(60))[shuffled(60, "shuffled", seed)]
    texts = texts_of(stamps, pattern)

    found, written = parse_times(column_of(texts), "auto")

    assert (found == stamps).all()
    assert written.render(found).tolist() == texts.tolist()


@QUICK
@given(start=STARTS, columns=st.sampled_from(COLUMNS))
def test_times_in_several_columns_are_read_and_written_back_into_each(start, columns):
    names, *patterns = columns
    step = np.timedelta64(30 if any(part in "".join(patterns) for part in ("%M", "N")) else 60, "m")
    stamps = np.datetime64("1985-01-01", "us") + np.timedelta64(start, "h") + np.arange(40 * 24) * step
    parts = TimeFormat("stamp", BREAK.join(patterns)).render_columns(stamps)
    texts = np.array([BREAK.join(row) for row in zip(*parts, strict=True)], object)

    distinct = [pd.unique(part) for part in parts]
    candidates = join_candidates(list(zip(names, distinct, strict=True)))
    found, written = parse_times(column_of(texts), "auto", candidates=candidates)

    assert (found == stamps).all()
    assert [part.tolist() for part in written.render_columns(found)] == [part.tolist() for part in parts]


@QUICK
@given(
    start=CHANGES,
    zone=st.sampled_from(ZONES),
    step=st.sampled_from([15, 30, 60]),
    order=st.sampled_from(["rises", "falls"]),
    series=st.integers(1, 3),
)
def test_what_clocks_of_any_zone_show_is_the_same_moment_again(start, zone, step, order, series):
    utc = np.datetime64("1985-01-01", "us") + np.timedelta64(start, "h") + np.arange(500) * np.timedelta64(step, "m")
    utc = np.repeat(utc[shuffled(500, order, 0)], series)
    walls = clocks_of(zone, utc).to_wall(utc)
    of_rows = np.tile(np.arange(series), 500)

    local = localize(walls, of_rows, zone, lambda row, problem: DataError(f"{row}: {problem}"), "utc")

    ends = (walls == walls.max()) | (walls == walls.min())  # one of two equal hours may lie outside
    unpaired = clocks_of(zone, utc).comes_twice(walls) & ((utc - utc.min() < np.timedelta64(1, "h")) | ends)
    assume(not unpaired.any())
    assert (local.stamps == utc).all()
    written = TimeFormat("stamp", "%Y-%m-%d %H:%M", zone=zone)
    assert written.render(local.stamps).tolist() == written.render(utc).tolist()


@QUICK
@given(
    st.lists(
        st.text(st.sampled_from("0123456789-/:. QWTZ+apmJanuary"), min_size=1, max_size=20), min_size=1, max_size=5
    )
)
def test_any_texts_are_times_or_a_fault_that_can_be_mended(texts):
    with suppress(DataError):
        stamps, written = parse_times(column_of(sorted(set(texts))), "auto")
        assert parse_times(column_of(written.render(stamps)), "auto", written)[0].tolist() == stamps.tolist()
