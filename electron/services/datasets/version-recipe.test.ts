import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetEdit, SafeFix } from '../../../src/lib/types/dataset-versions';
import { editedRecipe, readingOf, recipeOf, VersionRecipe } from './version-recipe';

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
const fix: fc.Arbitrary<SafeFix> = fc.oneof(
  fc.constantFrom<SafeFix>('trim', 'drop_repeated_user_turn', 'merge_system', 'cut_before_empty_answer'),
  fc.record({ truncate_history: fc.integer({ min: 1, max: 5 }) }),
);
const fixes = fc.array(fix, { maxLength: 5 });
const options = fc.record(
  {
    encoding: fc.constantFrom('gb18030', 'utf-16le'),
    salvage: fc.boolean(),
    strip_separators: fc.boolean(),
    mapping: fc.constant({ user: 'q', assistant: 'a' }),
    table: fc.constant({ header: false, quote: null }),
  },
  { requiredKeys: [] },
);
const NOTHING: DatasetEdit = { exclude: [], include: [], fixes: [] };
/** As edits make it, from what a user said at the import. */
const recipe = fc
  .tuple(options, ids, fixes)
  .map(([said, exclude, chosen]) =>
    editedRecipe({ ...said, exclude: [], fixes: [] }, { ...NOTHING, exclude, fixes: chosen }),
  );

describe('a recipe', () => {
  it('says the same after it was kept, and in the words of a reading', () => {
    fc.assert(
      fc.property(recipe, (made) => {
        expect(VersionRecipe.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
        expect(recipeOf(readingOf(made))).toEqual(made);
      }),
    );
  });

  it('is what it was when everything that was left out is taken back', () => {
    fc.assert(
      fc.property(recipe, ids, (made, left) => {
        const fresh = left.filter((id) => !made.exclude.includes(id));
        const without = editedRecipe(made, { ...NOTHING, exclude: fresh });
        expect(new Set(without.exclude)).toEqual(new Set([...made.exclude, ...left]));
        expect(editedRecipe(without, { ...NOTHING, include: fresh })).toEqual(made);
      }),
    );
  });

  it('has each fix once, whatever the order and however often it is asked for', () => {
    fc.assert(
      fc.property(recipe, fixes, (made, chosen) => {
        const edited = editedRecipe(made, { ...NOTHING, fixes: chosen });
        expect(editedRecipe(edited, { ...NOTHING, fixes: chosen.toReversed() })).toEqual(edited);
        expect(editedRecipe(made, { ...NOTHING, fixes: chosen.toReversed() })).toEqual(edited);
      }),
    );
  });

  it('leaves out a record that is both excluded and included', () => {
    const made = { exclude: ['a'], fixes: [] };
    expect(editedRecipe(made, { ...NOTHING, exclude: ['a', 'b'], include: ['a'] }).exclude).toEqual([
      'a',
      'b',
    ]);
  });
});
