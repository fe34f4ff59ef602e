import os

import pytest

from lstmcast.training.backend import quiet_stderr


@pytest.mark.parametrize(
    ("error", "heard"), [(KeyboardInterrupt, ""), (ImportError, ""), (SystemError, "what the machine says")]
)
def test_what_an_import_writes_is_heard_only_where_its_failure_says_nothing(capfd, error, heard):
    def fail():
        with quiet_stderr():
            os.write(2, b"what the machine says")
            raise error

    with pytest.raises(error):
        fail()

    assert capfd.readouterr().err == heard
