import { z } from 'zod';
import { ArtifactExport, ExportFormat, ModelArtifact } from '../types/model-artifact';
import { Uuid } from '../types/primitives';
import { ById, call, event, Nothing } from './endpoint';

/** What can be asked of the models that runs have made. */
export const MODEL_ENDPOINTS = {
  list: call(Nothing, z.array(ModelArtifact)),
  get: call(ById, ModelArtifact),
  verify: call(ById, ModelArtifact),
  delete: call(ById, Nothing),
  deleted: call(Nothing, z.array(ModelArtifact)),
  restore: call(ById, ModelArtifact),
  rename: call(z.strictObject({ id: Uuid, name: z.string().trim().min(1).max(200) }), ModelArtifact),
  export: call(z.strictObject({ id: Uuid, format: ExportFormat, to: z.string() }), ArtifactExport),
  exports: call(ById, z.array(ArtifactExport)),
  generate: call(
    z.strictObject({
      id: Uuid,
      prompt: z.string().trim().min(1).max(8000),
      max_new_tokens: z.int().min(1).max(1024),
    }),
    z.strictObject({ base: z.string(), adapter: z.string() }),
  ),
  changed: event(ModelArtifact),
  removed: event(ById),
  export_changed: event(ArtifactExport),
} as const;
