import pytest

from lstmcast.evaluation.titles import skill_interval, title_of


def test_scores_are_called_as_people_know_them_and_others_by_their_names():
    assert [title_of(score) for score in ("smape", "bias", "seed_spread")] == ["sMAPE", "bias", "seed spread"]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-0.1, 0.255, "-10.0% to +25.5%"), (-9, 0.5, "below -100% to +50.0%"), (-9, -2, "below -100%")],
)
def test_an_interval_of_skill_is_told_in_percent(low, high, text):
    assert skill_interval(low, high) == text
