import { z } from 'zod';

// zod probes `new Function` on its first parse, which a strict CSP reports.
z.config({ jitless: true });

/** Version-4 UUID, the form of every id in the database. */
export const Uuid = z.uuid();

/** ISO 8601 UTC with milliseconds, as the database writes it. */
export const Timestamp = z.iso.datetime();

/** Lower-case hexadecimal SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const Count = z.int().min(0);
