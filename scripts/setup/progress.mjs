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
      let told;
      const status = () => {
        most = Math.max(most, freeBefore - freeBytes(folder));
        return `${title} · ${told ? howFar(told) : written(most, step)}${elapsed()}`;
      };
      write(stream.isTTY ? status() : `${title}${sizes(step)}\n`);
      const timer = setInterval(
        () => write(stream.isTTY ? `${clear}${status()}` : `${status()} so far\n`),
        stream.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS,
      );
      return {
        tell: (part) => {
          const now = performance.now();
          told = { ...part, at: now, since: told?.since ?? now };
        },
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

// Within a part the share grows as time goes by at the pace of the parts before, but not beyond its end.
function howFar({ from, until, what, at, since }) {
  const elapsedMs = performance.now() - since;
  const share = from === 0 ? 0 : Math.min(until, (elapsedMs / (at - since)) * from);
  return `${what} · ${Math.floor(share * 100)} % · ${timeLeft(elapsedMs, share)}`;
}

function timeLeft(elapsedMs, share) {
  if (share === 0 || share === 1) return '';
  const leftMs = (elapsedMs / share) * (1 - share);
  return `about ${leftMs < 10_000 ? `${Math.ceil(leftMs / 1000)} s` : formatSeconds(leftMs)} left · `;
}

// Read off the free space: counting the files of a Python environment takes longer than a second. Others
// write to the disk too, so the figure never falls, and what is done after the last byte has no size.
function written(bytes, { diskBytes }) {
  if (diskBytes === 0) return '';
  const share = bytes < diskBytes ? `${formatBytes(bytes)} of ${formatBytes(diskBytes)}` : 'finishing';
  return `${share} · `;
}
