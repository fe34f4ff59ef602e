"""How scores and skill are written where people read them; without NumPy, as the command line shows them too."""

TITLES = {"mase": "MASE", "smape": "sMAPE", "rmsse": "RMSSE", "wql": "WQL", "owa": "OWA"}
LEAST_SKILL = -1.0  # twice the other's error: how much more than that says nothing more


def title_of(score: str) -> str:
    """Return how a score is called."""
    return TITLES.get(score) or score.replace("_", " ")


def skill_of_late(skill: float) -> str:
    """Return how the error of the newest forecasts compares with that of seasonal naive."""
    if skill < 0:
        return f"of late, the error was {-skill:.1%} larger than that of seasonal naive"
    return f"of late, {skill:.1%} of the seasonal naive error was saved"


def skill_interval(low: float, high: float, decimals: int = 1) -> str:
    """Return an interval of skill in percent: `-10.0% to +25.5%`."""
    ends = (round(end, decimals + 2) + 0.0 for end in (low, high))  # no -0.0%
    first, last = ("below -100%" if end < LEAST_SKILL else f"{end:+.{decimals}%}" for end in ends)
    return first if high < LEAST_SKILL else f"{first} to {last}"
