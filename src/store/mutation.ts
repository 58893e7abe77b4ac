import { setTimeout as sleep } from 'node:timers/promises';
import { RedressError } from '../model/errors.js';
import type { Parameters, Store } from './store.js';

const ASKED_EVERY = 200;

/**
 * Runs `queries/NAME.sql`, an `ALTER … UPDATE` or `DELETE` whose text names the table `naming`, and waits until every
 * part is rewritten. It asks instead of holding a request open: a large store takes longer than a request may.
 *
 * @throws RedressError `store_rejected` when the store fails at it; what was not rewritten by then stays.
 */
export async function mutate(
  store: Store,
  name: string,
  naming: string,
  parameters: Parameters,
): Promise<void> {
  await store.execute(name, parameters);
  for (;;) {
    const [state] = await store.query<{ unfinished: number; failure: string }>('unfinished_mutations', {
      naming,
    });
    if (state === undefined || state.unfinished === 0) return;
    if (state.failure !== '') {
      await store.execute('give_up_mutations', { naming });
      throw new RedressError('store_rejected', `the store failed at ${name}: ${state.failure}`);
    }
    await sleep(ASKED_EVERY);
  }
}
