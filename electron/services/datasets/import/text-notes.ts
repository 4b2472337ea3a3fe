import { caution } from '../shapes/conversion';
import type { Fault } from '../shapes/conversion';

/** Of ChatML, Llama, Phi and DeepSeek; of Gemma and of tokenizers in general; of Llama 2 and Mistral. */
const CONTROL_TOKEN =
  /<[|｜][\w▁]{2,40}[|｜]>|<\/?s>|<(?:bos|eos|pad|unk|(?:start|end)_of_turn)>|<<\/?SYS>>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\]/;
const PLACEHOLDER = /\{\{\s*[A-Za-z_][\w .-]{0,40}\}\}/;

/** A token of a chat template, or an unfilled place, inside a text: it would be trained as it stands (question 20). */
export function templateNote(texts: readonly string[]): Fault | null {
  for (const [index, text] of texts.entries()) {
    const found = firstMatch(text);
    if (found === null) continue;
    return caution('unsupported_content', {
      path: null,
      error: `${texts.length === 1 ? 'The text' : `Message ${String(index + 1)}`} contains “${found}”, which looks like part of a template and is trained as it stands.`,
      suggestion: 'Remove it, or exclude the record.',
    });
  }
  return null;
}

function firstMatch(text: string): string | null {
  const token = text.includes('<') || text.includes('[') ? CONTROL_TOKEN.exec(text) : null;
  const place = text.includes('{{') ? PLACEHOLDER.exec(text) : null;
  return token?.[0] ?? place?.[0] ?? null;
}

/** Closing tags, breaks and entities: “<” alone stands in many a text. */
const HTML =
  /<\/(?:p|div|span|a|b|i|em|strong|ul|ol|li|table|tr|td|th|h[1-6]|pre|code|blockquote|body|html)>|<br ?\/?>|&(?:nbsp|amp|lt|gt|quot|#\d{1,6});/i;

/** A tag or an entity of HTML, as it is written; null where there is none. */
export function htmlIn(texts: readonly string[]): string | null {
  for (const text of texts) {
    const found = text.includes('<') || text.includes('&') ? HTML.exec(text) : null;
    if (found !== null) return found[0];
  }
  return null;
}

/** Characters that are kept, but seldom meant (question 18). */
export function oddCharacters(texts: readonly string[]): {
  readonly nul: boolean;
  readonly replaced: boolean;
} {
  return {
    nul: texts.some((text) => text.includes('\u0000')),
    replaced: texts.some((text) => text.includes('\ufffd')),
  };
}
