import { refused } from './refused';

// Ids and hashes need 180; Windows ends at 260 with the folder in front.
const MAX_LENGTH = 255;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)/i;
const UNSAFE = /[\\:*?"<>|]|\p{Cc}/u;

// A name may not end in a dot, which covers `.` and `..`.
const isSafe = (part: string): boolean =>
  part !== '' && !UNSAFE.test(part) && !WINDOWS_DEVICE.test(part) && !/[. ]$/.test(part);

/** The parts of a bucket's path: relative, forward slashes, never up, never a URL. */
export const storagePath = (path: string): readonly string[] => {
  const parts = path.split('/');
  if (path.length <= MAX_LENGTH && parts.every(isSafe)) return parts;
  throw refused(
    'storage_path_refused',
    `“${path.slice(0, 80)}” is not a path of the data folder.`,
    'Paths there are relative, with forward slashes, and never lead upwards.',
  );
};
