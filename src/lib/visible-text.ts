const CONTROL_PICTURES = 0x2400;
const SPACE = 0x20;
const DELETE = 0x7f;
/** What moves the cursor, colours a terminal or turns the direction of writing; line breaks and tabs are text. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

/** A text of a file with what would be unseen, or would change what is seen, written out. */
export const visibleText = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < SPACE) return String.fromCharCode(CONTROL_PICTURES + code);
    return code === DELETE ? '\u2421' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
