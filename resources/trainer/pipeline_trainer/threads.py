"""Thread settings that must stand before torch is imported, and the number that is pinned after it."""

import os

# Spinning workers on a shared processor cost a factor of four to eight; sleeping ones cost under 2 %.
OPENMP = {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}
# A processor's 16 bit products are compiled for each shape, about 0.4 MB each, and up to 1,024 of them would be kept.
# Lengths differ in every pass, so all of those would be there after some steps; to make one again takes 0.3 ms.
ONEDNN = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "256"}
# cuBLAS repeats bit for bit only with a fixed workspace.
CUBLAS = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8"}


def prepare_environment() -> None:
    """Set what OpenMP, oneDNN and cuBLAS read once, when they are loaded; what the user set stays."""
    for name, value in {**OPENMP, **ONEDNN, **CUBLAS}.items():
        os.environ.setdefault(name, value)


def pin(threads: int) -> None:
    """Fix the number of compute threads: sums are cut by it, so it decides the last bits."""
    import torch  # noqa: PLC0415 (prepare_environment has to come first)

    torch.set_num_threads(threads)
    # The same switch as use_deterministic_algorithms, which also imports torch's compiler: two seconds.
    torch.set_deterministic_debug_mode("warn" if torch.cuda.is_available() else "error")
    # Filling fresh memory only matters to code that reads it before writing.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # missing from torch's stubs
