import { freeBytes } from './disk-space.mjs';
import { formatBytes, formatSeconds } from './format.mjs';

const TERMINAL_EVERY_MS = 500;
const LOG_EVERY_MS = 15_000;

/** Tells on one stream what is done now, how big it is and how long it takes. */
export function createProgress(stream, folder) {
  const write = (text) => stream.write(text);
  const clear = stream.isTTY ? '\r\x1b[K' : '';
  return {
    say: (text) => write(`${clear}${text}\n`),
    begin(title, step) {
      const startedMs = performance.now();
      const freeBefore = freeBytes(folder);
      const elapsed = () => formatSeconds(performance.now() - startedMs);
      let most = 0;
      const status = () => {
        most = Math.max(most, freeBefore - freeBytes(folder));
        return `${title} · ${written(most, step)}${elapsed()}`;
      };
      write(stream.isTTY ? status() : `${title}${sizes(step)}\n`);
      const timer = setInterval(
        () => write(stream.isTTY ? `${clear}${status()}` : `${status()} so far\n`),
        stream.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS,
      );
      return {
        done: () => write(`${clear}${title} · done in ${elapsed()}\n`),
        stop: () => clearInterval(timer),
      };
    },
  };
}

function sizes({ downloadBytes, diskBytes }) {
  const download = downloadBytes > 0 ? ` · ${formatBytes(downloadBytes)} to download` : '';
  const disk = diskBytes > 0 ? ` · ${formatBytes(diskBytes)} on disk` : '';
  return download + disk;
}

// Read off the free space: counting the files of a Python environment takes longer than a second. Others
// write to the disk too, so the figure never falls, and what is done after the last byte has no size.
function written(bytes, { diskBytes }) {
  if (diskBytes === 0) return '';
  const share = bytes < diskBytes ? `${formatBytes(bytes)} of ${formatBytes(diskBytes)}` : 'finishing';
  return `${share} · `;
}
