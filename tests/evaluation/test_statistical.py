import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from lstmcast.data.windows import rolling_windows
from lstmcast.errors import ConfigError
from lstmcast.evaluation.backtest import hold_out, score_baselines
from lstmcast.evaluation.statistical import STATISTICAL, check_installed, forecast_statistical
from tests.examples import a_panel, windows_at

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
installed = find_spec("statsforecast") is not None
needs_library = pytest.mark.skipif(not installed, reason="statsforecast is an optional extra: lstmcast[peers]")


@pytest.mark.skipif(installed, reason="statsforecast is installed here")
def test_baselines_whose_library_is_missing_are_refused_with_what_to_do():
    with pytest.raises(ConfigError) as caught:
        check_installed(["naive", "autoets", "autoarima"])

    assert str(caught.value) == (
        "evaluate.baselines: autoets, autoarima need the package statsforecast, which is not installed; "
        "install it by pip install 'lstmcast[peers]', or leave them out"
    )


def test_simple_baselines_need_no_library():
    check_installed(["naive", "seasonal_average"])


def a_season(count):
    return 100 + np.arange(count) + 20 * np.sin(2 * np.pi * np.arange(count) / 12)


@pytest.fixture
def library(monkeypatch):
    """Make the library answer what a test wants, and remember what it is asked."""
    asked = []

    def answer(found):
        def forecast(**question):
            asked.append(question)
            if isinstance(found, Exception):
                raise found
            return {name: np.array(values) for name, values in found.items()}

        models = SimpleNamespace(AutoETS=lambda season_length: SimpleNamespace(forecast=forecast))
        monkeypatch.setitem(sys.modules, "statsforecast", SimpleNamespace(models=models))
        return asked

    return answer


def test_quantiles_are_the_bounds_of_their_levels_and_the_mean_where_there_are_none(library):
    asked = library({"mean": [5.0, 6.0], "lo-50.0": [3.0, np.nan], "hi-50.0": [7.0, 8.0], "lo-80.0": [1.0, 2.0],
                     "hi-80.0": [9.0, 10.0]})  # fmt: skip
    panel = a_panel({"a": [0.0] * 3, "b": range(14)})

    found = forecast_statistical("autoets", panel, windows_at((1, 12)), 2, 1, (0.1, 0.25, 0.5, 0.75, 0.9))

    assert found.tolist() == [[[1, 3, 5, 7, 9], [2, 6, 6, 8, 10]]]
    assert [(one["y"].tolist(), one["h"], one["level"]) for one in asked] == [(list(range(12)), 2, [50.0, 80.0])]


@pytest.mark.parametrize("found", [ValueError("too odd"), Exception("no model fits"), {"mean": [np.nan, 1.0]}])
def test_a_series_that_the_library_refuses_goes_on_with_its_last_value(library, found):
    asked = library(found)

    forecast = forecast_statistical("autoets", a_panel({"a": range(10)}), windows_at((0, 10)), 2, 1, (0.1, 0.5, 0.9))

    assert forecast.tolist() == [[[9, 9, 9]] * 2]
    assert len(asked) == 1


def test_a_bug_in_the_library_keeps_its_traceback(library):
    library(TypeError("not callable"))

    with pytest.raises(TypeError, match="not callable"):
        forecast_statistical("autoets", a_panel({"a": range(10)}), windows_at((0, 10)), 2, 1, (0.5,))


def test_of_a_series_that_is_too_short_the_library_is_not_asked(library):
    asked = library({"mean": [1.0]})

    forecast = forecast_statistical("autoets", a_panel({"a": range(9)}), windows_at((0, 9)), 1, 1, (0.5,))

    assert (forecast.tolist(), asked) == ([[[8]]], [])


@needs_library
@pytest.mark.parametrize("name", STATISTICAL)
def test_each_follows_the_season_and_gives_rising_quantiles(name):
    values = a_season(96) + np.random.default_rng(0).normal(size=96)
    panel = a_panel({"a": values[:84], "b": values})

    found = forecast_statistical(name, panel, windows_at((1, 84)), 12, 12, QUANTILES)

    assert found.shape == (1, 12, 5)
    assert found[0, :, 2] == pytest.approx(a_season(96)[84:], abs=12)
    assert (np.diff(found, axis=2) > 0).all()


@needs_library
@pytest.mark.parametrize("name", STATISTICAL)
@pytest.mark.parametrize("past", [[7.0] * 40, [1.0, 2.0, 7.0], [0.0] * 12 + [7.0], [7.0]])
def test_a_series_that_allows_no_model_still_has_a_forecast(name, past):
    found = forecast_statistical(name, a_panel({"a": past}), windows_at((0, len(past))), 2, 12, QUANTILES)

    assert np.isfinite(found).all()
    if len(past) < 10:
        assert (found == 7).all()


@needs_library
def test_none_sees_another_series_or_what_follows():
    values = list(a_season(60))
    alone = a_panel({"b": values[:40]})
    beside = a_panel({"a": [np.nan] * 3, "b": values[:40] + [1e6] * 20, "c": [np.nan]})

    found = forecast_statistical("autoets", beside, windows_at((1, 40)), 3, 12, QUANTILES)

    assert found.tolist() == forecast_statistical("autoets", alone, windows_at((0, 40)), 3, 12, QUANTILES).tolist()


@needs_library
def test_they_are_scored_beside_the_simple_ones_with_their_intervals():
    panel = a_panel({"a": a_season(60)})
    held = hold_out(panel, rolling_windows(panel.known, 3, 2, 3, 13), 3, 3, season=12)

    scored = score_baselines(panel, held, ["naive", "autotheta"], 12, QUANTILES)

    assert scored["naive"].quantiles == ()
    assert scored["autotheta"].quantiles == QUANTILES
    assert scored["autotheta"].median.shape == (2, 3)
