import threading

import pytest

from lstmcast.network.side_by_side import PRODUCTS, side_by_side


def tell_thread(number):
    return number * 10, threading.current_thread() is threading.main_thread()


@pytest.mark.parametrize("threads_of_products", ["1", "4"])
def test_results_come_in_the_order_of_the_parts(monkeypatch, threads_of_products):
    monkeypatch.setenv(PRODUCTS, threads_of_products)

    found = side_by_side(tell_thread, range(50))

    assert [number for number, _ in found] == list(range(0, 500, 10))


def test_nothing_runs_side_by_side_where_products_have_threads_of_their_own(monkeypatch):
    monkeypatch.delenv(PRODUCTS, raising=False)

    found = side_by_side(tell_thread, range(5))

    assert all(in_main_thread for _, in_main_thread in found)


def test_a_single_part_needs_no_thread(monkeypatch):
    monkeypatch.setenv(PRODUCTS, "1")

    assert side_by_side(tell_thread, [7]) == [(70, True)]


def test_what_fails_in_one_part_is_raised(monkeypatch):
    monkeypatch.setenv(PRODUCTS, "1")

    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 / number, [1, 0, 2])
