"""What every process of the portal loads before it does anything: the tests, a worker, each command, each restart."""

import subprocess
import sys

#: Libraries that take longer than a tenth of a second to load, and that most processes never use.
HEAVY = ("scipy.special", "scipy.sparse", "scipy.stats", "scipy.optimize", "weasyprint", "fontTools", "PIL", "pandas")


def test_a_start_loads_nothing_heavy() -> None:
    said = "import sys, django; django.setup(); print(*(name for name in sys.argv[1:] if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", said, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_garbage_is_looked_for_again_once_all_is_loaded_and_not_in_what_was_loaded() -> None:
    said = "import gc, django; django.setup(); print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
