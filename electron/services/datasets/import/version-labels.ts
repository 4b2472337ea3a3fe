import { isJsonObject, textOf } from '../readers/json-object';

/** What a file's own metadata say of the version or the format that it is of. */
export function versionLabels(metadata: unknown): string[] {
  if (!isJsonObject(metadata)) return [];
  return [metadata.version, metadata.format_spec].flatMap((label) => textOf(label) ?? []);
}

/** As in `3`, `3.0`, `v3` or `brightrun-lora-v3`. */
export function isVersion3(labels: readonly string[]): boolean {
  return labels.some((label) => /(?:^|v)3(?:\.|$)/iu.test(label));
}
