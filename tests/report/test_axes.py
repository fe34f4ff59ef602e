import pytest

from lstmcast.report.axes import choose_labels, nice_ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 7, [0, 1, 2, 3, 4, 5, 6, 7]),
        (-33, 78, [-20, 0, 20, 40, 60]),
        (0, 0.012, [0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012]),
        (99.75, 100.25, [99.8, 99.9, 100, 100.1, 100.2]),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert nice_ticks(low, high) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ([f"2024-03-08 {hour:02}:00" for hour in range(24)], [f"2024-03-08 {hour:02}:00" for hour in (0, 6, 12, 18)]),
        ([f"{day:02}.{month:02}.2024" for month in range(1, 5) for day in range(1, 29)],
         ["01.01.2024", "01.02.2024", "01.03.2024", "01.04.2024"]),
        ([str(step) for step in range(1, 13)], ["1", "3", "5", "7", "9", "11"]),
        ([f"{place / 4:g}" for place in range(-10, 11)], ["-2", "-1", "0", "1", "2"]),
        ([str(5 * place) for place in range(-10, 11)], ["-40", "-20", "0", "20", "40"]),
        (["only"], ["only"]),
        ([], []),
    ],
)  # fmt: skip
def test_labels_are_as_many_as_there_is_room_for_at_good_places(labels, shown):
    assert [labels[place] for place in choose_labels(range(len(labels)), labels, 600)] == shown
