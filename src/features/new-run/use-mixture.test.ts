import { describe, expect, it } from 'vitest';
import { mixtureIn } from './use-mixture';

const [A, B, C] = ['a', 'b', 'c'];

describe('what a request says of a mixture', () => {
  it('is nothing for one dataset', () => {
    expect(mixtureIn([])).toEqual({});
    expect(mixtureIn([{ id: A, weight: '2' }])).toEqual({});
  });

  it('is the weight of the first and the others with theirs', () => {
    const rows = [
      { id: A, weight: '0.5' },
      { id: B, weight: ' 2 ' },
      { id: C, weight: '1' },
    ];
    expect(mixtureIn(rows)).toEqual({
      weight: 0.5,
      more_datasets: [
        { dataset_id: B, weight: 2 },
        { dataset_id: C, weight: 1 },
      ],
    });
  });

  it.each(['', 'two', '0', '-1', '101'])('is not known while a weight reads “%s”', (weight) => {
    expect(
      mixtureIn([
        { id: A, weight: '1' },
        { id: B, weight },
      ]),
    ).toBeNull();
  });
});
