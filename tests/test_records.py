from typing import Annotated, Literal

import pytest

from lstmcast.kinds import Checked, Limits, Pattern, ReadBy, Size, UnfitError, check_for
from lstmcast.records import KeyFault, Record, key


def refuse_odd(number):
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


class Inner(Record):
    size: Annotated[int, Limits(ge=1)] = 1


class Outer(Record):
    name: str
    inner: Inner = Inner()
    named: dict[str, float] = key(default={})
    listed: tuple[int, ...] = key(default=(), description="Some numbers.")
    low: float = 0.0
    high: float = 1.0

    def check_together(self) -> None:
        if self.low > self.high:
            raise KeyFault("low", "is above `high`")


def flaws_of(kind, value):
    with pytest.raises(UnfitError) as caught:
        check_for(kind)(value)
    return [(flaw.path, flaw.problem) for flaw in caught.value.flaws]


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (int, True, "input should be a valid integer"),
        (int, 1.0, "input should be a valid integer"),
        (int, "1", "input should be a valid integer"),
        (float, True, "input should be a valid number"),
        (float, float("inf"), "input should be a finite number"),
        (float, 10**400, "input should be a finite number"),
        (bool, 1, "input should be a valid boolean"),
        (str, b"a", "input should be a valid string"),
        (str, "\ud800", "input should be a valid string, without half characters"),
        (Literal[1], True, "input should be 1"),
        (Literal["a", "b", "c"], "d", "input should be 'a', 'b' or 'c'"),
        (tuple[int, ...], "ab", "input should be a valid array"),
        (dict[str, int], [], "input should be an object"),
        (int | None, "x", "input should be a valid integer"),
        (Annotated[float, Limits(gt=0, le=1)], 0, "input should be greater than 0"),
        (Annotated[float, Limits(gt=0, le=1)], 2, "input should be less than or equal to 1"),
        (Annotated[int, Limits(lt=3)], 3, "input should be less than 3"),
        (Annotated[str, Size(1)], "", "string should have at least 1 character"),
        (Annotated[tuple[int, ...], Size(most=1)], (1, 2), "tuple should have at most 1 item"),
        (Annotated[str, Pattern("[0-9]+")], "1\n", "string should match pattern '[0-9]+'"),
        (Annotated[int, Checked(refuse_odd)], 3, "3 is odd"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_as_a_whole(kind, value, problem):
    assert flaws_of(kind, value) == [((), problem)]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (float, 1, 1.0),
        (tuple[str, ...], ["a"], ("a",)),
        (int | float, 2, 2),
        (Literal["auto"] | int, "auto", "auto"),
        (Annotated[str, ReadBy(str, int)], 7, "7"),
    ],
)
def test_a_value_that_fits_is_kept_in_its_type(kind, value, kept):
    found = check_for(kind)(value)

    assert (found, type(found)) == (kept, type(kept))


def test_of_one_or_many_the_side_that_was_meant_is_told():
    assert flaws_of(str | tuple[str, ...], ("a", 1)) == [((1,), "input should be a valid string")]


def test_all_flaws_of_a_record_are_told_at_once():
    with pytest.raises(UnfitError) as caught:
        Outer.from_plain({"inner": {"size": 0}, "listed": [1, "2"], "nmae": "x"})

    assert [(flaw.path, flaw.kind) for flaw in caught.value.flaws] == [
        (("name",), "missing"),
        (("inner", "size"), "unfit"),
        (("listed", 1), "unfit"),
        (("nmae",), "unknown"),
    ]


@pytest.mark.parametrize("name", ["self", "cls", "values", "3", ""])
def test_an_unknown_key_may_have_any_name(name):
    with pytest.raises(UnfitError) as caught:
        Outer.from_plain({"name": "n", name: 1})

    assert (name,) in [flaw.path for flaw in caught.value.flaws if flaw.kind == "unknown"]


def test_keys_are_checked_together_once_each_is_right():
    with pytest.raises(UnfitError, match=r"^'low': is above `high`$"):
        Outer(name="a", low=2)


def test_a_record_is_frozen_and_compares_by_its_values():
    record = Outer(name="a")

    with pytest.raises(AttributeError, match="frozen"):
        record.name = "b"
    assert record == Outer(name="a", inner=Inner(size=1))
    assert record != record.changed({"name": "b"})


def test_records_that_are_equal_have_one_hash_whatever_they_hold():
    record = Outer(name="a", named={"x": 1.0, "y": 2.0})

    assert {record: 1}[Outer(name="a", named={"y": 2, "x": 1})] == 1


def test_a_record_comes_back_from_what_it_is_written_as():
    record = Outer(name="a", inner=Inner(size=2), listed=(1, 2))

    assert Outer.from_plain(record.as_plain()) == record
    assert record.as_plain(with_defaults=False) == {"name": "a", "inner": {"size": 2}, "listed": (1, 2)}
    assert record.as_plain(only={"name"}) == {"name": "a"}
    assert record.as_json() == '{"name":"a","inner":{"size":2},"named":{},"listed":[1,2],"low":0.0,"high":1.0}'
