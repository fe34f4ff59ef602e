import numpy as np
import pytest

from lstmcast.data.read import read_panel
from lstmcast.errors import ConfigError, ShortError
from lstmcast.jobs.explaining.explain_windows import choose_window, choose_windows, typical_series
from tests.examples import a_member, a_panel, a_spec
from tests.jobs.conftest import write_shops

SPEC = a_spec(horizon=3)  # a context of 8, a season of 2


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    from lstmcast.config.yaml_file import load_config

    return read_panel(load_config(write_shops(tmp_path_factory.mktemp("shops"))).data)


def chosen(windows):
    return list(zip(windows.series.tolist(), windows.origin.tolist(), strict=True))


def test_a_window_is_found_by_its_series_and_its_last_known_time(shops):
    assert chosen(choose_window(shops, SPEC, "south", "2024-01-10")) == [(1, 56)]
    assert chosen(choose_window(shops, SPEC, "young", None)) == [(2, 18)]


def test_an_unknown_series_is_named_with_the_nearest_one(shops):
    with pytest.raises(ConfigError) as caught:
        choose_window(shops, SPEC, "sooth", None)

    assert str(caught.value) == (
        "--series: there is no series 'sooth' (did you mean 'south'?); where series have several ids, join them by /"
    )


@pytest.mark.parametrize("text", ["2030-01-01", "soon", "2024-01-14 00:30"])
def test_an_unknown_origin_is_told_with_the_times_that_there_are(shops, text):
    with pytest.raises(ConfigError) as caught:
        choose_window(shops, SPEC, "young", text)

    assert str(caught.value) == (
        f"--origin: {text!r} is no known time of series 'young', which runs from 2023-12-28 to 2024-01-14; "
        "write it as the data do"
    )


def test_a_window_without_enough_past_is_refused(shops):
    with pytest.raises(ShortError) as caught:
        choose_window(shops, SPEC, "young", "2023-12-30")

    assert str(caught.value) == (
        "series 'young': 3 values are known then, at least 4 are needed; name a later --origin, or another --series"
    )


def test_a_series_that_is_too_short_as_a_whole_is_not_sent_to_a_later_origin(shops):
    with pytest.raises(ShortError, match=r"18 values are known then, at least 20 are needed; name another --series$"):
        choose_window(shops, a_spec(season=10, members=(a_member(context=20),)), "young", None)


def test_a_window_whose_future_covariates_are_not_there_is_refused(shops):
    with pytest.raises(ShortError) as caught:
        choose_window(shops, a_spec(horizon=4), "south", "2024-01-14")

    assert "price must be known 4 steps after the origin" in str(caught.value)


def test_the_typical_series_changes_neither_most_nor_least():
    panel = a_panel({
        "calm": [100.0, 101] * 6, "wild": [100.0, 190] * 6, "usual": [1.0, 1.2] * 6, "short and usual": [1.0, 1.2] * 2,
    })  # fmt: skip

    assert typical_series(panel, a_spec(season=1, members=(a_member(),))) == 2


def test_many_windows_go_back_by_a_horizon_and_have_the_same_past():
    panel = a_panel({"long": np.arange(1.0, 16), "short": np.arange(1.0, 10), "tiny": [1.0, 2, 3]})

    assert chosen(choose_windows(panel, SPEC, 2)) == [(0, 15), (1, 9)]
    assert chosen(choose_windows(panel, SPEC, 100)) == [(0, 15), (1, 9), (0, 12), (0, 9)]


def test_many_windows_of_a_network_that_sees_two_steps_are_as_worth_explaining_as_one():
    spec = a_spec(season=1, horizon=1, members=(a_member(context=2, segment=1),))

    assert chosen(choose_windows(a_panel({"a": np.arange(1.0, 6)}), spec, 9)) == [(0, 5), (0, 4), (0, 3)]


def test_windows_of_series_that_are_all_too_short_are_refused():
    with pytest.raises(ShortError) as caught:
        choose_windows(a_panel({"a": [1.0, 2]}), SPEC, 5)

    assert str(caught.value) == "data: the longest series has 2 known values, at least 3 are needed"


def test_where_no_series_knows_two_seasons_the_longest_are_explained():
    panel, spec = (
        a_panel({"a": np.arange(1.0, 16), "b": np.arange(1.0, 14)}),
        a_spec(season=12, horizon=2, members=(a_member(context=24),)),
    )

    assert chosen(choose_windows(panel, spec, 3)) == [(0, 15)]
    assert typical_series(panel, spec) == 0
