import type { AsyncRepositories } from '../../db/async-repositories';
import type { LeaseOwner } from '../../db/repositories/queue';
import { identify, isAlive } from '../trainer/process-identity';

export type OwnerKind = 'app' | 'cli';

/** Which process runs the queue; a dead owner's lease may be taken. */
export class QueueLease {
  readonly #lease: AsyncRepositories['lease'];
  readonly #kind: OwnerKind;
  readonly #pid: number;

  constructor(lease: AsyncRepositories['lease'], kind: OwnerKind, pid: number = process.pid) {
    this.#lease = lease;
    this.#kind = kind;
    this.#pid = pid;
  }

  /** Whether the lease is ours afterwards. */
  async acquire(): Promise<boolean> {
    const held = await this.#lease.current();
    if (held && held.owner_pid !== this.#pid && (await isAlive(identityOf(held)))) return false;
    const { pid, process_started_at, boot_id } = await identify(this.#pid);
    const own: LeaseOwner = {
      owner_pid: pid,
      owner_started_at: process_started_at,
      boot_id,
      owner_kind: this.#kind,
    };
    const holder = await this.#lease.take(own, held);
    return holder?.owner_pid === pid && holder.boot_id === boot_id;
  }

  release(): Promise<void> {
    return this.#lease.release(this.#pid);
  }
}

const identityOf = ({ owner_pid, owner_started_at, boot_id }: LeaseOwner) => ({
  pid: owner_pid,
  process_started_at: owner_started_at,
  boot_id,
});
