from dataclasses import replace

import numpy as np
import pytest

from lstmcast.data.windows import NUMPY
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.network.spec import Cycle
from tests.examples import a_full_spec, a_member, a_panel, a_scale, a_spec, arrays_of, windows_at

EIGHT = [10, 20, 12, 22, 14, 24, 16, 26]  # a season of two, and a trend: the usual change is 2


def inputs_of(panel, spec, windows, **options):
    arrays = arrays_of(panel, season=spec.season, periods=tuple(c.period for c in spec.calendar), **options)
    return make_inputs(NUMPY, arrays, windows.series, windows.origin, spec, spec.members[0])


def test_the_level_is_the_mean_of_the_last_season_and_the_scale_the_usual_seasonal_change():
    panel = a_panel({"a": EIGHT})
    arrays = arrays_of(panel)

    inputs = inputs_of(panel, a_spec(), windows_at((0, 8)))

    unit = float(np.mean(EIGHT))
    assert inputs.level * unit + np.mean(EIGHT) == pytest.approx(np.array([[21]]), rel=1e-6)
    assert inputs.scale * unit == pytest.approx(np.array([[2]]), rel=1e-6)
    assert inputs.context == pytest.approx((np.array([EIGHT]) - 21) / 2, rel=1e-5)
    assert arrays.typical * unit == pytest.approx(np.array([2]), rel=1e-6)


def test_a_quiet_window_is_not_blown_up():
    panel = a_panel({"a": [0, 50, 0, 0, 50, 0, 0, 50, *[10.0] * 8]})
    arrays = arrays_of(panel)

    inputs = inputs_of(panel, a_spec(), windows_at((0, 16)))

    assert inputs.scale == pytest.approx(0.1 * arrays.typical[:, None])
    assert np.abs(inputs.context).max() < 1e-5


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_what_the_network_sees_does_not_depend_on_the_unit_of_the_data(factor):
    spec, windows = a_spec(), windows_at((0, 8))

    one = inputs_of(a_panel({"a": EIGHT}), spec, windows)
    other = inputs_of(a_panel({"a": np.array(EIGHT) * factor}), spec, windows)

    assert other.context == pytest.approx(one.context, rel=1e-5)
    assert other.segments == pytest.approx(one.segments, abs=1e-5)
    assert other.features == pytest.approx(one.features, abs=1e-5)


def test_segments_have_samples_timesteps_and_features():
    spec = a_spec()

    inputs = inputs_of(a_panel({"a": EIGHT, "b": EIGHT}), spec, windows_at((0, 8), (1, 8), (1, 7)))

    assert inputs.segments.shape == (3, 4, spec.segment_features(spec.members[0]))
    assert inputs.segments.dtype == np.float32
    assert inputs.features.shape == (3, 5)
    assert inputs.ahead.shape == (3, 3, 0)


def test_each_segment_reads_its_own_steps_in_order():
    inputs = inputs_of(a_panel({"a": EIGHT}), a_spec(), windows_at((0, 8)))

    squashed = inputs.segments[0, :, :2].reshape(-1)

    assert np.argsort(squashed).tolist() == np.argsort(EIGHT).tolist()
    assert (np.sign(squashed) == np.sign(inputs.context[0])).all()


def test_what_lies_before_a_short_series_is_masked():
    panel = a_panel({"a": [10, 20, 12, 22, 14]})

    inputs = inputs_of(panel, a_spec(), windows_at((0, 5)))

    assert inputs.segments[0, :, :2].reshape(-1)[:3].tolist() == [0, 0, 0]
    assert inputs.segments[0, :, 2].tolist() == [0, 0.5, 1, 1]  # the share of each segment that exists
    assert inputs.features[0, 3] == 0.625
    assert inputs.scale * panel.values.mean() == pytest.approx(np.array([[2]]), rel=1e-6)


def test_the_bank_sees_a_short_series_continued_back_by_its_first_season():
    inputs = inputs_of(a_panel({"a": [10, 20, 12, 22, 14]}), a_spec(), windows_at((0, 5)))

    values = inputs.context * inputs.scale + inputs.level

    assert values[0, :3] == pytest.approx(values[0, [4, 3, 4]])


