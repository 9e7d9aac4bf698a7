"""Which Python the environment is made with."""

import subprocess
import sys

from servers.fastest_python import fastest


def test_it_is_of_the_version_that_asks_and_can_make_an_environment() -> None:
    said = "import sys, ensurepip, venv; print(*sys.version_info[:2])"
    done = subprocess.run([fastest(), "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(part) for part in sys.version_info[:2]]
