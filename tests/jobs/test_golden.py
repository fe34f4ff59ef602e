from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.predict import predict

GOLDEN = sorted((Path(__file__).parent / "golden").glob("format_*"))
CONFIG = Path(__file__).parents[2] / "configs" / "air_passengers.yaml"
NUMBERS = ["forecast", "lo-80", "hi-80", "lo-95", "hi-95"]


def test_there_is_a_golden_version():
    assert GOLDEN


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_a_golden_version_forecasts_for_ever_what_it_once_did(folder, tmp_path):
    output = tmp_path / "forecast.csv"

    predict(
        load_config(CONFIG, sets=[f"output.dir={tmp_path}", "output.plots=false"]),
        now=datetime(2026, 1, 2, tzinfo=UTC),
        model=str(folder / "version"),
        data=None,
        output=str(output),
        plot=None,
        talk=SilentTalk(),
    )

    forecast, kept = pd.read_csv(output), pd.read_csv(folder / "forecast.csv")
    assert forecast[["month", "cutoff", "model"]].equals(kept[["month", "cutoff", "model"]])
    assert forecast[NUMBERS].to_numpy() == pytest.approx(kept[NUMBERS].to_numpy(), rel=1e-5)
