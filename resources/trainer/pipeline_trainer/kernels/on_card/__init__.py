"""Triton kernels. Imported only where they are to run: on processors nothing needs Triton."""
