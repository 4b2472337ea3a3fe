"""`may-resume`: whether a run may go on, by the very checks that its next attempt makes, without loading a model."""

import argparse
import json
import sys
from pathlib import Path

from .config import load_job
from .hidden import torch_beside_transformers


def main(argv: list[str]) -> int:
    """Print `{step, skipped, changes}`, and leave the run folder as it is. Raises what refuses the attempt.

    `step` is that of the checkpoint it goes on from, null where it begins; `skipped` says of newer ones why they cannot
    be used, `changes` what keeps the run from going on bit for bit.
    """
    parser = argparse.ArgumentParser(prog="pipeline_trainer may-resume")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--dataset", type=Path, help="where the dataset is now")
    parser.add_argument("--base-model", type=Path, help="where the base model is now")
    parser.add_argument("--cache-dir", type=Path, help="folder of the token cache; none without it")
    options = parser.parse_args(argv)
    run_dir: Path = options.run_dir.resolve()
    job = load_job(run_dir, dataset=options.dataset, base_model=options.base_model)
    torch_beside_transformers()
    from .resume import compute_for, judge  # noqa: PLC0415 (imports torch, which transformers would take up)

    skipped: list[str] = []
    judged = judge(
        run_dir,
        job=job,
        compute=compute_for(job),
        processes=job.settings.processes,
        cache_dir=options.cache_dir,
        warn=lambda _code, message: skipped.append(message),
    )
    step = None if judged.found is None else judged.found.step
    document = {"step": step, "skipped": skipped, "changes": judged.changes}
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    return 0
