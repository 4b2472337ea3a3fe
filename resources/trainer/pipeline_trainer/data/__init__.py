"""Canonical records → rendered text → tokens with a mask → batches."""
