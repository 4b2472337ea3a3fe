import { createWriteStream, statSync } from 'node:fs';
import { once } from 'node:events';

const WORDS =
  'a the of to and in that is was for on with as at by from they we say her she or an will my one all would there their what so up out if about who get which go me when make can like time no just him know take people into year your good some could them see other than then now look only come its over think also back after use two how our work first well way even new want because any these give day most us'.split(
    ' ',
  );
/** As in the original: about 4 in 10 rows have an input. */
const WITH_INPUT = 0.4;

/** Rows of the size and form of the Alpaca set, always the same; answers their size in bytes. */
export async function writeAlpacaRows(path, rows) {
  const random = seeded(42);
  const text = (words) => {
    const chosen = Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
    return `${chosen[0].toUpperCase()}${chosen.slice(1)}.`;
  };
  const file = createWriteStream(path);
  for (let row = 0; row < rows; row += 1) {
    const record = {
      instruction: `${text(11)} (${row})`,
      input: random() < WITH_INPUT ? text(14) : '',
      output: text(12 + Math.floor(random() * 104)),
    };
    if (!file.write(`${JSON.stringify(record)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return statSync(path).size;
}

/** mulberry32, public domain. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
