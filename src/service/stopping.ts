import { setTimeout as sleep } from 'node:timers/promises';

/** Something that is ended: what it is called where it could not be waited for, and how it ends. */
export type Ending = readonly [name: string, end: () => Promise<unknown>];

/**
 * Ends one thing after the other, and waits for all of them together no longer than `patience`, ms; null for as long as
 * they take. After it the others are still told to end, but nothing is waited for. Answers the names of what had
 * not ended by then. What fails has ended, too; whoever wants to know why catches it.
 */
export async function endWithin(patience: number | null, endings: readonly Ending[]): Promise<string[]> {
  const over = new AbortController();
  const enough =
    patience === null
      ? new Promise<never>(() => {})
      : sleep(patience, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  const late: string[] = [];
  for (const [name, end] of endings) {
    const ended = end().then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    if ((await Promise.race([ended, enough])) === 'late') late.push(name);
  }
  over.abort();
  return late;
}
