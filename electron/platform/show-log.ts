interface FileOpener {
  /** Answers why it did not, or nothing. */
  openPath(path: string): Promise<string>;
  showItemInFolder(path: string): void;
}

/** Opens the log to be read; where the system has nothing that reads it, the folder that it lies in. */
export const showLog = async (path: string, opener: FileOpener): Promise<void> => {
  if ((await opener.openPath(path)) !== '') opener.showItemInFolder(path);
};
