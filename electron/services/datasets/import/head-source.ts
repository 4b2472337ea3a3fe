import { MAX_LINE_BYTES } from '../readers/limits';
import type { SourceText } from '../readers/open-source';

/** No record is longer than a line may be, so this much holds one wherever it begins. */
const MAX_HEAD_BYTES = MAX_LINE_BYTES + 8 * 1024 * 1024;

export interface HeadLimits {
  readonly maxBytes?: number;
  readonly maxMs?: number;
}

const MAX_MS = 2500;

/** The beginning of a text, opened like the whole. It ends where its bytes or its time are used up. */
export class HeadSource {
  /** Of the reading that was opened last. */
  bytesRead = 0;
  /** Whether there is more than what was read. */
  isCut = false;
  /** Whether its reader came to the cut, and so takes for the end what is none. */
  isUsedUp = false;
  readonly source: SourceText;
  private readonly maxBytes: number;
  private readonly endsAt: number;

  constructor(whole: SourceText, { maxBytes = MAX_HEAD_BYTES, maxMs = MAX_MS }: HeadLimits = {}) {
    this.maxBytes = maxBytes;
    this.endsAt = performance.now() + maxMs;
    this.source = { ...whole, open: () => this.open(whole) };
  }

  private async *open(whole: SourceText): AsyncGenerator<Buffer> {
    this.bytesRead = 0;
    this.isCut = false;
    this.isUsedUp = false;
    let held: Buffer | null = null;
    for await (const next of whole.open()) {
      if (held !== null) {
        this.bytesRead += held.length;
        this.isCut = this.bytesRead >= this.maxBytes || performance.now() > this.endsAt;
        yield held;
        this.isUsedUp = this.isCut;
        if (this.isCut) return;
      }
      held = next;
    }
    if (held === null) return;
    this.bytesRead += held.length;
    yield held;
  }
}
