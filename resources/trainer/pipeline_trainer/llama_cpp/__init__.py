"""GGUF files for llama.cpp and what runs on it: written, read back, and loaded there."""
