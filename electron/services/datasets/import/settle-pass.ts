import type { Container } from '../readers/raw-record';
import type { PassFindings, PassPlan } from './pass';
import { isMostlyObjects } from './plan-container';
import { guessShape } from './read-source';
import type { ReadableSource } from './read-source';
import { textContainer } from './recognise-file';
import { isDocument, isFaulty } from './whole-file';

interface Settling<Found extends PassFindings> {
  readonly fileName: string;
  readonly source: ReadableSource;
  readonly run: (plan: PassPlan) => Promise<Found>;
}

/**
 * One pass mostly. A document that proves faulty is read as lines when half of them are objects, or
 * as the plain text that its name says, and a shape that proves not to be the most frequent gives
 * way to that one.
 */
export async function settledPass<Found extends PassFindings>(
  plan: Omit<PassPlan, 'shape'>,
  settling: Settling<Found>,
): Promise<Found> {
  const { run, source } = settling;
  const pass = await run({ ...plan, shape: await guessShape(source, plan) });
  const other = await otherContainer(pass, settling);
  if (other !== null) return settledPass({ ...plan, container: other }, settling);
  const shape = pass.reader.tally.mostFrequentShape;
  return shape === null || shape === pass.shape ? pass : run({ ...plan, shape });
}

async function otherContainer(
  pass: PassFindings,
  { source, fileName }: Pick<Settling<PassFindings>, 'source' | 'fileName'>,
): Promise<Container | null> {
  if (!isDocument(pass.container) || !(isFaulty(pass) || isUnread(pass))) return null;
  if (await isMostlyObjects(source.source.open)) return { kind: 'lines' };
  return pass.reader.tally.mostFrequentShape === null ? textContainer(fileName, source.source.archive) : null;
}

/**
 * Lines after one that is cut look like one object that is too deep, too long or in no encoding, before
 * anyone comes to where it is malformed.
 */
function isUnread({ container, reader }: PassFindings): boolean {
  return container.kind === 'bare' && reader.tally.unread > 0;
}
