import numpy as np
import pytest

from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out
from lstmcast.evaluation.bootstrap import Clusters, Skill, clusters_of, skill_against
from lstmcast.evaluation.metrics import Ratio, Scored, smape
from tests.examples import a_panel


def a_grid(origins, series, overlap=1.0):
    """Return clusters in which every series has a window at every origin, origin after origin."""
    return Clusters(
        origin=np.repeat(np.arange(origins), series),
        series=np.tile(np.arange(series), origins),
        origins=origins,
        series_count=series,
        overlap=overlap,
    )


def errors(values):
    values = np.asarray(values, float)
    return Ratio(values, np.ones(len(values)))


def skill_of(model, baseline, clusters, seed=1):
    (found,) = skill_against([errors(model)], {"naive": [errors(baseline)]}, clusters, seed=seed)["naive"]
    return found


def smape_of(truth, forecasts):
    """Return the sMAPE of windows of one step."""
    truth, median = np.array(truth, float)[:, None], np.array(forecasts, float)[:, None]
    held = np.ones(len(truth))
    return smape(Scored(truth, median, (), np.zeros((len(truth), 1, 0)), held, held, held > 0))


def test_the_skill_is_the_share_of_the_baselines_error_that_is_saved():
    found = skill_of([1, 2, 3, 2], [2, 4, 6, 4], a_grid(4, 1))

    assert found == Skill(0.5, pytest.approx(0.5), pytest.approx(0.5))
    assert found.verdict == "better"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.1, 0.3, "better"),
        (-0.3, -0.1, "worse"),
        (-0.1, 0.3, "no clear difference"),
        (0.0, 0.3, "no clear difference"),
        (None, None, "no clear difference"),
    ],
)
def test_better_is_said_only_where_the_interval_excludes_zero(low, high, verdict):
    assert Skill(0.2, low, high).verdict == verdict


def test_one_window_proves_nothing():
    found = skill_of([1], [9], a_grid(1, 1))

    assert (found.skill, found.low, found.high) == (pytest.approx(8 / 9), None, None)
    assert found.verdict == "no clear difference"


def test_the_same_seed_gives_the_same_interval():
    random = np.random.default_rng(0)
    model, baseline = random.uniform(1, 2, 12), random.uniform(1, 2, 12)

    assert skill_of(model, baseline, a_grid(4, 3)) == skill_of(model, baseline, a_grid(4, 3))
    assert skill_of(model, baseline, a_grid(4, 3)) != skill_of(model, baseline, a_grid(4, 3), seed=2)


def test_what_is_the_same_at_every_origin_and_series_is_certain():
    found = skill_of(np.tile([1.0, 10.0, 5.0], 3), np.tile([2.0, 20.0, 10.0], 3), a_grid(3, 3))

    assert (found.low, found.high) == (pytest.approx(0.5), pytest.approx(0.5))


def test_one_good_origin_among_three_is_not_enough():
    found = skill_of([0.1, 1.1, 1.2], [2, 1, 1], a_grid(3, 1))

    assert found.skill > 0.3
    assert found.verdict == "no clear difference"


def test_origins_that_overlap_prove_less():
    model, baseline = [1.0, 1.2, 0.9, 1.3, 1.1, 0.8], [1.5, 1.4, 1.6, 1.3, 1.5, 1.2]

    apart, overlapping = (skill_of(model, baseline, a_grid(6, 1, overlap)) for overlap in (1.0, 3.0))

    assert overlapping.low < apart.low < apart.skill < apart.high < overlapping.high


def test_the_interval_of_origins_that_overlap_widens_by_what_they_share():
    random = np.random.default_rng(0)
    model, baseline = random.uniform(1, 2, 12), random.uniform(2, 3, 12)

    apart, overlapping = (skill_of(model, baseline, a_grid(12, 1, overlap)) for overlap in (1.0, 4.0))

    of_twelve = 2.201 * np.sqrt(12 / 11)  # Student's t and the resampled spread of twelve
    of_three = 4.303 * np.sqrt(3 / 2)  # as many as there are without overlap
    widths = [np.log((1 - one.low) / (1 - one.high)) for one in (apart, overlapping)]
    assert widths[1] / widths[0] == pytest.approx(np.sqrt(4) * of_three / of_twelve)


