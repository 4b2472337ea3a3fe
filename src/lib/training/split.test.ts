import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SplitFile } from '../types/dataset-records';
import type { SplitChoice } from '../types/dataset-split';
import { splitRecords } from './split';
import type { SplitRecord } from './split';

const smallText = fc.integer({ min: 0, max: 12 }).map(String);
const recordShape = fc.record(
  {
    conversation_id: smallText,
    first_user_text_hash: smallText,
    scaffolding: fc.record({ persona: smallText, arc: smallText, topic: smallText }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const manyRecords = fc
  .array(recordShape, { maxLength: 200 })
  .map((records): SplitRecord[] =>
    records.map((record, index) => ({ ...record, id: `record-${String(index)}` })),
  );
const options = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  share: fc.double({ min: 0, max: 0.5, noNaN: true }),
  stratify: fc.constantFrom('auto' as const, 'off' as const),
});

const TENTH: SplitChoice = { seed: 42, share: 0.1, stratify: 'auto' };

const conversations = (count: number, size: number): SplitRecord[] =>
  Array.from({ length: count * size }, (_, index) => ({
    id: `r${String(index)}`,
    conversation_id: `c${String(Math.floor(index / size))}`,
    first_user_text_hash: `h${String(Math.floor(index / size))}`,
  }));

describe('splitRecords', () => {
  it('puts every record on exactly one side, whatever the records', () => {
    fc.assert(
      fc.property(manyRecords, options, (records, choice) => {
        const split = SplitFile.parse(splitRecords(records, choice));
        expect([...split.train, ...split.held_out].sort()).toEqual(records.map(({ id }) => id).sort());
      }),
    );
  });

  it('never splits a conversation nor a first user message', () => {
    fc.assert(
      fc.property(manyRecords, options, (records, choice) => {
        const heldOut = new Set(splitRecords(records, choice).held_out);
        for (const key of ['conversation_id', 'first_user_text_hash'] as const) {
          const sides = new Map<string, boolean>();
          for (const record of records) {
            const value = record[key];
            if (value === undefined) continue;
            const side = heldOut.has(record.id);
            expect(sides.get(value) ?? side).toBe(side);
            sides.set(value, side);
          }
        }
      }),
    );
  });

  it('gives the same split for the same seed', () => {
    fc.assert(
      fc.property(manyRecords, options, (records, choice) => {
        expect(splitRecords(records, choice)).toEqual(splitRecords(structuredClone(records), choice));
      }),
    );
  });

  it('holds at least one conversation out where there are two, and never all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        options,
        (count, size, choice) => {
          const split = splitRecords(conversations(count, size), choice);
          expect(split.held_out.length > 0).toBe(choice.share > 0);
          expect(split.train.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('holds nothing out of a single conversation', () => {
    expect(splitRecords(conversations(1, 9), { ...TENTH, share: 0.5 }).held_out).toEqual([]);
  });

  it('holds out the share that was asked for', () => {
    expect(splitRecords(conversations(500, 2), TENTH).held_out).toHaveLength(100);
    expect(splitRecords(conversations(500, 2), { ...TENTH, share: 0.2 }).held_out).toHaveLength(200);
  });

  it('chooses others with another seed', () => {
    const records = conversations(200, 1);
    const heldOut = (seed: number) => splitRecords(records, { ...TENTH, seed }).held_out;
    expect(heldOut(1)).not.toEqual(heldOut(2));
  });

  it('takes its share from every stratum', () => {
    const records = Array.from({ length: 400 }, (_, index) => ({
      id: `r${String(index)}`,
      scaffolding: { persona: `p${String(index % 4)}` },
    }));
    const heldOut = new Set(splitRecords(records, { ...TENTH, seed: 7 }).held_out);
    const counts = [0, 1, 2, 3].map(
      (persona) =>
        records.filter(
          ({ id, scaffolding }) => scaffolding.persona === `p${String(persona)}` && heldOut.has(id),
        ).length,
    );
    expect(counts).toEqual([10, 10, 10, 10]);
  });

  it('looks at no stratum where it is told not to', () => {
    const bare = conversations(200, 2);
    const named = bare.map((record, index) => ({
      ...record,
      scaffolding: { topic: `t${String(index % 7)}` },
    }));
    const heldOut = (records: SplitRecord[], stratify: 'auto' | 'off') =>
      splitRecords(records, { ...TENTH, stratify }).held_out;
    expect(heldOut(named, 'off')).toEqual(heldOut(bare, 'off'));
    expect(heldOut(bare, 'off')).toEqual(heldOut(bare, 'auto'));
    expect(heldOut(named, 'auto')).not.toEqual(heldOut(named, 'off'));
  });

  it('joins conversations that share their first user message, however long the chain', () => {
    const records = Array.from({ length: 100 }, (_, index) => ({
      id: `r${String(index)}`,
      conversation_id: `c${String(Math.floor(index / 2))}`,
      first_user_text_hash: `h${String(Math.floor((index + 1) / 2))}`,
    }));
    expect(splitRecords(records, TENTH).held_out).toEqual([]);
  });
});
