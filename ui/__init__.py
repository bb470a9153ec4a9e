"""What people look at, and app.py, the only place where everything is wired together."""

import os

# The models have threads of their own; numpy's, for products of a millisecond, spin for tenths of a second.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
