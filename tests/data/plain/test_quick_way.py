"""A large file of any kind gives the same reading, or the same fault, quickly as with care."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.config.data_config import DataConfig
from lstmcast.data.read import read_panel
from tests.drawn import drawn
from tests.readings import blocks_of, told_of

IDS = st.sampled_from([["a"], ["s1", "s2", "s3"], ["s9", "s10"], ["é1", "é2"], ["001", "002", "010"], ["x" * 20, "y"]])
DAYS = [str(day) for day in np.datetime64("2024-02-13") + np.arange(12)]
HOURS = [f"2024-02-13 {hour:02}:00:00" for hour in range(12)]
NUMBERS = {
    "alike": lambda random: f"{random.normal(100, 20):.3f}",
    "negative": lambda random: f"{random.normal(0, 5):.1f}",
    "whole": lambda random: str(random.integers(0, 10 ** random.integers(1, 16))),
    "missing": lambda random: "" if random.random() < 0.3 else f"{random.random():.2f}",
    "long": lambda random: repr(random.random() * 10.0 ** random.integers(-8, 9)),
    "odd": lambda random: random.choice(
        ["5.", ".5", "1e3", "nan", "-", "9007199254740993", "12.25", "+5", "-.5", "1.2.3"]
    ),
}
BYTES = st.sampled_from([bytes([byte]) for byte in b",;\"'\r\n\0 \xe9.-+e0x9"])
CHANGES = st.lists(
    st.tuples(st.sampled_from(["insert", "replace", "remove", "repeat"]), st.integers(0), BYTES), max_size=3
)


def write_table(ids: list[str], times: list[str], kinds: list[str], order: str, columns: list[str], seed: int) -> str:
    random = np.random.default_rng(seed)
    names = ["id", "time", *(f"load{place or ''}" for place in range(len(kinds)))]
    rows = [[name, time, *(NUMBERS[kind](random) for kind in kinds)] for name in ids for time in times]
    if order == "time by time":
        rows.sort(key=lambda row: row[1])
    if order == "shuffled":
        random.shuffle(rows)
    places = random.permutation(len(names)) if columns == "mixed" else range(len(names))
    return "".join(",".join(row[place] for place in places) + "\n" for row in [names, *rows])


def change_bytes(text: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    for kind, at, new in changes:
        place = at % len(text)
        rest = text[place + (kind in ("replace", "remove")) :]
        middle = {"remove": b"", "repeat": text[place : place + 30]}.get(kind, new)
        text = text[:place] + middle + rest
    return text


@drawn(250)
@given(
    ids=IDS,
    times=st.sampled_from([DAYS, HOURS, [str(step) for step in range(8, 20)]]),
    kinds=st.lists(st.sampled_from(list(NUMBERS)), min_size=1, max_size=4),
    order=st.sampled_from(["series by series", "time by time", "shuffled"]),
    columns=st.sampled_from(["as they are", "mixed"]),
    seed=st.integers(0, 1000),
    line_end=st.sampled_from(["\n", "\n", "\r\n"]),
    changes=CHANGES,
    block=st.sampled_from([60, 300, 1000, 100_000]),
    missing=st.sampled_from([(), (), ("12.25", "-"), ("1e3", "x")]),
    wanted=st.integers(0, 3),
)
def test_any_file_is_read_quickly_as_it_is_with_care(
    ids, times, kinds, order, columns, seed, line_end, changes, block, missing, wanted
):
    text = write_table(ids, times, kinds, order, columns, seed).replace("\n", line_end)
    header, rows = text.split(line_end, 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.csv"
        path.write_bytes(f"{header}{line_end}".encode() + change_bytes(rows.encode(), changes))
        past = [f"load{place}" for place in range(1, len(kinds))][:wanted]
        options = {"time": "time", "target": "load", "id": "id", "past": past, "csv": {"missing": missing}}
        config = DataConfig(**{"path": str(path), "gaps": "interpolate", **options})

        with blocks_of(block):
            quick = told_of(config)

        assert quick == told_of(config)


@pytest.mark.parametrize(
    "text",
    [
        "\ntime,load\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n",
        "time,load\n8,8\n9,351,\n10\n11,80539\n",
        "time,load\n8,8\n9,351\n9,\r\n10,80539\n",
    ],
    ids=["a line without a name before the header", "a separator that another line lacks", "one other line end"],
)
def test_what_only_looks_like_a_plain_table_is_read_with_care(text, tmp_path):
    path = tmp_path / "load.csv"
    path.write_bytes(text.encode())
    config = DataConfig(path=str(path), time="time", target="load")

    with blocks_of(20):
        quick = told_of(config)

    assert quick == told_of(config)


def test_ids_with_letters_of_more_than_a_byte_are_whole_where_times_come_first(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("".join(["time,id,load\n", *(f"{day},é{shop},1.5\n" for day in DAYS for shop in (1, 2))]), "utf-8")

    with blocks_of(100):
        panel = read_panel(DataConfig(path=str(path), time="time", target="load", id="id")).panel

    assert panel.ids[0].tolist() == ["é1", "é2"]
