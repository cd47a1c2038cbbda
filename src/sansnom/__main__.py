"""Run the command line as `python -m sansnom`."""

import sys

from sansnom.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
