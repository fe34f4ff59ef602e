"""What holds for every test."""

import signal

import tests.drawn  # noqa: F401 - property tests draw the same examples in every run

signal.signal(
    signal.SIGINT, signal.default_int_handler
)  # a suite run in the background ignores it, and its children do
