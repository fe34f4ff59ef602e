import numpy as np
import pytest

from lstmcast.errors import ArtifactError
from lstmcast.store.detection import (
    STATE,
    DetectionState,
    SeriesState,
    SignsState,
    cut_back,
    find_last_row,
    pack,
    read_state,
    render_state,
    unpack,
)

NUMBERS = np.array([0.1, -1e-300, 3.0])
PAIRS = np.array([1.0, 0.1, 2.0, -0.2])
STATE_OF_ONE = DetectionState(
    target="load",
    id_names=("shop",),
    frequency={"alias": "D", "size": 1},
    series=(
        SeriesState(
            ids=("north",),
            tick=-5,
            count=7,
            misses=pack(NUMBERS),
            signs=SignsState(strain=0.1, last=None, level=1.0, activity=-1.0, shift=0.0, repeats=0, count=1),
            peaks=(pack(np.empty(0)),) * 11 + (pack(PAIRS),),
            learnt=(7,) * 12,
            flagged_at=None,
            flagged=0,
        ),
    ),
)


def test_what_was_remembered_is_read_back_to_the_last_bit(tmp_path):
    (tmp_path / STATE).write_bytes(render_state(STATE_OF_ONE))

    found = read_state(tmp_path)

    assert found == STATE_OF_ONE
    assert unpack(found.series[0].misses).tolist() == NUMBERS.tolist()
    assert unpack(found.series[0].peaks[0]).tolist() == []
    assert unpack(found.series[0].peaks[11]).tolist() == PAIRS.tolist()


def test_no_file_is_no_memory(tmp_path):
    assert read_state(tmp_path) is None


def test_a_memory_fits_data_of_the_same_kind_only():
    assert STATE_OF_ONE.fits("load", ("shop",), {"alias": "D", "size": 1})
    assert not STATE_OF_ONE.fits("load", ("shop",), {"alias": "h", "size": 1})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (pack(NUMBERS), "%%%", "is not Base64"),
        (pack(NUMBERS), pack(np.array([np.nan])), "holds NaN or infinity"),
        (pack(NUMBERS), pack(NUMBERS)[:-4], "buffer size must be a multiple"),
        ('"flagged"', '"flaged"', "flagged"),
        ('"strain": 0.1', '"strain": -1', "greater than or equal to 0"),
        ('""', f'"{pack(np.array([1.0]))}"', "holds half a pair"),
        ("    7,\n", "", "at least 12 items"),
        ('"format_version": 1', '"format_version": 2', "input should be 1"),
    ],
)
def test_a_damaged_memory_is_refused(tmp_path, old, new, message):
    (tmp_path / STATE).write_text(render_state(STATE_OF_ONE).decode().replace(old, new, 1))

    with pytest.raises(ArtifactError, match=message) as refusal:
        read_state(tmp_path)

    assert str(refusal.value).endswith("; remove it: `lstmcast detect` then begins anew")


TABLE = b"shop,day,value\nnorth,1,5\nnorth,2,6\n"


def test_a_table_is_cut_back_to_the_last_row_that_is_remembered():
    last_row = find_last_row(TABLE)

    assert last_row == "north,2,6"
    assert cut_back(TABLE, last_row) == TABLE
    assert cut_back(TABLE + b"north,3,7\nnorth,4,8\n", last_row) == TABLE
    assert cut_back(b"shop,day,value\nnorth,2,6\nnorth,3,7\n", last_row) == b"shop,day,value\nnorth,2,6\n"
    assert cut_back(TABLE + b"north,2,6\nnorth,3,7\n", last_row) == TABLE + b"north,2,6\n"


def test_a_table_without_rows_ends_with_its_header():
    assert find_last_row(b"shop,day,value\n") == "shop,day,value"
    assert cut_back(TABLE, "shop,day,value") == b"shop,day,value\n"


@pytest.mark.parametrize("last_row", [None, "north,9,9", "north,2", "2,6"])
def test_a_table_without_that_row_stays_as_it_is(last_row):
    assert cut_back(TABLE, last_row) == TABLE
    assert cut_back(b"", last_row) == b""


def test_the_memory_of_an_older_release_knows_no_last_row(tmp_path):
    content = render_state(STATE_OF_ONE)
    (tmp_path / STATE).write_bytes(content.replace(b',\n "last_row": null', b""))

    assert b"last_row" in content
    assert b"last_row" not in (tmp_path / STATE).read_bytes()
    assert read_state(tmp_path) == STATE_OF_ONE
