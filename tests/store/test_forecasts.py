from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lstmcast.data.clock.times import Frequency
from lstmcast.errors import ArtifactError
from lstmcast.files import ensure_folder, hash_bytes, write_all_whole
from lstmcast.store.forecasts import (
    ForecastManifest,
    forecast_contents,
    kept_path,
    list_origins,
    manifest_path,
    name_origin,
    parse_origin,
    plain_ticks,
    read_forecast,
    read_manifest,
    remove_old,
    render_manifest,
)

DAYS = Frequency("fixed", 86_400_000_000)
FIRST = 19737  # 2024-01-15
CSV = b"day,cutoff,model,forecast\n2024-01-16,2024-01-15,m,1\n"


def a_manifest(**changes):
    fields = {
        "model": "m",
        "lstmcast": "0.1.0",
        "created": "2024-01-15T03:00:00Z",
        "cutoff": "15.01.2024",
        "origin": "2024-01-15",
        "target": "sold",
        "id_names": (),
        "frequency": DAYS.to_json(),
        "cutoff_ticks": FIRST,
        "series": 1,
        "horizon": 1,
        "levels": (80,),
        "seed": 1,
        "data_fingerprint": "d",
        "config_fingerprint": "c",
        "rows_read": 9,
        "values_filled": 0,
        "covariates_filled": 0,
        "duplicates_dropped": 0,
        "left_out": (),
        "notes": (),
        "sha256": hash_bytes(CSV),
    }
    return ForecastManifest.from_plain(fields | changes)


def publish(workspace, manifest):
    ensure_folder(workspace / "forecasts")
    write_all_whole(forecast_contents(workspace, manifest.origin, CSV, render_manifest(manifest)))


def test_an_origin_has_a_name_that_every_file_system_takes():
    hours = Frequency("fixed", 3_600_000_000)
    split = Frequency("fixed", 500_000, 250_000)

    assert name_origin(DAYS, FIRST) == "2024-01-15"
    assert name_origin(hours, 24 * FIRST + 6) == "2024-01-15T060000"
    assert name_origin(split, 2 * 86_400 * FIRST) == "2024-01-15T000000.250000"
    assert name_origin(Frequency("integer", 1), -3) == "-3"


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("2024-01-15", "2024-01-15T00:00:00"),
        ("2024-01-15T060000", "2024-01-15T06:00:00"),
        ("2024-01-15T061530.250000", "2024-01-15T06:15:30.250000"),
    ],
)
def test_a_time_is_read_from_the_name_of_an_origin(name, time):
    assert parse_origin(name) == np.datetime64(time, "us")


def test_a_step_is_read_from_the_name_of_an_origin():
    assert [parse_origin(name) for name in ("-3", "0", "144")] == [-3, 0, 144]


@pytest.mark.parametrize("name", ["", "-", "2024-13-01", "2024-01-15T06:00", "15.01.2024", "9" * 19, "x"])
def test_another_name_is_no_origin(name):
    with pytest.raises(ValueError, match=r"is no origin|is too large|Month out of range"):
        parse_origin(name)


def test_a_forecast_comes_back_with_its_manifest(tmp_path):
    publish(tmp_path, a_manifest())

    for path in (tmp_path / "forecast.csv", kept_path(tmp_path, "2024-01-15")):
        found = read_forecast(path)

        assert found is not None
        assert (found.manifest, found.csv) == (a_manifest(), CSV)


def test_the_file_for_readers_appears_last(tmp_path):
    names = [path.name for path in forecast_contents(tmp_path, "2024-01-15", CSV, b"")]

    assert names == ["2024-01-15.manifest.json", "2024-01-15.csv", "forecast.manifest.json", "forecast.csv"]


def test_a_manifest_beside_another_forecast_is_seen(tmp_path):
    publish(tmp_path, a_manifest())
    (tmp_path / "forecast.csv").write_bytes(CSV.replace(b"1\n", b"2\n"))

    assert read_forecast(tmp_path / "forecast.csv") is None
    assert read_manifest(tmp_path / "forecast.csv") == a_manifest()


def test_what_is_not_there_is_none(tmp_path):
    assert read_forecast(tmp_path / "forecast.csv") is None
    assert list_origins(tmp_path) == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"series": 1', '"serie": 1', "unknown key 'serie'|'series': field required"),
        ('"alias": "D"', '"alias": "h"', "not a frequency"),
        ('"cutoff_ticks": 19737', '"cutoff_ticks": [1, 2]', "has not one cutoff for each series"),
        ('"cutoff_ticks": 19737', f'"cutoff_ticks": {10**30}', "'cutoff_ticks': input should be less than or equal to"),
        ('"cutoff_ticks": 19737', '"cutoff_ticks": 99999999', "date value out of range"),
        ("2024-01-15T03:00:00Z", "2026-13-45T25:61:61Z", "'created': month must be in 1..12"),
        ("2024-01-15T03:00:00Z", "0000-01-01T00:00:00Z", "'created': year (0 is|must be)"),
        ('"series": 1', f'"series": {10**12}', "'series': input should be less than or equal to"),
        ("{", "", "is not valid JSON"),
    ],
)
def test_a_manifest_that_was_tampered_with_is_refused(tmp_path, old, new, message):
    publish(tmp_path, a_manifest())
    path = manifest_path(tmp_path / "forecast.csv")
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(ArtifactError, match=message):
        read_manifest(tmp_path / "forecast.csv")