@pytest.mark.parametrize(("origins", "series"), [(3, 1), (5, 1), (1, 8), (3, 3), (4, 20)])
def test_of_equal_forecasters_few_are_called_better_or_worse(origins, series):
    random = np.random.default_rng(0)
    clusters = a_grid(origins, series)
    verdicts = []
    for _ in range(200):
        shared = random.normal(size=(2, origins))[:, clusters.origin] * 0.2 * (origins > 1)
        model, baseline = np.exp(0.3 * random.normal(size=(2, origins * series)) + shared)
        verdicts.append(skill_of(model, baseline, clusters).verdict)

    assert np.mean([verdict != "no clear difference" for verdict in verdicts]) <= 0.1


def test_a_real_difference_is_found():
    random = np.random.default_rng(0)
    model, baseline = np.exp(0.2 * random.normal(size=(2, 5 * 40)))

    assert skill_of(0.8 * model, baseline, a_grid(5, 40)).verdict == "better"
    assert skill_of(1.25 * model, baseline, a_grid(5, 40)).verdict == "worse"


def test_a_perfect_forecast_and_one_without_a_score_are_told_without_a_warning():
    clusters = a_grid(2, 2)

    assert skill_of([0] * 4, [1] * 4, clusters).verdict == "better"
    assert skill_of([0] * 4, [0] * 4, clusters) == Skill(0.0, 0.0, 0.0)
    assert skill_of([np.nan] * 4, [1] * 4, clusters) == Skill(-np.inf, None, None)


def test_where_neither_has_a_score_nothing_can_be_told():
    found = skill_of([np.nan] * 4, [np.nan] * 4, a_grid(2, 2))

    assert np.isnan(found.skill)
    assert (found.low, found.high, found.verdict) == (None, None, "cannot be told")


def test_errors_that_are_rounding_on_both_sides_are_equal():
    clusters = a_grid(2, 2)

    found = skill_of([5e-7, 4e-7, 0, 9e-7], [0] * 4, clusters)

    assert found == Skill(0.0, 0.0, 0.0)
    assert found.verdict == "no clear difference"
    assert skill_of([5e-6] * 4, [0] * 4, clusters).verdict == "worse"


def test_rounding_is_measured_against_the_size_of_the_values_in_percent_too():
    truth, clusters = [1000.0] * 4, a_grid(2, 2)
    single = smape_of(truth, [1000.00006] * 4)  # 6e-8 of the value, as single precision has it: 6e-6%
    off = smape_of(truth, [1000.01] * 4)  # 1e-5 of the value: 1e-3%

    by_rounding, by_error = (
        skill_against([one], {"naive": [smape_of(truth, truth)]}, clusters, seed=1)["naive"][0] for one in (single, off)
    )

    assert by_rounding == Skill(0.0, 0.0, 0.0)
    assert by_error.verdict == "worse"


@pytest.mark.parametrize(
    ("origins", "verdict", "said"),
    [
        (1, "better", "better at this origin"),
        (1, "worse", "worse at this origin"),
        (1, "no clear difference", "no clear difference"),
        (1, "cannot be told", "cannot be told"),
        (2, "better", "better"),
        (2, "worse", "worse"),
    ],
)
def test_a_verdict_from_one_origin_says_so(origins, verdict, said):
    assert a_grid(origins, 20).limit(verdict) == said


def test_windows_that_do_not_count_are_drawn_without_harm():
    clusters = a_grid(1, 3)
    counted = np.array([1.0, 0.0, 0.0])
    model, baseline = Ratio(np.array([1.0, 0, 0]), counted), Ratio(np.array([2.0, 0, 0]), counted)

    (found,) = skill_against([model], {"naive": [baseline]}, clusters, seed=1)["naive"]

    assert found.skill == 0.5
    assert np.isfinite([found.low, found.high]).all()


def test_clusters_are_the_origins_and_series_of_the_windows():
    panel = a_panel({"a": [1, 2], "b": range(9), "c": range(9)})
    held = hold_out(panel, rolling_windows(panel.known, 2, 2, 1, 3), 2, 1, season=1)

    clusters = clusters_of(held)

    assert clusters.origin.tolist() == [0, 0, 1, 1]
    assert clusters.series.tolist() == [0, 1, 0, 1]
    assert (clusters.origins, clusters.series_count, clusters.overlap) == (2, 2, 2)


@pytest.mark.parametrize(
    ("origins", "series", "text"),
    [
        (3, 4, "resampled over 3 origins and 4 series"),
        (3, 1, "resampled over 3 origins: what holds for this one series"),
        (1, 4, "resampled over 4 series: what holds at this one origin"),
        (1, 1, "one origin of one series: nothing to resample, so nothing is proved"),
    ],
)
def test_what_was_resampled_is_said(origins, series, text):
    assert a_grid(origins, series).described == text
