"""llama.cpp's own functions, in the copy that the package xllamacpp brings: it offers answers, and a check needs logits.

Its structures are those of llama.h of the pinned version, and `open_library` looks whether they still are.
"""

import ctypes
from ctypes import POINTER, c_bool, c_char_p, c_float, c_int8, c_int32, c_size_t, c_uint32, c_void_p
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "xllamacpp"
LIBRARIES: Final = ("*.so", "*.pyd")
# What llama_context_default_params() is known to give.
KNOWN_DEFAULTS: Final = {"n_ctx": 512, "n_batch": 2048, "n_ubatch": 512, "flash_attn_type": -1, "type_k": 1, "type_v": 1}


class ModelParams(ctypes.Structure):
    """How a model is loaded."""

    _fields_ = (
        ("devices", c_void_p),
        ("tensor_buft_overrides", c_void_p),
        *((name, c_int32) for name in ("n_gpu_layers", "split_mode", "load_mode", "lazy_mode", "main_gpu")),
        *((name, c_void_p) for name in ("tensor_split", "progress_callback", "progress_data", "kv_overrides")),
        *((name, c_bool) for name in ("vocab_only", "check_tensors", "use_extra_bufts", "no_host", "no_alloc", "load_mtp")),
    )


class ContextParams(ctypes.Structure):
    """How a model computes."""

    _fields_ = (
        *((name, c_uint32) for name in ("n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq")),
        *((name, c_uint32) for name in ("n_outputs_max", "n_outputs_max_per_seq")),
        *((name, c_int32) for name in ("n_threads", "n_threads_batch", "ctx_type", "rope_scaling_type")),
        *((name, c_int32) for name in ("pooling_type", "attention_type", "flash_attn_type")),
        *((name, c_float) for name in ("rope_freq_base", "rope_freq_scale", "yarn_ext_factor", "yarn_attn_factor")),
        *((name, c_float) for name in ("yarn_beta_fast", "yarn_beta_slow")),
        ("yarn_orig_ctx", c_uint32),
        ("defrag_thold", c_float),
        *((name, c_void_p) for name in ("cb_eval", "cb_eval_user_data")),
        *((name, c_int32) for name in ("type_k", "type_v")),
        ("moe_cache_size", c_size_t),
        *((name, c_void_p) for name in ("abort_callback", "abort_callback_data")),
        *((name, c_bool) for name in ("embeddings", "offload_kqv", "no_perf", "op_offload", "swa_full", "kv_unified")),
        ("samplers", c_void_p),
        ("n_samplers", c_size_t),
        ("ctx_other", c_void_p),
    )


class Batch(ctypes.Structure):
    """Tokens with their positions, and of which logits are wanted."""

    _fields_ = (
        ("n_tokens", c_int32),
        ("token", POINTER(c_int32)),
        ("embd", POINTER(c_float)),
        ("pos", POINTER(c_int32)),
        ("n_seq_id", POINTER(c_int32)),
        ("seq_id", POINTER(POINTER(c_int32))),
        ("logits", POINTER(c_int8)),
    )


LogCallback = ctypes.CFUNCTYPE(None, c_int32, c_char_p, c_void_p)

# Arguments and result of what is called.
FUNCTIONS: Final = {
    "llama_backend_init": ((), None),
    "llama_log_set": ((LogCallback, c_void_p), None),
    "llama_model_default_params": ((), ModelParams),
    "llama_context_default_params": ((), ContextParams),
    "llama_model_load_from_file": ((c_char_p, ModelParams), c_void_p),
    "llama_init_from_model": ((c_void_p, ContextParams), c_void_p),
    "llama_adapter_lora_init": ((c_void_p, c_char_p), c_void_p),
    "llama_set_adapters_lora": ((c_void_p, POINTER(c_void_p), c_size_t, POINTER(c_float)), c_int32),
    "llama_model_get_vocab": ((c_void_p,), c_void_p),
    "llama_vocab_n_tokens": ((c_void_p,), c_int32),
    "llama_get_memory": ((c_void_p,), c_void_p),
    "llama_memory_clear": ((c_void_p, c_bool), None),
    "llama_batch_init": ((c_int32, c_int32, c_int32), Batch),
    "llama_decode": ((c_void_p, Batch), c_int32),
    "llama_get_logits": ((c_void_p,), POINTER(c_float)),
    "llama_tokenize": ((c_void_p, c_char_p, c_int32, POINTER(c_int32), c_int32, c_bool, c_bool), c_int32),
}


def open_library() -> ctypes.CDLL:
    """With its functions declared. Raises OSError with the reason where it cannot be used."""
    spec = find_spec(PACKAGE)
    if spec is None:
        raise OSError(f"{PACKAGE}, which brings it, is not installed")
    folder = Path((spec.submodule_search_locations or [""])[0])
    found = next((path for pattern in LIBRARIES for path in folder.glob(pattern)), None)
    if found is None:
        raise OSError(f"{PACKAGE} brings no library of it for this machine")
    library = ctypes.CDLL(str(found))
    for name, (arguments, result) in FUNCTIONS.items():
        if not hasattr(library, name):
            raise OSError(f"{PACKAGE} does not show its function {name} on this machine")
        getattr(library, name).argtypes, getattr(library, name).restype = arguments, result
    given = library.llama_context_default_params()
    if any(getattr(given, name) != known for name, known in KNOWN_DEFAULTS.items()):
        raise OSError(f"{PACKAGE} {version(PACKAGE)} brings another version of it than this one was made for")
    return library


def build_name() -> str:
    """The release of llama.cpp, which is the last part of the package's version."""
    return f"b{version(PACKAGE).rpartition('.')[2]}"
