"""Prints which Python makes the environment: the distribution's own where it is of the same version as the one that asks.

Distributions compile theirs with a profile; a version manager compiles on the spot, mostly without. Measured on the
portal's own statements and templates, a fifth. Standard library alone: it runs before anything is installed.
"""

import subprocess
import sys

OF_THE_DISTRIBUTION = "/usr/bin/python3"
#: The same minor version, since packages are compiled for one; and able to make an environment with pip.
FITS = "import sys, ensurepip, venv; sys.exit(sys.version_info[:2] != ({}, {}))"


def fastest() -> str:
    """Path of the Python that an environment is made with."""
    try:
        found = subprocess.run(
            [OF_THE_DISTRIBUTION, "-c", FITS.format(*sys.version_info[:2])], capture_output=True, check=False
        )
    except OSError:
        return sys.executable
    return sys.executable if found.returncode else OF_THE_DISTRIBUTION


if __name__ == "__main__":
    print(fastest())