def test_changing_values_after_the_origin_changes_nothing():
    panel = a_panel({"a": EIGHT * 2}, past={"wind": range(16)}, future={"price": range(16)})
    later = np.arange(16) >= 8
    changed = replace(
        panel,
        values=np.where(later, 1e6, panel.values),
        past=np.where(later[:, None], np.nan, panel.past),
    )
    spec = a_full_spec()
    known = np.array([8])

    one = inputs_of(panel.until(known), spec, windows_at((0, 8)))
    other = inputs_of(changed.until(known), spec, windows_at((0, 8)))

    assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_a_context_that_ends_in_a_gap_does_not_see_what_came_after_it():
    filled = [*[False] * 6, True, True, *[False] * 8]
    gap = replace(a_panel({"a": EIGHT * 2}, filled=filled, past={"wind": range(16)}), interpolated=True)
    spec = a_spec(past=(a_scale("wind", centred=True),))
    arrays = arrays_of(gap)
    then = replace(arrays, flat=np.where(np.isin(np.arange(16), (6, 7)), arrays.flat[5], arrays.flat))
    blind, whole = replace(then, interpolated=np.bool_(False)), replace(arrays, interpolated=np.bool_(False))

    found = [make_inputs(NUMPY, arrays, np.array([0]), np.array([at]), spec, spec.members[0]) for at in (8, 9)]
    expected = [
        make_inputs(NUMPY, one, np.array([0]), np.array([at]), spec, spec.members[0])
        for one, at in ((blind, 8), (whole, 9))
    ]

    assert all(
        (a == b).all() for one, other in zip(found, expected, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_windows_in_the_middle_do_not_see_what_follows_them():
    panel = a_panel({"a": EIGHT * 2}, past={"wind": range(16)})
    spec = a_spec(past=(a_scale("wind", centred=True),))
    arrays = arrays_of(panel)
    later = np.arange(16) >= 8

    one = make_inputs(NUMPY, arrays, np.array([0]), np.array([8]), spec, spec.members[0])
    blind = replace(arrays, flat=np.where(later, 9, arrays.flat), past=np.where(later[:, None], 9, arrays.past))
    other = make_inputs(NUMPY, blind, np.array([0]), np.array([8]), spec, spec.members[0])

    assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_levels_are_seen_against_their_recent_mean_in_the_context_and_ahead():
    panel = a_panel({"a": EIGHT}, ahead=3, future={"price": [*range(8), 20, 21, 22]})
    spec = a_spec(future=(a_scale("price", centred=True),))

    inputs = inputs_of(panel, spec, windows_at((0, 8)))

    assert inputs.segments[0, :, 2:4].reshape(-1).tolist() == [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]
    assert inputs.ahead[0, :, 0].tolist() == [16.5, 17.5, 18.5]


def test_switches_are_seen_as_they_are():
    panel = a_panel({"a": EIGHT}, ahead=3, future={"holiday": [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1]})
    spec = a_spec(future=(a_scale("holiday"),))

    inputs = inputs_of(panel, spec, windows_at((0, 8)))

    assert inputs.segments[0, :, 2:4].reshape(-1).tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
    assert inputs.ahead[0, :, 0].tolist() == [1, 0, 1]


def test_the_recent_mean_of_a_short_series_is_of_the_steps_that_exist():
    panel = a_panel({"a": [10, 20, 12, 22]}, ahead=3, future={"price": [4, 5, 6, 7, 8, 8, 8]})
    spec = a_spec(future=(a_scale("price", centred=True),))

    inputs = inputs_of(panel, spec, windows_at((0, 4)))

    assert inputs.segments[0, :, 2:4].reshape(-1).tolist() == [0, 0, 0, 0, -1.5, -0.5, 0.5, 1.5]
    assert inputs.ahead[0, :, 0].tolist() == [2.5, 2.5, 2.5]


def test_past_covariates_are_not_among_what_is_known_ahead():
    panel = a_panel({"a": EIGHT}, past={"wind": range(8)})
    spec = a_spec(past=(a_scale("wind"),))

    inputs = inputs_of(panel, spec, windows_at((0, 8)))

    assert inputs.segments[0, :, 2:4].reshape(-1).tolist() == list(range(8))
    assert inputs.ahead.shape == (1, 3, 0)


def test_calendar_features_are_the_sines_and_cosines_of_the_tick():
    panel = a_panel({"a": EIGHT}, first=3)
    spec = a_spec(calendar=(Cycle(name="four", period=4.0, harmonics=2),))

    inputs = inputs_of(panel, spec, windows_at((0, 8)))

    ticks = 3 + 8 + np.arange(3)  # the horizon begins eight steps after the first row
    angle = 2 * np.pi * ticks / 4
    expected = np.column_stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)])
    assert inputs.ahead[0] == pytest.approx(expected, abs=1e-5)
    first_steps = 2 * np.pi * (3 + np.arange(0, 8, 2)) / 4
    assert inputs.segments[0, :, -4] == pytest.approx(np.sin(first_steps), abs=1e-5)
    assert inputs.segments[0, :, -3] == pytest.approx(np.cos(first_steps), abs=1e-5)


def test_calendar_features_stay_exact_for_large_ticks():
    spec = a_spec(calendar=(Cycle(name="day", period=24.0, harmonics=1),))
    windows = windows_at((0, 8))

    early = inputs_of(a_panel({"a": EIGHT}, first=5), spec, windows)
    late = inputs_of(a_panel({"a": EIGHT}, first=5 + 24 * 10**9), spec, windows)

    assert (late.ahead == early.ahead).all()


def test_targets_are_the_values_that_follow_on_the_scale_of_the_window():
    panel = a_panel({"a": [*EIGHT, 31, 11]})
    arrays, spec = arrays_of(panel), a_spec()
    inputs = inputs_of(panel, spec, windows_at((0, 8)))

    truth, counts = make_targets(NUMPY, arrays, np.array([0]), np.array([8]), inputs, 3)

    unit = panel.values.mean()
    assert (truth * inputs.scale + inputs.level)[0, :2] * unit + unit == pytest.approx([31, 11], rel=1e-6)
    assert counts.tolist() == [[1, 1, 0]]


def test_made_up_and_unknown_targets_do_not_count():
    panel = a_panel({"a": [*EIGHT, 31, 11]}, ahead=2, filled=[False] * 8 + [True, False, False, False])
    arrays, spec = arrays_of(panel), a_spec()
    inputs = inputs_of(panel, spec, windows_at((0, 8)))

    _, counts = make_targets(NUMPY, arrays, np.array([0]), np.array([8]), inputs, 4)

    assert counts.tolist() == [[0, 1, 0, 0]]


def test_every_input_is_finite_whatever_the_series():
    panel = a_panel({"zeros": [0] * 8, "constant": [0.1] * 8, "huge": [1e15] * 7 + [-1e15], "one": [3]})

    for log in (False, True):
        chosen = panel if not log else a_panel({"tiny": [1e-300] * 8, "huge": [1e300] * 8, "one": [3]})
        windows = windows_at(*((k, int(known)) for k, known in enumerate(chosen.known)))
        inputs = inputs_of(chosen, a_spec(members=(a_member(),)), windows, log=log)

        assert all(np.isfinite(block).all() for block in inputs)
