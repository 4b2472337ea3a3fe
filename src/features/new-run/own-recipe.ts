import type { PresetId } from '../../lib/types/lora-training';
import type { Drafts } from './drafts';

/** What was typed, and the recipe whose values it starts from. */
export interface OwnRecipe {
  readonly basis: PresetId;
  readonly drafts: Drafts;
}

/** A change in a recipe begins one's own from its values; the recipe itself stays as it is. */
export const typeInto = (own: OwnRecipe, preset: PresetId, more: Drafts): OwnRecipe =>
  preset === 'custom' ? { ...own, drafts: { ...own.drafts, ...more } } : { basis: preset, drafts: more };

/** Below it, five passes of the balanced recipe learn the records by heart. */
const ENOUGH_FOR_BALANCED = 500;

export const suggestedPreset = (records: number): PresetId =>
  records < ENOUGH_FOR_BALANCED ? 'conservative' : 'balanced';
