import pytest

from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.model import workshop


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (None, []),
        (1_000_001_440, []),
        (
            500_000_000,
            [
                "the container or unit may use 0.50 GB of memory, and this training may take up to 1.00: "
                "if it is killed (137), allow more"
            ],
        ),
    ],
)
def test_a_container_with_little_memory_is_told_of_before_it_kills(monkeypatch, limit, told):
    class Listener(SilentTalk):
        def warn(self, text):
            warned.append(text)

    warned = []
    monkeypatch.setattr(workshop, "memory_limit", lambda: limit)

    assert workshop.open_workshop(1, 480, Listener()).threads == 1

    assert warned == told
