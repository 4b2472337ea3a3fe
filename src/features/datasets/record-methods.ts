/** How the numbers of an import were come by, in one sentence each. */
export const RECORD_METHODS = {
  read: 'Every record that the import found in the file, usable or not: of a table its rows, of a text its blocks.',
  excluded: 'Records that were left out by hand, singly or by a filter. They can be taken back.',
  usable: 'The records read, less those with an error, those with a null answer and those excluded by hand.',
  leftOut: 'Records with at least one error; the tab Problems names each of them with its line.',
  nullAnswers: 'Records whose answer is null in the file: meant to be skipped, and no error.',
  duplicates: 'Usable records whose content is the same, letter by letter, as that of an earlier one.',
  conversations:
    'Usable records with the same conversation id count once; one without an id is a conversation of its own.',
  tokens:
    'All tokens of the version in use, by template and tokenizer of the base model that they were last counted with.',
  turns:
    'Messages without the system prompt in the longest record of each conversation, on average over all of them.',
  quality:
    'Average of the scores from 1 to 5 that the usable records hold themselves; those without one do not count.',
  usableOfRead: 'Records of the version in use, of all that the import found in the file.',
  train: 'Usable records that are not held out.',
  heldOut:
    'Records of whole conversations, held out until their number comes nearest to the share; the seed decides which.',
} as const;
