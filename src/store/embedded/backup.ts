import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedressError } from '../../model/errors.js';
import { filled } from '../event-columns.js';
import { queryText } from '../sql-files.js';
import { Store, type StoreAddress } from '../store.js';

/** Where in its data folder the embedded engine may write and read backups: nowhere else. */
export function backupsFolder(data: string): string {
  return join(resolve(data), 'backups');
}

/**
 * Writes everything that the store has into a new folder, while whoever uses the store goes on: each table is as
 * it was at one moment. Throws `usage` when the folder is there already.
 *
 * @param data the folder of the engine that listens at the address.
 */
export async function backUp(address: StoreAddress, data: string, folder: string): Promise<void> {
  if (existsSync(folder)) throw new RedressError('usage', `${folder} is there already; name a new folder`);
  const name = stagingName();
  const staged = join(backupsFolder(data), name);
  const store = new Store(address);
  try {
    await finished(store, 'back_up', { database: quoted(address.database), name: literal(name) });
    mkdirSync(dirname(resolve(folder)), { recursive: true });
    move(staged, resolve(folder));
  } finally {
    await store.close();
    rmSync(staged, { recursive: true, force: true });
  }
}

/**
 * Makes the store what it was when a backup was taken. What it has now is set aside until the backup has been read
 * whole, and is there again when that fails. Throws `usage` for a folder that is no backup, `conflict` when the
 * store has data and `replace` does not say that it may go.
 */
export async function restore(
  address: StoreAddress,
  data: string,
  folder: string,
  replace: boolean,
): Promise<void> {
  if (!isBackup(folder))
    throw new RedressError('usage', `${folder} is not a folder that redress backup wrote`);
  const name = stagingName();
  const staged = join(backupsFolder(data), name);
  const server = new Store({ ...address, database: 'default' });
  const database = quoted(address.database);
  const aside = quoted(`${address.database}_before_restore`);
  const run = (query: string, parts: Record<string, string>) =>
    server.statement(filled(queryText(query), parts), {}, query);
  try {
    const [found] = await server.query<{ tables: number }>('tables_of', { database: address.database });
    const isThere = (found?.tables ?? 0) > 0;
    if (isThere && !replace)
      throw new RedressError(
        'conflict',
        `the store in ${data} has data; --replace puts the backup in its place`,
      );
    mkdirSync(backupsFolder(data), { recursive: true });
    cpSync(folder, staged, { recursive: true });
    await run('drop_database', { database: aside });
    if (isThere) await run('rename_database', { from: database, to: aside });
    try {
      await finished(server, 'restore', { database, name: literal(name) });
    } catch (error) {
      await run('drop_database', { database });
      if (isThere) await run('rename_database', { from: aside, to: database });
      throw error;
    }
    await run('drop_database', { database: aside });
  } finally {
    await server.close();
    rmSync(staged, { recursive: true, force: true });
  }
}

/** Begins a backup or its reading, which may take longer than a request may, and waits for its end. */
async function finished(store: Store, query: string, parts: Record<string, string>): Promise<void> {
  let begun: { id: string } | undefined;
  for await (const rows of store.rows<{ id: string }>(filled(queryText(query), parts))) begun ??= rows[0];
  for (;;) {
    const [state] = await store.query<{ status: string; error: string }>('backup_state', {
      id: begun?.id ?? '',
    });
    if (state === undefined || /FAILED|CANCELLED/.test(state.status))
      throw new RedressError(
        'store_rejected',
        `the store refused ${query}: ${state?.error ?? 'it was forgotten'}`,
      );
    if (!/^(CREATING_BACKUP|RESTORING)$/.test(state.status)) return;
    await sleep(100);
  }
}

const isBackup = (folder: string): boolean =>
  existsSync(join(folder, '.backup')) && readdirSync(folder).length > 1;

const stagingName = (): string => `${process.pid}-${Date.now()}`;

/** `BACKUP` takes no bound parameters; both are names of our own making, quoted all the same. */
const quoted = (name: string): string => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``;
const literal = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

/** Across file systems a folder cannot be renamed. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(from, to, { recursive: true });
  }
}
