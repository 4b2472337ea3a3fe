import type { CanonicalMessage, RecordContent } from './dataset-records';

/** A turn as a reader sees it: named by its role, or by the side of a comparison that it belongs to. */
export interface ShownTurn extends Omit<CanonicalMessage, 'role'> {
  readonly name: string;
}

/** The messages of a record up to its first answer and that answer; none for plain text. */
export function messagesOf(content: RecordContent): readonly CanonicalMessage[] {
  if ('messages' in content) return content.messages;
  if ('chosen' in content) return [...content.prompt, ...content.chosen];
  return 'completion' in content ? [...content.prompt, ...content.completion] : [];
}

/** All that a record says, in reading order, whatever kind it is of. */
export function shownTurns(content: RecordContent): ShownTurn[] {
  if ('text' in content) return [{ name: 'text', content: content.text, trained: true }];
  if ('messages' in content) return content.messages.map((message) => named(message, message.role));
  const prompt = content.prompt.map((message) => named(message, message.role));
  if ('completion' in content) {
    const side = content.label ? 'wanted' : 'unwanted';
    return [...prompt, ...content.completion.map((message) => named(message, sideName(message, side)))];
  }
  return [
    ...prompt,
    ...content.chosen.map((message) => named(message, sideName(message, 'chosen'))),
    ...content.rejected.map((message) => named(message, sideName(message, 'rejected'))),
  ];
}

/** Every text of a record. */
export function textsOf(content: RecordContent): string[] {
  if ('text' in content) return [content.text];
  const rejected = 'rejected' in content ? content.rejected : [];
  return [...messagesOf(content), ...rejected].map((message) => message.content);
}

function sideName({ role }: CanonicalMessage, side: string): string {
  return role === 'assistant' ? side : `${side}: ${role}`;
}

function named({ role: _, ...message }: CanonicalMessage, name: string): ShownTurn {
  return { name, ...message };
}
