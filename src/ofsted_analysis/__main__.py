"""``python -m ofsted_analysis``: the command line."""

import sys

from ofsted_analysis.cli import main

sys.exit(main())
