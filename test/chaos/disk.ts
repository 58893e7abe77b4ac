import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../src/store/store.js';

/** A disk for the store's data that can be made to refuse writes. */
export interface Disk {
  kind: string;
  folder: string;
  refuse(store: Store): Promise<void>;
  allow(store: Store): Promise<void>;
  remove(): void;
}

/** What events, their points and the merges of them take, with room to spare: it is memory while it is filled. */
const EMPTY_DISK_BYTES = 2 ** 30;
const BYTES_PER_EVENT = 2_000;
const LEFT_BYTES = 64 * 2 ** 20;

/**
 * A file system of its own, which is really filled, where this user may mount one; elsewhere a folder whose
 * tables are told to refuse what a full disk would.
 */
export function makeDisk(folder: string, events: number): Disk {
  mkdirSync(folder, { recursive: true });
  const mounted =
    process.platform === 'linux' &&
    spawnSync('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${EMPTY_DISK_BYTES + events * BYTES_PER_EVENT}`,
      'redress-chaos',
      folder,
    ]).status === 0;
  return mounted ? filledDisk(folder) : obedientDisk(folder);
}

function filledDisk(folder: string): Disk {
  const filler = join(folder, 'filler');
  return {
    kind: 'a file system that is filled',
    folder: join(folder, 'data'),
    async refuse() {
      const { bavail, bsize } = statfsSync(folder);
      const bytes = bavail * bsize - LEFT_BYTES;
      writeFileSync(filler, '');
      if (spawnSync('fallocate', ['-l', String(bytes), filler]).status !== 0)
        throw new Error('the disk could not be filled');
    },
    async allow() {
      if (existsSync(filler)) rmSync(filler);
    },
    remove() {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function obedientDisk(folder: string): Disk {
  const set = async (store: Store, ratio: number) => {
    for (const table of ['events_log', 'event_positions', 'rejected_events_log', 'points_log'])
      await store.statement(
        `ALTER TABLE ${table} MODIFY SETTING min_free_disk_ratio_to_perform_insert = ${ratio}`,
      );
  };
  return {
    kind: 'tables that refuse what a full disk would',
    folder,
    refuse: (store) => set(store, 1),
    allow: (store) => set(store, 0),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
