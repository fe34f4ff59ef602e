"""What training may know, and what it may claim: nothing of what comes later, nothing where there is nothing."""

import json
import re

import numpy as np

from tests.faults.conftest import write_load, write_shops
from tests.faults.runs import NOW, call_here, change

NUMBERS = ("weights.safetensors", "calibration.json", "model.json", "contract.json")


def test_rows_after_the_end_of_training_change_no_weight_and_no_scale(tmp_path):
    versions = []
    for name in ("as it is", "changed"):
        folder = tmp_path / name
        folder.mkdir()
        write_load(folder)
        change(folder / "job.yaml", "calendar: none}", "calendar: none, end: 2022-12}")
        if name == "changed":
            text = (folder / "load.csv").read_text()
            (folder / "load.csv").write_text(re.sub(r"^(2023-\d\d),.*$", r"\1,1000000", text, flags=re.MULTILINE))
        ended = call_here("train", folder / "job.yaml", "--now", NOW)
        assert ended.code == 0, ended
        (version,) = (folder / "runs" / "models").iterdir()
        versions.append({member: (version / member).read_bytes() for member in NUMBERS})

    assert versions[0] == versions[1]


def test_what_trains_ends_before_what_validates_and_that_before_what_tests(tmp_path):
    write_shops(tmp_path)

    ended = call_here("check", tmp_path / "job.yaml", "--now", NOW)

    spans = re.findall(r"^(?:trained|validated|tested) on +(\S+) to ([-0-9]+)", ended.out.decode(), re.MULTILINE)
    stamps = [stamp for span in spans for stamp in span]
    assert len(stamps) == 6
    assert stamps == sorted(set(stamps))


def test_no_skill_is_claimed_on_random_walks(tmp_path):
    write_shops(tmp_path)
    change(tmp_path / "job.yaml", ", past: [visitors]}", "}")
    change(tmp_path / "job.yaml", "windows: 2", "windows: 30, step: 1")
    random = np.random.default_rng(8)
    days = np.datetime64("2024-01-14") - np.arange(200)[::-1]
    walks = {name: 1000 + random.normal(size=200).cumsum() for name in "abcde"}
    rows = [f"{name},{day},{value:.4f}\n" for name in walks for day, value in zip(days, walks[name], strict=True)]
    (tmp_path / "shops.csv").write_text("".join(["shop,day,sold\n", *rows]))

    ended = call_here("train", tmp_path / "job.yaml", "--now", NOW, "--json", "--set", "evaluate.season=1")

    assert ended.code == 0, ended
    scores = {row["forecaster"]: row["mase"] for row in json.loads(ended.out)["scores"]}
    assert 1 - scores["lstm"] / scores["naive"] <= 0.05
