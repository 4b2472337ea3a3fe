import { plainTurn } from './chat-turn';
import type { Turn } from './chat-turn';

const SPEAKER = /(?:^|\n\n)(Human|Assistant):/g;

/** A dialogue written as one text, "Human: … Assistant: …", as older preference sets do. */
export function isTranscript(text: string): boolean {
  return /^\s*Human:/.test(text);
}

/** Its turns, without the one blank after each colon; an open "Assistant:" at the end is no turn. */
export function cutTranscript(text: string, path: string): Turn[] {
  const trimmedStart = text.trimStart();
  const marks = [...trimmedStart.matchAll(SPEAKER)];
  return marks.flatMap((mark, index) => {
    const start = mark.index + mark[0].length;
    const said = trimmedStart.slice(start, marks[index + 1]?.index).replace(/^ /, '');
    const isOpen = index === marks.length - 1 && mark[1] === 'Assistant' && said.trim() === '';
    return isOpen ? [] : [plainTurn(mark[1] === 'Human' ? 'user' : 'assistant', said, path)];
  });
}
