import type { Store } from './store.js';

/** How long rows are kept, by what they are, in ms; what is not named is kept for ever. */
export type Retention = Readonly<Partial<Record<Kept, number>>>;
type Kept = 'events' | 'rejected_events' | 'points' | 'verdicts';

/** The tables behind each, and the date that a row's age is counted from. */
const TABLES: readonly { of: Kept; table: string; column: string }[] = [
  { of: 'events', table: 'events_log', column: 'occurred_at' },
  { of: 'events', table: 'event_positions', column: 'occurred_minute' },
  { of: 'rejected_events', table: 'rejected_events_log', column: 'received_at' },
  { of: 'points', table: 'points_log', column: 'bucket_start' },
  { of: 'verdicts', table: 'verdicts_log', column: 'bucket_start' },
];

/**
 * Has the store forget rows past their age. A table that is as it should be is left alone, because each change
 * makes the store look through all its rows.
 */
export async function applyRetention(store: Store, retention: Retention): Promise<void> {
  const rows = await store.query<{ name: string; seconds: number }>('retention');
  const present = new Map(rows.map(({ name, seconds }) => [name, seconds]));
  for (const { of, table, column } of TABLES) {
    const seconds = Math.round((retention[of] ?? 0) / 1000);
    if (seconds === present.get(table)) continue;
    if (seconds === 0) await store.execute('retain_for_ever', { table });
    else await store.execute('retain', { table, column, seconds });
  }
}
