import { describe, expect, test } from 'vitest';
import type { Delivery, SendOutcome } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Found, Retry } from '../../src/notify/contract.js';
import { Outbox, type Underway } from '../../src/notify/outbox.js';
import { Uncertain } from '../../src/notify/uncertain.js';
import { makeDelivery, makeNotification, NOON } from './fixtures.js';

const ARRIVED: SendOutcome = { outcome: 'sent', messageRef: 'C1:1' };

/** Deliveries as a desk would keep them, and targets that answer when the test says so. */
class World {
  readonly deliveries = new Map<string, Delivery>();
  readonly sent: string[] = [];
  /** Where each was sent to hang on. */
  readonly roots: string[] = [];
  readonly recorded: string[] = [];
  readonly underway: Underway = new Map();
  readonly uncertain = new Uncertain();
  find: (deliveryId: string) => Promise<Found | Retry> = async () => ({
    outcome: 'found',
    arrived: false,
    rootRef: '',
  });
  readonly #waiting = new Map<string, (outcome: SendOutcome) => void>();

  constructor(...deliveries: [id: string, target: string][]) {
    for (const [deliveryId, target] of deliveries)
      this.deliveries.set(
        deliveryId,
        makeDelivery({ deliveryId, target, subject: { kind: 'alert', id: deliveryId, version: 1 } }),
      );
  }

  outbox(patience: number | null = 0): Outbox {
    return new Outbox({
      router: {
        send: (_target, { delivery, rootRef }) => {
          this.roots.push(rootRef);
          return this.#send(delivery.deliveryId);
        },
        find: (_target, { delivery }) => this.find(delivery.deliveryId),
      },
      due: () => [...this.deliveries.values()].filter(({ state }) => state === 'pending'),
      delivery: (id) => this.deliveries.get(id),
      notificationOf: (delivery) => ({ ...makeNotification(), delivery }),
      recordAttempt: (id, outcome) => this.#record(id, outcome),
      append: async () => {},
      ...{ uncertain: this.uncertain, underway: this.underway, patience },
    });
  }

  /** The target answers at last. */
  async answer(deliveryId: string, outcome = ARRIVED): Promise<void> {
    // What was begun in this turn has been sent by the next.
    await new Promise(setImmediate);
    this.#waiting.get(deliveryId)?.(outcome);
    await this.underway.get(this.deliveries.get(deliveryId)?.target ?? '');
  }

  supersede(deliveryId: string): void {
    const delivery = this.deliveries.get(deliveryId);
    if (delivery !== undefined) this.deliveries.set(deliveryId, { ...delivery, state: 'superseded' });
  }

  #send(deliveryId: string): Promise<SendOutcome> {
    this.sent.push(deliveryId);
    if (!deliveryId.startsWith('slow')) return Promise.resolve(ARRIVED);
    return new Promise((resolve) => this.#waiting.set(deliveryId, resolve));
  }

  #record(deliveryId: string, { outcome }: SendOutcome): readonly JournalEntry[] {
    this.recorded.push(`${deliveryId} ${outcome}`);
    const delivery = this.deliveries.get(deliveryId);
    const state = outcome === 'retry' ? 'pending' : outcome;
    if (delivery !== undefined) this.deliveries.set(deliveryId, { ...delivery, state, attempts: 1 });
    return [];
  }
}

describe('a target that takes long', () => {
  test('holds no other one up, and is recorded when it has answered', async () => {
    const world = new World(['slow-1', 'slack:#a'], ['quick', 'slack:#b']);
    const outbox = world.outbox();
    await outbox.send(NOON);
    expect(world.recorded).toEqual(['quick sent']);
    expect(outbox.hasWork(NOON)).toBe(false);
    await world.answer('slow-1');
    expect(outbox.hasWork(NOON)).toBe(true);
    await outbox.send(NOON);
    expect(world.recorded).toEqual(['quick sent', 'slow-1 sent']);
  });

  test('gets nothing else meanwhile, and no message a second time', async () => {
    const world = new World(['slow-1', 'slack:#a'], ['slow-2', 'slack:#a']);
    const outbox = world.outbox();
    for (let look = 0; look < 3; look++) await outbox.send(NOON);
    expect(world.sent).toEqual(['slow-1']);
  });

  test('is not told what has been replaced by something newer while it was slow', async () => {
    const world = new World(['slow-1', 'slack:#a'], ['older', 'slack:#a'], ['newer', 'slack:#a']);
    const outbox = world.outbox();
    await outbox.send(NOON);
    world.supersede('older');
    await world.answer('slow-1');
    await outbox.send(NOON);
    expect(world.sent).toEqual(['slow-1', 'newer']);
  });

  test('is waited for when the configuration is read again, so that its message is not sent twice', async () => {
    const world = new World(['slow-1', 'slack:#a']);
    const before = world.outbox();
    await before.send(NOON);
    const after = world.outbox();
    await after.send(NOON);
    expect(world.sent).toEqual(['slow-1']);
    const settled = before.settle(NOON);
    await world.answer('slow-1');
    await settled;
    expect(world.recorded).toEqual(['slow-1 sent']);
  });

  test('is waited for as long as it takes where there is no patience to lose, as in a replay', async () => {
    const world = new World(['slow-1', 'slack:#a']);
    const sending = world.outbox(null).send(NOON);
    await world.answer('slow-1');
    await sending;
    expect(world.recorded).toEqual(['slow-1 sent']);
  });
});

describe('a message that may have arrived', () => {
  const uncertain = (world: World) => {
    for (const delivery of world.deliveries.values())
      world.uncertain.attempted(delivery, { outcome: 'retry', reason: 'timeout', retryAfter: null });
  };

  test('is not sent again when it is found', async () => {
    const world = new World(['maybe', 'slack:#a']);
    uncertain(world);
    world.find = async () => ({ outcome: 'found', arrived: true, rootRef: 'C1:7' });
    await world.outbox().send(NOON);
    expect([world.sent, world.recorded]).toEqual([[], ['maybe sent']]);
  });

  test('is sent to where another message about the same is found', async () => {
    const world = new World(['maybe', 'slack:#a']);
    uncertain(world);
    world.find = async () => ({ outcome: 'found', arrived: false, rootRef: 'C1:7' });
    await world.outbox().send(NOON);
    expect([world.sent, world.roots]).toEqual([['maybe'], ['C1:7']]);
  });

  test('is sent when it is not found, and is certain from then on', async () => {
    const world = new World(['maybe', 'slack:#a']);
    uncertain(world);
    await world.outbox().send(NOON);
    expect(world.sent).toEqual(['maybe']);
    const [delivery] = world.deliveries.values();
    expect(delivery === undefined || world.uncertain.mayBeThere(delivery)).toBe(false);
  });

  test('waits while nobody can say, and a bug is not taken for that', async () => {
    const world = new World(['maybe', 'slack:#a']);
    uncertain(world);
    world.find = async () => ({ outcome: 'retry', reason: 'timeout', retryAfter: null });
    const outbox = world.outbox(null);
    await outbox.send(NOON);
    expect([world.sent, world.recorded]).toEqual([[], ['maybe retry']]);
    world.find = async () => {
      throw new Error('a bug');
    };
    await expect(outbox.send(NOON)).rejects.toThrow('a bug');
    expect(world.sent).toEqual([]);
  });
});
