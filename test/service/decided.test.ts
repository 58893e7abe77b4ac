import { expect, it } from 'vitest';
import type { Redress } from '../../src/redress.js';
import { Decided } from '../../src/service/decided.js';

/** Parts that are told apart by how often they have been read. */
function counted() {
  let reads = 0;
  return new Decided(async () => {
    reads += 1;
    return { progress: new Map([['reads', reads]]) } as unknown as Redress;
  });
}

const readsOf = ({ progress }: Redress) => progress.get('reads');

it('does one thing at a time, in the order in which they were asked', async () => {
  const decided = counted();
  const done: string[] = [];
  let release = () => {};
  const first = decided.inTurn(async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    done.push('first');
  });
  const second = decided.inTurn(async (redress) => {
    done.push('second');
    return readsOf(redress);
  });
  while (decided.known === null) await new Promise(setImmediate);
  release();
  await first;
  expect(await second).toBe(1);
  expect(done).toEqual(['first', 'second']);
});

it('throws away what is decided when anything fails, and reads it again before the next decision', async () => {
  const decided = counted();
  await expect(
    decided.inTurn(async () => {
      throw new Error('the journal cannot be written');
    }),
  ).rejects.toThrow('the journal cannot be written');
  expect(decided.known).toBeNull();

  let sent = false;
  await decided.whenKnown(async () => {
    sent = true;
  });
  expect(sent, 'what can wait reads nothing').toBe(false);
  expect(await decided.inTurn(async (redress) => readsOf(redress))).toBe(2);
});
