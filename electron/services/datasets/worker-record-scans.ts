import { z } from 'zod';
import { SourceMetadata } from '../../../src/lib/types/dataset-metadata';
import { FoundRecords } from '../../../src/lib/types/dataset-numbers';
import { SplitView } from '../../../src/lib/types/dataset-split';
import { RawPart } from '../../../src/lib/types/raw-part';
import { Count } from '../../../src/lib/types/primitives';
import { answerOfWorker } from '../worker-answer';
import { RecordsPage } from './record-index';
import type { RecordScan, RecordScans } from './record-scans';

/** A hash of each of some million records, or the ids of those that are held out. */
const MEMORY = { oldGenerationMb: 1024 };
const NEVER = new AbortController().signal;

/** Reads on a thread of its own, so that a million records hold up nothing else. */
export function scansInWorker(workerUrl: URL): RecordScans {
  const unanswered = 'the reading of the records ended without a result';
  const answerTo = (request: RecordScan, signal = NEVER) =>
    answerOfWorker(workerUrl, { request, unanswered, signal, ...MEMORY });
  return {
    split: async (scan) => SplitView.parse(await answerTo({ kind: 'split', ...scan })),
    repeats: async (scan) => FoundRecords.parse(await answerTo({ kind: 'repeats', ...scan })),
    select: async (scan) => FoundRecords.parse(await answerTo({ kind: 'select', ...scan })),
    places: async (scan) => z.array(Count).parse(await answerTo({ kind: 'places', ...scan })),
    search: async (scan, signal) => RecordsPage.parse(await answerTo({ kind: 'search', ...scan }, signal)),
    metadata: async (scan) => SourceMetadata.parse(await answerTo({ kind: 'metadata', ...scan })),
    raw: async (scan) => RawPart.nullable().parse(await answerTo({ kind: 'raw', ...scan })),
  };
}
