"""Recompute: activations that are not kept for the backward but computed again in it (Chen et al. 2016).

By torch's own checkpointing, without re-entry: the numbers are the same bit for bit, dropout's too, because the
generator goes back to where it stood. The first layers come last in the backward, when the memory of all
others is free again, so they are the ones that are recomputed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

from torch import is_grad_enabled, nn
from torch.utils.checkpoint import checkpoint

from .attention import attending_by
from .config import MemoryPlan
from .kernels.recipe import drop_recipe, keeping

MLP: Final = "mlp"


def recompute(model: Any, plan: MemoryPlan) -> None:
    """Keep only the input of the first `plan.recompute_layers` layers of `model`, and of the MLPs of the next ones."""
    layers = decoder_layers(model)
    for layer in layers[: plan.recompute_layers]:
        _recompute(layer, model.config)
    for layer in layers[plan.recompute_layers :][: plan.recompute_mlps]:
        _recompute(getattr(layer, MLP, layer), model.config)


def name_of(plan: MemoryPlan | None, model: nn.Module) -> str:
    """The rung of a plan: `none`, `mlps`, `partial` (some whole layers) or `full` (all of them)."""
    if plan is None or plan.recompute_layers == 0:
        return "none" if plan is None or plan.recompute_mlps == 0 else "mlps"
    layers = len(decoder_layers(model))
    if layers == 0:
        return "none"
    return "full" if plan.recompute_layers >= layers else "partial"


def decoder_layers(model: nn.Module) -> list[nn.Module]:
    """The layers of a model, first to last, by the class that transformers gives those that can be recomputed."""
    from transformers.modeling_layers import GradientCheckpointingLayer  # noqa: PLC0415 (seconds to import)

    return [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]


def _recompute(module: nn.Module, config: Any) -> None:
    plain: Callable[..., Any] = module.forward

    def forward(*inputs: Any, **options: Any) -> Any:
        if not is_grad_enabled():
            return plain(*inputs, **options)
        for each in inputs:
            # What goes through the module again is kept as it came, and would come without its recipe.
            drop_recipe(each)
        # The backward runs outside of the block that says how the model attends.
        attending: Callable[[], AbstractContextManager[None]] = partial(attending_by, config, config._attn_implementation)  # noqa: SLF001 (transformers has no public name for it)

        def again(*inputs: Any) -> Any:
            # Recipes would hold what is dropped here and made again.
            with attending(), keeping():
                return plain(*inputs, **options)

        return checkpoint(again, *inputs, use_reentrant=False)

    module.forward = forward
