"""What every test shares."""

import matplotlib

# Draw without a screen. Here and not as MPLBACKEND, which the notebooks' kernels would inherit.
matplotlib.use("agg")
