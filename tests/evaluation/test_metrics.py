import numpy as np
import pytest

from lstmcast.evaluation.metrics import (
    Scored,
    bias,
    counts_in_coverage,
    coverage,
    interval,
    mase,
    place_of,
    ratios,
    rmsse,
    smape,
    weighted_quantile_loss,
    width,
)

NAN = float("nan")


def scored(truth, median, *, change=None, quantiles=(), values=None):
    truth, median = np.array(truth, float), np.array(median, float)
    values = np.zeros((*median.shape, 0)) if values is None else np.array(values, float)
    change = np.ones(len(truth)) if change is None else np.array(change, float)
    return Scored(truth, median, quantiles, values, change, np.sqrt(2) * change, counts_in_coverage(change))


def banded(truth, lower, upper, change=None):
    lower, upper = np.array(lower, float), np.array(upper, float)
    middle = (lower + upper) / 2
    return scored(
        truth, middle, change=change, quantiles=(0.1, 0.5, 0.9), values=np.stack([lower, middle, upper], axis=2)
    )


def test_mase_is_the_mean_error_in_units_of_the_usual_change():
    forecasts = scored([[10, 20], [5, 5]], [[11, 17], [5, 9]], change=[2, 4])

    assert mase(forecasts).value == ((1 + 3) / 2 / 2 + (0 + 4) / 2 / 4) / 2


def test_each_window_counts_as_one_however_much_of_it_is_known():
    forecasts = scored([[10, NAN, NAN], [5, 5, 5]], [[12, 0, 0], [5, 5, 5]])

    assert mase(forecasts).value == 1


def test_a_window_of_which_nothing_is_known_does_not_count():
    forecasts = scored([[NAN, NAN], [5, 5]], [[12, 0], [6, 6]])

    assert (mase(forecasts).value, smape(forecasts).value, bias(forecasts).value) == (1, pytest.approx(200 / 11), 1)


def test_series_that_never_change_have_no_mase():
    forecasts = scored([[10], [5]], [[11], [7]], change=[0, 2])

    assert mase(forecasts).value == 1
    assert np.isnan(mase(scored([[10]], [[11]], change=[0])).value)


@pytest.mark.parametrize("metric", [mase, rmsse])
def test_rounding_is_a_share_of_the_values_where_their_changes_are_huge(metric):
    assert metric(scored([[10]], [[11]], change=[10**7])).nothing == pytest.approx(1e-12)
    assert metric(scored([[10]], [[11]], change=[1])).nothing == 1e-6
    assert metric(scored([[0]], [[1e-9]], change=[1])).nothing == 1e-6


def test_smape_is_the_error_against_the_mean_size_of_truth_and_forecast():
    forecasts = scored([[10, 0], [0, -4]], [[30, 0], [5, 4]])

    assert smape(forecasts).value == ((100 + 0) / 2 + (200 + 200) / 2) / 2


def test_bias_is_positive_where_the_forecast_is_too_high():
    forecasts = scored([[10, 20], [5, 5]], [[14, 20], [4, 4]], change=[1, 2])

    assert bias(forecasts).value == (2 - 0.5) / 2


def test_the_quantile_loss_of_a_point_forecast_is_its_absolute_error_against_the_size_of_the_truth():
    forecasts = scored([[10, 30]], [[14, 24]])

    assert weighted_quantile_loss(forecasts).value == pytest.approx((4 + 6) / 40)


def test_the_quantile_loss_weighs_each_decile_by_its_side():
    deciles = tuple(round(0.1 * k, 1) for k in range(1, 10))
    values = np.arange(1.0, 10.0).reshape(1, 1, 9)  # decile k says k
    forecasts = scored([[3.0]], [[5.0]], quantiles=deciles, values=values)

    losses = [0.1 * 2, 0.2 * 1, 0, 0.6 * 1, 0.5 * 2, 0.4 * 3, 0.3 * 4, 0.2 * 5, 0.1 * 6]

    assert weighted_quantile_loss(forecasts).value == pytest.approx(2 * sum(losses) / 9 / 3)


def test_truth_that_is_not_known_has_no_quantile_loss():
    assert weighted_quantile_loss(scored([[10, NAN]], [[14, 1e9]])).value == pytest.approx(0.4)
    assert np.isnan(weighted_quantile_loss(scored([[0, 0]], [[1, 1]])).value)


def test_coverage_is_the_share_of_the_truth_between_the_bounds_ends_included():
    forecasts = banded([[1, 2, 3, 4]], lower=[[1, 3, 0, 0]], upper=[[2, 4, 3, 3]])

    assert coverage(forecasts, 80).value == 0.5


def test_series_that_stand_still_beside_others_do_not_count_in_coverage():
    forecasts = banded([[7, 7], [1, 9], [5, 6]], [[7, 7], [0, 0], [4, 4]], [[7, 7], [2, 2], [5, 5]], change=[0, 1, 2])

    assert coverage(forecasts, 80).value == (0.5 + 0.5) / 2
    assert coverage(forecasts, 80).by(np.arange(3), 3).tolist()[1:] == [0.5, 0.5]
    assert np.isnan(coverage(forecasts, 80).by(np.arange(3), 3)[0])


def test_where_all_series_stand_still_the_coverage_is_that_of_all():
    forecasts = banded([[7.0, 0.1 + 0.2], [7, 8]], [[7, 0.3], [7, 7]], [[7, 0.3], [7, 7]], change=[0, 0])

    assert coverage(forecasts, 80).value == 0.75


