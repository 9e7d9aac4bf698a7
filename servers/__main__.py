"""python -m servers {start,stop,run,clean}.

start: PostgreSQL and Valkey, or with DATABASE_URL the logins of that database. run: the whole portal until Ctrl-C.
stop: everything of this PORTAL_HOME ends, its data stay. clean: its data go too, unless the database is not ours.
"""

import shlex
import sys

from servers import cluster, external, run
from servers.place import here


def _start() -> None:
    if external.given():
        external.prepare()
        print("The logins of the database at DATABASE_URL are ready.")
        return
    ports = cluster.start()
    print(f"PostgreSQL on port {ports['postgres']['port']}, Valkey on port {ports['valkey']['port']}.")


def _stop() -> None:
    if not (run.stop() & cluster.stop()):
        raise RuntimeError("A process did not end.")


def _clean() -> None:
    place = here()
    if external.known(place.home):
        # The documents are one half of what that database holds the other half of.
        folders = [str(place.home)] + ([str(place.state.parent)] if place.user and place.state.exists() else [])
        raise RuntimeError(
            "Nothing was removed. The database or broker is your own, and clean would remove the documents that people "
            f"sent, the secret key and the logins: all of {' and '.join(folders)}. If that may go: make stop, then "
            f"rm -r {shlex.join(folders)}"
        )
    _stop()
    if not cluster.remove():
        raise RuntimeError("Something under PORTAL_HOME could not be removed.")


def main() -> int:
    """Do what the word says; a failure is one line and exit code 1."""
    words = {"start": _start, "stop": _stop, "clean": _clean, "run": run.run}
    if len(sys.argv) != 2 or sys.argv[1] not in words:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return words[sys.argv[1]]() or 0
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
