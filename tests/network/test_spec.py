import json

import pytest

from lstmcast.kinds import UnfitError
from lstmcast.network.spec import Cycle, expected_shapes, member_shapes
from tests.examples import a_full_spec, a_member, a_scale, a_spec


def test_the_textbook_network_has_few_weights():
    spec = a_spec(members=(a_member(segment=1),))

    assert member_shapes(spec, spec.members[0]) == {
        "cell0/kernel": (7, 12),  # the value, whether it exists, five features of the window; four gates of three units
        "cell0/recurrent": (3, 12),
        "cell0/bias": (12,),
        "state/kernel": (8, 4),
        "state/bias": (4,),
        "correction/kernel": (4, 3),
        "correction/bias": (3,),
        "spread/kernel": (4, 12),
        "spread/bias": (12,),
        "typical_error": (3,),
    }


def test_bank_covariates_and_calendar_add_theirs():
    plain, full = a_spec(), a_full_spec()

    added = member_shapes(full, full.members[0])
    shapes = {name: shape for name, shape in added.items() if name not in member_shapes(plain, plain.members[0])}

    count = len(full.members[0].bank)
    assert shapes == {
        "bank/kernel": (8, count * 3),
        "gate/kernel": (4, count * 3),
        "gate/bias": (count * 3,),
        "ahead/kernel": (5, 4),  # one covariate, two harmonics of one cycle
        "ahead/bias": (4,),
        "ahead_state/kernel": (4, 4),
        "ahead_effect/kernel": (4, 5),
        "ahead_effect/bias": (5,),
    }
    assert added["cell0/kernel"] == (2 * 3 + 1 + 5 + 4, 12)


@pytest.mark.parametrize(("cell", "width", "bias"), [("lstm", 12, (12,)), ("gru", 9, (2, 9)), ("rnn", 3, (3,))])
def test_each_cell_has_its_gates_and_each_layer_reads_the_one_below(cell, width, bias):
    spec = a_spec(cell=cell, layers=2)

    shapes = member_shapes(spec, spec.members[0])

    assert shapes["cell0/kernel"] == (8, width)
    assert shapes["cell1/kernel"] == (3, width)
    assert shapes["cell1/recurrent"] == (3, width)
    assert shapes["cell1/bias"] == bias


def test_a_linear_network_has_no_cell_and_its_gate_reads_the_description_of_the_window():
    spec = a_full_spec(cell="linear", layers=2)

    shapes = member_shapes(spec, spec.members[0])

    assert spec.recurrent_layers == 0
    assert [name for name in shapes if name.startswith("cell")] == []
    assert shapes["state/kernel"] == (5, 4)
    assert shapes.keys() >= {"bank/kernel", "gate/kernel", "ahead/kernel"}


def test_all_weights_of_an_ensemble_carry_the_number_of_their_member():
    spec = a_spec(members=(a_member(), a_member(context=12)))

    shapes = expected_shapes(spec)

    assert len(shapes) == 2 * len(member_shapes(spec, spec.members[0]))
    assert shapes["member1/typical_error"] == (3,)


def test_a_model_knows_its_sizes():
    spec = a_full_spec()

    assert spec.median == 2
    assert spec.calendar_features == 4
    assert spec.horizon_features == 5
    assert spec.members[0].segments == 4


def test_a_model_comes_back_from_json_as_it_was():
    spec = a_full_spec()

    assert type(spec).from_plain(json.loads(spec.as_json())) == spec


@pytest.mark.parametrize(
    "quantiles",
    [
        (0.1, 0.5, 0.8),
        (0.9, 0.5, 0.1),
        (0.1, 0.4, 0.6, 0.9),
        (0.0, 0.5, 1.0),
        (0.1, 0.1, 0.5, 0.9, 0.9),
        (-0.5, 0.5, 1.5),
    ],
)
def test_quantiles_that_could_not_be_used_are_refused(quantiles):
    with pytest.raises(UnfitError, match=r"quantiles have to rise, to mirror around 0\.5 and to hold 0\.5"):
        a_spec(quantiles=quantiles)


def test_a_context_has_to_be_whole_segments():
    with pytest.raises(UnfitError, match="context 8 is not a multiple of segment 3"):
        a_member(segment=3)


def test_a_logarithmic_member_needs_positive_data():
    with pytest.raises(UnfitError, match="a member on the logarithmic scale needs positive data"):
        a_spec(members=(a_member(log=True),))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cell": "Lambda"}, "'cell': input should be 'lstm', 'gru', 'rnn' or 'linear'"),
        ({"layers": 4}, "'layers': input should be less than or equal to 3"),
        ({"units": 0}, "'units': input should be greater than or equal to 1"),
        ({"horizon": 10**9}, "'horizon': input should be less than or equal to 100000"),
        ({"units": "3"}, "'units': input should be a valid integer"),
        ({"periods": (0,)}, r"'periods\.0': input should be greater than or equal to 2"),
        ({"quantiles": (0.5,)}, "'quantiles': tuple should have at least 3 items"),
        ({"members": ()}, "'members': tuple should have at least 1 item"),
        ({"module": "os.system"}, "'module': unknown key 'module'"),
    ],
)
def test_what_no_training_could_have_written_is_refused(changes, message):
    with pytest.raises(UnfitError, match=message):
        a_spec(**changes)


def test_a_model_that_reads_more_of_a_window_than_any_training_does_is_refused():
    wide = tuple(a_scale(f"c{place}") for place in range(500))
    members = (a_member(context=20_000, segment=1),)

    assert a_spec(members=members, past=wide[:-10]).segment_features(members[0]) == 497
    with pytest.raises(UnfitError, match="10,140,000 numbers would be read of one window, more than 10,000,000"):
        a_spec(members=members, past=wide)
    with pytest.raises(UnfitError, match="50,000,000 numbers would be read of one window, more than 10,000,000"):
        a_spec(horizon=100_000, future=wide)


def test_a_model_of_many_cycles_is_refused():
    cycles = tuple(Cycle(name=f"c{place}", period=24.0, harmonics=1) for place in range(17))

    assert a_spec(calendar=cycles[:16]).calendar_features == 32
    with pytest.raises(UnfitError, match="'calendar': tuple should have at most 16 items"):
        a_spec(calendar=cycles)


def test_covariates_need_a_scale_above_zero_and_cycles_a_length():
    with pytest.raises(UnfitError, match="input should be greater than 0"):
        a_scale("wind", scale=0.0)
    with pytest.raises(UnfitError, match="input should be a finite number"):
        a_scale("wind", offset=float("nan"))
    with pytest.raises(UnfitError, match="input should be greater than or equal to 2"):
        Cycle(name="none", period=1.0, harmonics=1)
