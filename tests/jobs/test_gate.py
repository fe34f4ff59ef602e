import pytest

from lstmcast.config.schema import Config
from lstmcast.jobs.train import refuse_promotion


def a_config(**gate):
    config = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"gate": gate}}
    return Config.model_validate(config)


def rows(model, baseline, metric="mase"):
    return ({"forecaster": "lstm", metric: model}, {"forecaster": "seasonal_naive", metric: baseline})


def test_a_model_that_is_as_good_as_asked_for_passes():
    assert refuse_promotion(a_config(), rows(1.0, 1.0)) is None
    assert refuse_promotion(a_config(min_skill=0.25), rows(0.75, 1.0)) is None
    assert refuse_promotion(a_config(metric="wql"), rows(0.1, 0.2, "wql")) is None


def test_a_model_that_is_worse_is_refused_with_both_scores():
    assert refuse_promotion(a_config(min_skill=0.05), rows(0.96, 1.0)) == (
        "mase 0.96 of the model against 1 of seasonal_naive: skill 4.0%, evaluate.gate.min_skill is 5.0%"
    )


def test_where_the_data_allow_no_score_nothing_is_refused():
    assert refuse_promotion(a_config(), rows(None, None)) is None


@pytest.mark.parametrize("score", [None, float("nan"), float("inf")])
def test_a_model_whose_score_is_no_number_is_refused(score):
    refusal = refuse_promotion(a_config(), rows(score, 1.0))

    assert refusal is not None
    assert "against 1 of seasonal_naive" in refusal
