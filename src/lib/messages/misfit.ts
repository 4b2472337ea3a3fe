import type { Estimate } from '../types/estimate';
import type { ErrorPayload } from '../types/system';
import { formatBytes, formatMemory } from './format';

type Room = Pick<Estimate, 'fits' | 'memory_bytes' | 'memory_free_bytes' | 'disk_bytes' | 'disk_free_bytes'>;

interface Needs extends Room {
  readonly remedies: readonly Pick<Estimate['remedies'][number], 'label'>[];
}

export const isDiskTooSmall = ({
  disk_bytes,
  disk_free_bytes,
}: Pick<Room, 'disk_bytes' | 'disk_free_bytes'>): boolean => disk_bytes.expected > disk_free_bytes;

const memoryWords = ({ fits, memory_bytes, memory_free_bytes }: Room): string | null =>
  fits === 'does_not_fit'
    ? `The run needs ≈ ${formatMemory(memory_bytes.expected)} of memory, and ${formatMemory(memory_free_bytes)} are free.`
    : null;

const diskWords = (needs: Room): string | null =>
  isDiskTooSmall(needs)
    ? `The run writes ≈ ${formatBytes(needs.disk_bytes.expected)}, and ${formatBytes(needs.disk_free_bytes)} of the disk are free.`
    : null;

const otherwise = (needs: Room): string =>
  needs.fits === 'does_not_fit'
    ? 'Choose a smaller base model, or close what holds the memory'
    : 'Free space on this drive';

/**
 * Why a run has no room on this machine, with figures and what would make it fit; null where it has.
 * Memory is told in GB of 2³⁰ bytes, disk in GB of 10⁹.
 */
export const misfitOf = (needs: Needs): ErrorPayload | null => {
  const message = [memoryWords(needs), diskWords(needs)].filter((words) => words !== null).join(' ');
  if (message === '') return null;
  const ways = needs.remedies.map(({ label }) => label);
  const hint = ways.length > 0 ? `What would make it fit: ${ways.join('; ')}.` : `${otherwise(needs)}.`;
  return { code: 'does_not_fit', message, hint };
};
