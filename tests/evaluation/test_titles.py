import pytest

from lstmcast.evaluation.titles import skill_interval, skill_of_late, title_of


def test_scores_are_called_as_people_know_them_and_others_by_their_names():
    assert [title_of(score) for score in ("smape", "bias", "seed_spread")] == ["sMAPE", "bias", "seed spread"]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-0.1, 0.255, "-10.0% to +25.5%"),
        (-9, 0.5, "below -100% to +50.0%"),
        (-9, -2, "below -100%"),
        (-0.0003, 0.0002, "+0.0% to +0.0%"),
    ],
)
def test_an_interval_of_skill_is_told_in_percent(low, high, text):
    assert skill_interval(low, high) == text


@pytest.mark.parametrize(
    ("skill", "text"),
    [
        (0.123, "of late, 12.3% of the seasonal naive error was saved"),
        (0.0, "of late, 0.0% of the seasonal naive error was saved"),
        (-1.5, "of late, the error was 150.0% larger than that of seasonal naive"),
    ],
)
def test_skill_of_late_is_a_share_that_was_saved_or_added(skill, text):
    assert skill_of_late(skill) == text
