"""Many forecasts in one process: neither memory nor descriptors nor files grow."""

import json
import sys

from tests.faults.runs import NOW, run_fresh, snapshot

PREDICT = """
import json, os, sys
from datetime import datetime, UTC
from pathlib import Path
from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.predict import predict
from lstmcast.jobs.common.talk import SilentTalk

pages, descriptors = [], []
for _ in range(int(sys.argv[3])):
    config = load_config(Path(sys.argv[1]))
    now = datetime.fromisoformat(sys.argv[2]).replace(tzinfo=UTC)
    predict(config, now=now, model=None, data=None, output=None, plot=None, talk=SilentTalk())
    pages.append(int(Path("/proc/self/statm").read_text().split()[1]))
    descriptors.append(len(os.listdir("/proc/self/fd")))
print(json.dumps([pages, descriptors]))
"""
TIMES, PART = 120, 20


def test_many_forecasts_in_one_process_take_no_more_than_the_first_ones(load):
    before = snapshot(load.root)

    ended = run_fresh(sys.executable, "-c", PREDICT, load.config, NOW, TIMES)

    assert ended.code == 0, ended
    pages, descriptors = json.loads(ended.out)
    assert sum(pages[-PART:]) <= 1.05 * sum(pages[:PART])
    assert descriptors[-1] == descriptors[0]
    assert snapshot(load.root) == before
