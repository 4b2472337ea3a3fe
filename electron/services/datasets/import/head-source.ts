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
  /** Whether there is, or may be, more than what was read. */
  isCut = false;
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
    for await (const chunk of whole.open()) {
      this.bytesRead += chunk.length;
      this.isCut = this.bytesRead >= this.maxBytes || performance.now() > this.endsAt;
      yield chunk;
      if (this.isCut) return;
    }
  }
}