def test_truth_that_is_not_known_is_neither_covered_nor_missed():
    forecasts = banded([[1, NAN], [NAN, 9]], lower=[[0, 0], [0, 0]], upper=[[2, 2], [2, 2]])

    assert coverage(forecasts, 80).value == 0.5


def test_width_is_the_mean_width_in_units_of_the_usual_change():
    forecasts = banded([[1, 1], [1, 1]], lower=[[0, 0], [0, 0]], upper=[[2, 4], [8, 8]], change=[1, 4])

    assert width(forecasts, 80).value == (3 + 2) / 2


def test_series_that_never_change_have_no_width():
    forecasts = banded([[1], [1]], lower=[[0], [0]], upper=[[9], [8]], change=[0, 4])

    assert width(forecasts, 80).value == 2
    assert np.isnan(width(banded([[1]], [[0]], [[9]], change=[0]), 80).value)


def test_what_only_rounding_keeps_outside_a_band_is_inside():
    narrow = banded([[5.0, 0.1 + 0.2, -7.0, 5.0]], [[5.0 + 1e-15, 0.3, -7.0, 4.9]], [[5.0 + 1e-15, 0.3, -7.0, 4.99]])

    assert coverage(narrow, 80).value == 0.75


def test_forecasters_without_a_band_have_neither_coverage_nor_width():
    point = scored([[1]], [[1]])

    assert np.isnan(coverage(point, 80).value)
    assert np.isnan(width(point, 80).value)
    assert np.isnan(coverage(banded([[1]], [[0]], [[2]]), 95).value)
    assert interval(point, 80) is None


def test_a_quantile_is_found_in_spite_of_rounding():
    assert place_of((0.025, 0.5, 0.975), (1 + 95 / 100) / 2) == 2
    assert place_of((0.025, 0.5, 0.975), 0.9) is None


def test_rmsse_is_the_root_mean_square_error_in_units_of_the_usual_swing():
    forecasts = scored([[10, 20], [5, 5]], [[13, 24], [5, 5]], change=[1, 1])  # the swing is √2 of the change

    assert rmsse(forecasts).value == pytest.approx((np.sqrt((9 + 16) / 2) / np.sqrt(2) + 0) / 2)


def test_a_forecast_that_is_no_number_is_never_left_out_of_a_score():
    forecasts = scored([[10, 20], [5, 5]], [[10, NAN], [5, 5]])

    for metric in (mase, smape, rmsse, bias, weighted_quantile_loss):
        assert np.isnan(metric(forecasts).value), metric.__name__


def test_groups_of_windows_have_their_own_scores():
    errors = mase(scored([[1], [1], [1], [NAN]], [[2], [4], [9], [9]]))

    assert errors.by(np.array([0, 0, 1, 2]), 3).tolist()[:2] == [2, 8]
    assert np.isnan(errors.by(np.array([0, 0, 1, 2]), 3)[2])


def test_all_scores_have_names_in_a_fixed_order():
    names = list(ratios(scored([[1]], [[1]]), (80, 99.5)))

    assert names == ["mase", "smape", "rmsse", "wql", "bias", "coverage_80", "coverage_99.5", "width_80", "width_99.5"]


def test_utilsforecast_gives_the_same_scores():
    losses = pytest.importorskip("utilsforecast.losses", reason="utilsforecast is not installed")
    pandas = pytest.importorskip("pandas")
    random = np.random.default_rng(0)
    past, truth, season = random.uniform(1, 9, (4, 30)), random.uniform(1, 9, (4, 6)), 5
    deciles = tuple(round(0.1 * k, 1) for k in range(1, 10))
    values = np.sort(random.uniform(1, 9, (4, 6, 9)), axis=2)
    changes = past[:, season:] - past[:, :-season]
    ours = ratios(
        Scored(
            truth=truth,
            median=values[..., 4],
            quantiles=deciles,
            values=values,
            change=np.abs(changes).mean(axis=1),
            swing=np.sqrt((changes**2).mean(axis=1)),
            in_coverage=np.ones(4, bool),
        ),
        (80,),
    )

    def long(array, column):
        ids = np.repeat(np.arange(4), array.shape[1])
        return pandas.DataFrame({"unique_id": ids, "ds": np.tile(np.arange(array.shape[1]), 4), column: array.ravel()})

    table, train = long(truth, "y").assign(lstm=values[..., 4].ravel()), long(past, "y")
    table = table.assign(**{"lstm-lo-80": values[..., 0].ravel(), "lstm-hi-80": values[..., 8].ravel()})
    quantiles = {f"q{k}": values[..., k].ravel() for k in range(9)}
    models = {"lstm": list(quantiles)}
    theirs = {
        "mase": losses.mase(table, ["lstm"], season, train),
        "rmsse": losses.rmsse(table, ["lstm"], season, train),
        "smape": losses.smape(table, ["lstm"]).assign(lstm=lambda frame: 200 * frame["lstm"]),  # theirs is 0 to 1
        "coverage_80": losses.coverage(table, ["lstm"], level=80),
    }
    crps = losses.scaled_crps(table.assign(**quantiles), models, np.array(deciles))

    for name, found in theirs.items():
        assert ours[name].value == pytest.approx(found["lstm"].mean()), name
    each = ours["wql"].by(np.arange(4), 4)
    assert each == pytest.approx(crps["lstm"].to_numpy())
