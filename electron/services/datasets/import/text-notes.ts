import type { CanonicalMessage } from '../../../../src/lib/types/dataset-records';
import { caution } from '../shapes/conversion';
import type { Fault } from '../shapes/conversion';

const CONTROL_TOKEN = /<\|[A-Za-z_]{2,40}\|>/;
const PLACEHOLDER = /\{\{\s*[A-Za-z_][\w .-]{0,40}\}\}/;

/** A token of a chat template, or an unfilled place, inside a text: it would be trained as it stands (question 20). */
export function templateNote(messages: readonly CanonicalMessage[]): Fault | null {
  for (const [index, { content }] of messages.entries()) {
    const found = firstMatch(content);
    if (found === null) continue;
    return caution('unsupported_content', {
      path: null,
      error: `Message ${String(index + 1)} contains “${found}”, which looks like part of a template and is trained as it stands.`,
      suggestion: 'Remove it, or exclude the record.',
    });
  }
  return null;
}

function firstMatch(content: string): string | null {
  const token = content.includes('<|') ? CONTROL_TOKEN.exec(content) : null;
  const place = content.includes('{{') ? PLACEHOLDER.exec(content) : null;
  return token?.[0] ?? place?.[0] ?? null;
}

/** Characters that are kept, but seldom meant (question 18). */
export function oddCharacters(messages: readonly CanonicalMessage[]): {
  readonly nul: boolean;
  readonly replaced: boolean;
} {
  return {
    nul: messages.some(({ content }) => content.includes('\u0000')),
    replaced: messages.some(({ content }) => content.includes('\ufffd')),
  };
}
