/** Held out by default: a tenth, by the seed that a job takes too (data-model.md, Defaults). */
export const DEFAULT_SEED = 42;
export const DEFAULT_SHARE = 0.1;
