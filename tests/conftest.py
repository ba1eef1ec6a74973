"""One thread for each numerical library, as a study has it: threads of several workers only wait for each other."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before a test imports NumPy, scikit-learn or PyTorch, which read it once
