import type { DatasetProblem, ProblemType } from '../../../../src/lib/types/dataset-records';
import { isVersion3 } from './version-labels';

interface Note {
  line: number;
  records: number;
}

const KNOWN_PAIR_FIELDS = new Set([
  'id',
  'conversation_id',
  'turn_number',
  'conversation_metadata',
  'system_prompt',
  'current_user_input',
  'target_response',
  'conversation_history',
  'emotional_context',
  'training_metadata',
]);

const MAX_NAMES = 50;

/** What is said once for a file and not once a record: how often, and where first. */
export class FileNotes {
  private readonly unknownFields = new Map<string, Note>();
  private readonly unusedFields = new Map<string, Note>();
  private readonly verdicts = new Map<string, Note>();
  private readonly nul: Note = { line: 0, records: 0 };
  private readonly replaced: Note = { line: 0, records: 0 };
  private readonly separators: Note = { line: 0, records: 0 };
  private readonly labels: Note = { line: 0, records: 0 };
  private readonly html: Note = { line: 0, records: 0 };
  private firstTag = '';
  /** Which columns were taken for question and answer; of the first record, when they need saying. */
  columns: string | null = null;
  /** How often a warning was noted of a record. */
  warnings = 0;
  private version: { readonly labels: readonly string[]; readonly line: number } | null = null;

  /** What a file calls itself; the first place counts. */
  noteVersion(labels: readonly string[], line: number): void {
    this.version ??= { labels, line };
  }

  get isVersion3(): boolean {
    return this.version !== null && isVersion3(this.version.labels);
  }

  noteFields(names: readonly string[], line: number): void {
    const unknown = names.filter((name) => !KNOWN_PAIR_FIELDS.has(name));
    this.warnings += unknown.length;
    noteNames(this.unknownFields, unknown, line);
  }

  /** Fields with texts that are neither trained nor shown to the model. */
  noteUnused(names: readonly string[], line: number): void {
    noteNames(this.unusedFields, names, line);
  }

  /** Fields that are false, and may say that an answer is not wanted. */
  noteVerdicts(names: readonly string[], line: number): void {
    noteNames(this.verdicts, names, line);
  }

  noteCharacters(found: { readonly nul: boolean; readonly replaced: boolean }, line: number): void {
    if (found.nul) count(this.nul, line);
    if (found.replaced) count(this.replaced, line);
  }

  noteSeparators(line: number): void {
    this.warnings += 1;
    count(this.separators, line);
  }

  noteHtml(tag: string, line: number): void {
    if (this.html.records === 0) this.firstTag = tag;
    count(this.html, line);
  }

  noteLabel(line: number): void {
    this.warnings += 1;
    count(this.labels, line);
  }

  problems(): DatasetProblem[] {
    const fields = [...this.unknownFields].map(([name, note]) =>
      fileProblem('unsupported_content', note, {
        severity: 'warning',
        error: `The field “${name.slice(0, 60)}” is not part of the format and was ignored.`,
        suggestion: 'Nothing has to be done: training does not need it.',
      }),
    );
    return [
      ...fields,
      ...this.unusedProblems(),
      ...this.characterProblems(),
      ...this.versionProblems(),
      ...this.separatorProblems(),
      ...this.labelProblems(),
      ...this.htmlProblems(),
    ];
  }

  private unusedProblems(): DatasetProblem[] {
    const unused = [...this.unusedFields].map(([name, { line }]) =>
      fileProblem(
        'unsupported_content',
        { line, records: 0 },
        {
          severity: 'warning',
          error: `The texts of “${name.slice(0, 60)}” are not used: the model neither sees nor learns them.`,
          suggestion:
            'Nothing has to be done if they are notes; else give their column a role, such as “input” for what belongs to the question.',
        },
      ),
    );
    const verdicts = [...this.verdicts].map(([name, { line }]) =>
      fileProblem(
        'unsupported_content',
        { line, records: 0 },
        {
          severity: 'warning',
          error: `The field “${name.slice(0, 60)}” is false here and not used: every answer is trained.`,
          suggestion:
            'Nothing has to be done if it says something else; if it says that an answer is not wanted, give it the role “label”.',
        },
      ),
    );
    return [...unused, ...verdicts];
  }

  private htmlProblems(): DatasetProblem[] {
    if (this.html.records === 0) return [];
    const text = {
      severity: 'info',
      error: `Texts contain HTML, such as “${this.firstTag}”; it stays as it is, and is trained so.`,
      suggestion: 'Nothing has to be done if the answers are to be in HTML; else export plain text.',
    } as const;
    return [fileProblem('unsupported_content', this.html, text)];
  }

  private labelProblems(): DatasetProblem[] {
    if (this.labels.records === 0) return [];
    const text = {
      severity: 'warning',
      error: 'The field “label” is neither true nor false, so it is not used: every answer is trained.',
      suggestion:
        'Nothing has to be done if it says something else. If it says which answers are not wanted, write it as true or false.',
    } as const;
    return [fileProblem('invalid_type', this.labels, text)];
  }

  private separatorProblems(): DatasetProblem[] {
    if (this.separators.records === 0) return [];
    const text = {
      severity: 'warning',
      error:
        'Prompts or completions end with separators of older tools, such as “ ->”, “###” or “ END”; they are trained as they stand.',
      suggestion: 'Import again with the separators stripped: the chat template marks the ends.',
    } as const;
    return [fileProblem('unsupported_content', this.separators, text)];
  }

  private characterProblems(): DatasetProblem[] {
    const suggestion = 'Check these texts: the character is kept, and trained as it stands.';
    return [
      { note: this.nul, error: 'Texts contain the character U+0000.' },
      { note: this.replaced, error: 'Texts contain U+FFFD, which stands where a character was lost.' },
    ]
      .filter(({ note }) => note.records > 0)
      .map(({ note, error }) => fileProblem('encoding_error', note, { severity: 'info', error, suggestion }));
  }

  private versionProblems(): DatasetProblem[] {
    if (!this.isVersion3 || this.version === null) return [];
    const text = {
      severity: 'info',
      error: 'The file calls itself version 3; it is read as version 4 without scaffolding.',
      suggestion: 'Nothing has to be done.',
    } as const;
    return [fileProblem('older_version', { line: this.version.line, records: 0 }, text)];
  }
}

function noteNames(notes: Map<string, Note>, names: readonly string[], line: number): void {
  for (const name of names) {
    const note = notes.get(name);
    if (note !== undefined) note.records += 1;
    else if (notes.size < MAX_NAMES) notes.set(name, { line, records: 1 });
  }
}

function count(note: Note, line: number): void {
  if (note.records === 0) note.line = line;
  note.records += 1;
}

function fileProblem(
  type: ProblemType,
  note: Note,
  text: Pick<DatasetProblem, 'severity' | 'error' | 'suggestion'>,
): DatasetProblem {
  const many = note.records > 1 ? ` This line is the first of ${String(note.records)} records.` : '';
  return { line: note.line, path: null, record_id: null, type, ...text, error: `${text.error}${many}` };
}
