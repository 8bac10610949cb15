"""``python -m ofsted_analysis``: the command line."""

import sys

from ofsted_analysis.cli import main

if __name__ == "__main__":
    sys.exit(main())
