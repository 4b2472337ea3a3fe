"""`job.json` as frozen dataclasses, validated by the schema that is generated from zod.

Unknown keys are refused. The schema carries types and ranges; rules that span fields are here and in
`src/lib/training/job-rules.ts`, and what a new run is refused for in `beginning.py` and in `settings.ts`, all bound by
`src/lib/training/job-examples.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, cast, get_args

from .errors import TrainerError

RUN_FOLDER_SCHEMA = 1
SCHEMA_PATH = Path(__file__).parent / "schema" / "job.schema.json"

Device = Literal["auto", "cpu", "cuda"]
LossScope = Literal["auto", "final", "all"]
LrScheduler = Literal["cosine", "linear", "constant", "wsd"]
OptimizerName = Literal["adamw", "adamw_8bit", "adafactor"]
Packing = Literal["auto", "on", "off"]
Method = Literal["sft", "text", "dpo", "orpo", "kto"]
Precision = Literal["auto", "bf16", "fp32"]
Collapse = Literal["auto", "off"]
Stratify = Literal["auto", "off"]
Quantization = Literal["none", "int8", "nf4"]
BasePlace = Literal["kept", "offloaded", "sharded"]
Variant = Literal["lora", "rslora", "dora", "pissa", "lora_plus"]
QUANTIZATIONS: Final = get_args(Quantization)
TargetModules = Literal["all-linear"] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetRef:
    """The canonical dataset; `path` is a hint, `sha256` is what must agree."""

    dataset_id: str
    dataset_version_id: str
    name: str
    sha256: str
    path: Path
    format: str
    records: int
    sources: tuple[Mapping[str, Any], ...] = ()  # of a mixture: what it is made of, for whoever reads the folder


@dataclass(frozen=True, slots=True)
class BaseModelRef:
    """The base model's folder; `path` is a hint, `fingerprint` is what must agree."""

    base_model_id: str
    name: str
    fingerprint: str
    path: Path
    architecture: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every hyperparameter with its default resolved; `None` means: chosen by rule."""

    base_model: str
    learning_rate: float
    batch_size: int
    num_epochs: int
    lora_rank: int
    lora_alpha: float
    lora_dropout: float
    warmup_steps: int | None
    weight_decay: float
    max_steps: int | None
    gradient_accumulation_steps: int
    max_length: int
    lr_scheduler: LrScheduler
    warmup_ratio: float
    max_grad_norm: float
    seed: int
    validation_share: float
    eval_steps: int | None
    save_steps: int | None
    save_total_limit: int
    early_stopping_patience: int | None
    early_stopping_min_delta: float
    target_modules: TargetModules
    method: Method
    loss_scope: LossScope
    precision: Precision
    packing: Packing
    variant: Variant
    optimizer: OptimizerName
    beta: float
    max_hours: float | None
    max_energy_kwh: float | None
    collapse: Collapse
    quantization: Quantization
    stratify: Stratify
    processes: int

    @property
    def records_per_step(self) -> int:
        """Records of one optimizer step, however it is cut into micro-batches."""
        return self.batch_size * self.gradient_accumulation_steps


@dataclass(frozen=True, slots=True)
class SamplePrompt:
    """A question asked of the untouched model, at every checkpoint and of the result."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Chosen before the start so that the run fits: most rows a pass, what is recomputed, and where the base model lies.

    `recompute_layers`: whole layers, from the first; `recompute_mlps`: the layers after those, of which only the MLP is.
    `base`: where the base model's linear layers are (`stores`).
    """

    micro_batch: int
    recompute_mlps: int = 0
    recompute_layers: int = 0
    base: BasePlace = "kept"


@dataclass(frozen=True, slots=True)
class JobFile:
    """All that a trainer knows about its job."""

    schema: int
    job_id: str
    name: str
    created_at: str
    app_version: str
    dataset: DatasetRef
    base_model: BaseModelRef
    settings: Settings
    preset_id: str
    total_steps: int
    total_epochs: int
    sample_prompts: tuple[SamplePrompt, ...]
    sample_max_new_tokens: int
    device: Device
    threads: int
    memory: MemoryPlan | None = None


def load_job(run_dir: Path, *, dataset: Path | None = None, base_model: Path | None = None) -> JobFile:
    """Read `job.json`; `dataset` and `base_model` override its path hints.

    Raises `run_folder_unreadable`, `run_folder_newer` or `job_invalid`.
    """
    job = parse_job(_read_document(run_dir / "job.json"))
    if dataset is not None:
        job = replace(job, dataset=replace(job.dataset, path=dataset))
    if base_model is not None:
        job = replace(job, base_model=replace(job.base_model, path=base_model))
    return job


def parse_job(document: object) -> JobFile:
    """Validate a decoded `job.json` and type it. Raises `run_folder_newer` or `job_invalid`."""
    _refuse_newer(document)
    document = _completed(document)
    fault = schema_fault(document)
    if fault is not None:
        raise _invalid(fault)
    job = _typed(cast("Mapping[str, Any]", document))
    rule = broken_rule(job)
    if rule is not None:
        raise _invalid(rule)
    return job


def schema_fault(document: object) -> str | None:
    """The first way in which `document` is no job file, as `path: reason`."""
    error = next(iter(sorted(_validator().iter_errors(document), key=lambda found: list(map(str, found.path)))), None)
    if error is None:
        return None
    where = "/".join(str(part) for part in error.path) or "job.json"
    return f"{where}: {error.message[:300]}"


def broken_rule(job: JobFile) -> str | None:
    """The first rule across fields that `job` breaks (mirror: `job-rules.ts`)."""
    settings = job.settings
    planned = settings.num_epochs if settings.max_steps is None else job.total_epochs
    most_steps = -(-job.dataset.records // settings.records_per_step) * job.total_epochs
    prompt_ids = [prompt.id for prompt in job.sample_prompts]
    rules = (
        (settings.max_steps not in (None, job.total_steps), "total_steps: must equal settings.max_steps"),
        (job.total_epochs != planned, "total_epochs: must equal settings.num_epochs"),
        (job.total_steps > most_steps, "total_steps: more than the records allow in total_epochs"),
        (job.total_steps < job.total_epochs, "total_steps: an epoch is at least one step"),
        (
            settings.early_stopping_patience is not None and settings.validation_share == 0,
            "settings/early_stopping_patience: needs a held-out share",
        ),
        (len(set(prompt_ids)) < len(prompt_ids), "sample_prompts: ids must differ"),
    )
    return next((message for broken, message in rules if broken), None)


def _read_document(path: Path) -> object:
    try:
        return json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except OSError as error:
        raise TrainerError(
            "run_folder_unreadable",
            f"{path.name} cannot be read: {error.strerror}.",
            hint="Check that the run folder exists and is readable.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _invalid(f"job.json: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_newer(document: object) -> None:
    found = document.get("schema") if isinstance(document, dict) else None
    if isinstance(found, int) and found > RUN_FOLDER_SCHEMA:
        raise TrainerError(
            "run_folder_newer",
            f"This run folder has format {found}; this trainer knows formats up to {RUN_FOLDER_SCHEMA}.",
            hint="Update the app, or train this run with the version that made it.",
        )


def _invalid(fault: str) -> TrainerError:
    return TrainerError("job_invalid", f"job.json is not valid: {fault}.", hint="Create the job again.")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (loaded only where a job is read)

    return Draft202012Validator(_schema())


def _completed(document: object) -> object:
    """Settings that came after the job was made have the defaults of the schema."""
    settings = document.get("settings") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(settings, dict):
        return document
    return {**document, "settings": {**added_settings(), **settings}}


@cache
def added_settings() -> Mapping[str, Any]:
    """Defaults of the settings that older jobs and checkpoints do not have."""
    properties = _schema()["properties"]["settings"]["properties"]
    return {name: shape["default"] for name, shape in properties.items() if "default" in shape}


@cache
def _schema() -> Any:
    return json.loads(SCHEMA_PATH.read_text("utf-8"))


def _typed(document: Mapping[str, Any]) -> JobFile:
    dataset = {**document["dataset"], "path": Path(document["dataset"]["path"])}
    dataset["sources"] = tuple(dataset.get("sources", ()))
    base_model = {**document["base_model"], "path": Path(document["base_model"]["path"])}
    nested = {
        "dataset": DatasetRef(**_whole(DatasetRef, dataset)),
        "base_model": BaseModelRef(**base_model),
        "settings": Settings(**_whole(Settings, _with_tuple(document["settings"]))),
        "sample_prompts": tuple(SamplePrompt(**prompt) for prompt in document["sample_prompts"]),
        "memory": MemoryPlan(**_whole(MemoryPlan, document["memory"])) if "memory" in document else None,
    }
    return JobFile(**_whole(JobFile, {**document, **nested}))


def _with_tuple(settings: Mapping[str, Any]) -> dict[str, Any]:
    targets = settings["target_modules"]
    return {**settings, "target_modules": tuple(targets) if isinstance(targets, list) else targets}


def _whole(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers in their declared type: JSON knows no difference between 2 and 2.0."""
    declared = {field.name: field.type for field in fields(kind)}
    casts: dict[Any, type[int | float]] = {int: int, float: float, int | None: int, float | None: float}
    return {
        name: value if value is None or declared.get(name) not in casts else casts[declared[name]](value)
        for name, value in values.items()
    }
