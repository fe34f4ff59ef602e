import threading
from collections.abc import Iterator

import pytest

from lstmcast.ahead import WAITING, made_ahead

PATIENCE = 30  # seconds; nothing here takes one


def test_parts_come_in_their_order_whichever_is_ready_first() -> None:
    last_is_made = threading.Event()

    def work(part: int) -> int:
        if part == 0:
            assert last_is_made.wait(PATIENCE)  # the first is ready after the second
        else:
            last_is_made.set()
        return part * part

    assert list(made_ahead(work, [0, 1])) == [0, 1]


def test_no_more_is_begun_than_can_wait() -> None:
    begun: list[int] = []

    def parts() -> Iterator[int]:
        for part in range(100):
            begun.append(part)
            yield part

    made = made_ahead(lambda part: part, parts())

    assert next(made) == 0
    assert begun == list(range(WAITING + 1))


def test_a_single_part_is_made_without_a_thread() -> None:
    made_on = made_ahead(lambda _: threading.current_thread(), ["one"])

    assert list(made_on) == [threading.current_thread()]
    assert list(made_ahead(lambda part: part, [])) == []


def test_the_first_failure_ends_it() -> None:
    def work(part: int) -> int:
        if part == 1:
            raise ValueError("part 1 cannot be made")
        return part

    made = made_ahead(work, range(50))

    assert next(made) == 0
    with pytest.raises(ValueError, match="part 1 cannot be made"):
        next(made)
    assert list(made) == []


def test_what_is_left_alone_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    made = made_ahead(lambda part: part, range(50))

    next(made)
    made.close()

    assert threading.active_count() == before