def test_origins_come_in_the_order_of_time(tmp_path):
    for origin in ("10", "9", "-2"):
        publish(tmp_path, a_manifest(origin=origin))
    (tmp_path / "forecasts" / "notes.manifest.json").write_text("no origin")

    assert list_origins(tmp_path) == ("-2", "9", "10")


def test_a_workspace_that_cannot_be_looked_into_is_not_taken_for_an_empty_one(tmp_path):
    assert list_origins(tmp_path) == ()
    with pytest.raises(ArtifactError, match="forecasts: cannot be read: file name too long"):
        list_origins(tmp_path / ("x" * 300))


def test_cutoffs_are_one_number_where_all_series_end_together():
    assert plain_ticks(np.array([7, 7])) == 7
    assert plain_ticks(np.array([7, 8])) == (7, 8)
    assert a_manifest(cutoff_ticks=7, series=2).ticks.tolist() == [7, 7]
    assert a_manifest(cutoff_ticks=(7, 8), series=2).newest_tick == 8


def publish_days(workspace, *days, **changes):
    """Publish a forecast from each day of January 2024, on the morning after."""
    for day in days:
        origin, created = f"2024-01-{day:02}", f"2024-01-{day + 1:02}T03:00:00Z"
        publish(workspace, a_manifest(origin=origin, cutoff_ticks=FIRST + day - 15, created=created, **changes))


def test_age_counts_from_the_end_of_the_horizon(tmp_path):
    publish_days(tmp_path, 1, 15, horizon=10)

    early = remove_old(tmp_path, timedelta(days=5), datetime(2024, 1, 16, tzinfo=UTC))
    late = remove_old(tmp_path, timedelta(days=5), datetime(2024, 1, 16, 1, tzinfo=UTC))

    assert (early, late) == ((), ("2024-01-01",))
    assert [path.name for path in sorted((tmp_path / "forecasts").iterdir())] == [
        "2024-01-15.csv",
        "2024-01-15.manifest.json",
    ]


def test_a_clock_far_ahead_makes_no_forecast_older_than_the_newest_says(tmp_path):
    publish_days(tmp_path, 1, 14, 15)
    far_ahead = datetime(2035, 1, 1, tzinfo=UTC)

    assert remove_old(tmp_path, timedelta(days=14), far_ahead) == ()
    assert remove_old(tmp_path, timedelta(days=13), far_ahead) == ("2024-01-01",)


def test_where_the_newest_forecast_is_damaged_the_newest_sound_one_stays(tmp_path):
    publish_days(tmp_path, 1, 14, 15)
    manifest_path(kept_path(tmp_path, "2024-01-15")).write_text("{")

    assert remove_old(tmp_path, timedelta(days=1), datetime(2035, 1, 1, tzinfo=UTC)) == ("2024-01-01",)


def test_what_was_forecast_from_long_ago_ages_from_the_day_of_publishing(tmp_path):
    publish(tmp_path, a_manifest(cutoff_ticks=-9000, origin="1945-05-12"))
    publish(tmp_path, a_manifest())

    assert remove_old(tmp_path, timedelta(days=5), datetime(2024, 1, 20, 3, tzinfo=UTC)) == ()
    assert remove_old(tmp_path, timedelta(days=5), datetime(2024, 1, 20, 4, tzinfo=UTC)) == ("1945-05-12",)


def test_the_newest_forecast_stays_however_old_it_is(tmp_path):
    publish(tmp_path, a_manifest())

    assert remove_old(tmp_path, timedelta(days=1), datetime(2030, 1, 1, tzinfo=UTC)) == ()


def test_steps_without_time_age_from_the_day_of_publishing(tmp_path):
    steps = Frequency("integer", 1).to_json()
    for tick in (7, 8):
        publish(tmp_path, a_manifest(frequency=steps, origin=str(tick), cutoff_ticks=tick, horizon=500))

    assert remove_old(tmp_path, timedelta(days=5), datetime(2024, 1, 20, 3, tzinfo=UTC)) == ()
    assert remove_old(tmp_path, timedelta(days=5), datetime(2024, 1, 20, 4, tzinfo=UTC)) == ("7",)


def test_a_half_removed_forecast_is_removed_for_good(tmp_path):
    publish_days(tmp_path, 1, 15)
    kept_path(tmp_path, "2024-01-01").unlink()  # as a kill between the two would leave it

    removed = remove_old(tmp_path, timedelta(days=5), datetime(2024, 2, 1, tzinfo=UTC))

    assert removed == ("2024-01-01",)
    assert list_origins(tmp_path) == ("2024-01-15",)
