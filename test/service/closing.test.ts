import { afterEach, expect, it, vi } from 'vitest';
import { MINUTE, SECOND } from '../../src/model/clock.js';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';

// Nothing looks by the clock here: what happens, happens because of what arrives.
vi.mock('../../src/service/scheduler.js', () => ({ every: () => async () => {} }));

let live: LiveService;
afterEach(() => live.close());

it('judges a bucket as soon as the event arrives that closes it, without waiting for the next look', async () => {
  live = await LiveService.start();
  await live.incident();
  expect(live.roots()).toHaveLength(0);
  live.clock.advanceTo(at('11:10') + 30 * SECOND);
  await live.send(
    JSON.stringify({ event_id: 'closing', type: 'order.delivered', occurred_at: at('11:10') + SECOND }),
  );
  await vi.waitFor(() => expect(live.roots()).toHaveLength(1), { timeout: MINUTE });
  const figures = await (await fetch(`${live.address}/metrics`)).text();
  expect(figures).toMatch(/^redress_detection_seconds_count\{metric="[^"]+"\} [1-9]/m);
}, 90_000);
