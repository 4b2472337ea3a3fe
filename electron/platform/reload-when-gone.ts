/** What is used of a window's page. */
interface Contents {
  on(event: 'render-process-gone', listener: (event: unknown, gone: { reason: string }) => void): unknown;
  reload(): void;
}

const RELOADS_ALLOWED = 3;

/** A page whose process dies is loaded again; one that dies at every start is left alone in the end. */
export const reloadWhenGone = (contents: Contents): void => {
  let reloads = 0;
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || reloads >= RELOADS_ALLOWED) return;
    reloads += 1;
    contents.reload();
  });
};
