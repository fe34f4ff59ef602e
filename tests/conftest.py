"""What holds for every test."""

import signal

signal.signal(
    signal.SIGINT, signal.default_int_handler
)  # a suite run in the background ignores it, and its children do
