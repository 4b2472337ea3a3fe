"""What the server of forks has loaded: all that a run needs, and of libraries no more than the trainer lets in.

Without the collector, which finds nothing in what imports make and looks through all of it again and again. What it has
put aside it never touches, so that a fork need not copy the pages.
"""

import gc
from importlib import import_module

gc.disable()
# The trainer first: it hides from the others what they are not to load.
for name in ("pipeline_trainer.train", "peft", "transformers.models.llama.modeling_llama"):
    import_module(name)
gc.freeze()
gc.enable()
