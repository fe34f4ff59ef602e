import re

import numpy as np

from lstmcast.jobs.reporting.report_backtest import backtest_section
from lstmcast.jobs.reporting.report_parts import BacktestDocument

LEGEND = re.compile(r"s-(c\d)[^>]*></svg>(\w+)</li>")


def a_backtest(**scores):
    """Return a backtest of three steps and as many origins, from the scores of each forecaster by either."""
    rows = {
        axis: [{"forecaster": name, "mase": one} for name, pair in scores.items() for one in pair[place]]
        for place, axis in enumerate(("by_step", "by_origin"))
    }
    overall = [{"forecaster": name, "mase": float(np.mean(pair))} for name, pair in scores.items()]
    return BacktestDocument.from_plain({
        "model": "lstm", "refit": "never", "metric": "mase", "origins": ["1", "2", "3"], "series": 1,
        "scores": overall, "skill": [], "coverage": [], "notes": [], **rows,
    })  # fmt: skip


def test_a_forecaster_has_the_same_colour_in_both_charts_and_one_that_is_left_out_is_named():
    found = a_backtest(lstm=([1, 1, 1], [1, 1, 1]), naive=([9, 9, 9], [1, 9, 9]), drift=([2, 2, 2], [2, 2, 2]))

    section = str(backtest_section(found, None))

    by_step, by_origin = ({name: look for look, name in LEGEND.findall(one)} for one in section.split("<figure")[1:])
    assert by_step.keys() == {"lstm", "drift"}
    assert by_origin.keys() == {"lstm", "naive", "drift"}
    assert by_step.items() <= by_origin.items()
    assert len(set(by_origin.values())) == 3
    assert "Too far above to be drawn: by step naive." in section
