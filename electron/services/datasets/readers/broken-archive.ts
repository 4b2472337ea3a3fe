/** What a broken archive is: its bytes end too early, or are not what its checksum says, or it asks for too much. */
export class BrokenArchive extends Error {
  override readonly name = 'BrokenArchive';
  /** What helps here, where another copy of the file would not. */
  readonly suggestion: string | undefined;

  constructor(reason: string, suggestion?: string) {
    super(reason);
    this.suggestion = suggestion;
  }

  static damaged(): BrokenArchive {
    return new BrokenArchive('the archive is cut off or damaged');
  }
}
