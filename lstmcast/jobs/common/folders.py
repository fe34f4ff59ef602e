"""What the jobs keep in a workspace, beside its versions and forecasts: a folder for each."""

BACKTEST = "backtest"
COMPARE = "compare"
DETECT = "detect"
EXPLAIN = "explain"
EXPLANATION = "explain.json"  # in it, for `report`
EXPORT = "export"
LOGS = "logs"
SCORES = "scores"
