"""python -m servers {start,stop,run,clean}."""

import shutil
import sys

from servers import cluster, run
from servers.place import here


def main() -> int:
    """Do what the word says; a failure is one line and exit code 1."""
    word = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        if word == "start":
            ports = cluster.start()
            print(f"PostgreSQL on port {ports['postgres']['port']}, Valkey on port {ports['valkey']['port']}.")
        elif word == "stop":
            run.stop()
            if not cluster.stop():
                print("A server did not end.", file=sys.stderr)
                return 1
        elif word == "run":
            return run.run()
        elif word == "clean":
            run.stop()
            cluster.stop()
            place = here()
            for folder in (place.state, place.binaries if place.user else None, place.home):
                if folder:
                    shutil.rmtree(folder, ignore_errors=True)
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
