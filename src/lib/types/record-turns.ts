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

interface SpokenTurn {
  /** Its role, or the side of a comparison that it belongs to. */
  readonly who: string;
  readonly message: CanonicalMessage;
}

/** The turns of a record in reading order, those of a comparison side after side; none for plain text. */
export function spokenTurns(content: RecordContent): SpokenTurn[] {
  if ('text' in content) return [];
  const plain = (messages: readonly CanonicalMessage[]) =>
    messages.map((message) => ({ who: message.role, message }));
  const ofSide = (messages: readonly CanonicalMessage[], side: string) =>
    messages.map((message) => ({ who: sideName(message, side), message }));
  if ('messages' in content) return plain(content.messages);
  const prompt = plain(content.prompt);
  return 'completion' in content
    ? [...prompt, ...ofSide(content.completion, content.label ? 'wanted' : 'unwanted')]
    : [...prompt, ...ofSide(content.chosen, 'chosen'), ...ofSide(content.rejected, 'rejected')];
}

/** All that a record says, in reading order, whatever kind it is of. */
export function shownTurns(content: RecordContent): ShownTurn[] {
  if ('text' in content) return [{ name: 'text', content: content.text, trained: true }];
  return spokenTurns(content).map(({ who, message }) => named(message, who));
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
