import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import type { ArrivedEvent } from '../../src/model/event.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { at, configuration, disputeRate } from './timeline.js';

export const FROM = at('00:00', -1);
export const TO = FROM + 4 * DAY;

/** A rate by region that two detectors judge, and a count that is judged every six hours. */
export const settings = configuration({
  metrics: [
    disputeRate({
      slices: [[], ['region']],
      detect: [
        { use: 'z-score', params: { warm_up: 12 } },
        { use: 'cusum', params: {} },
      ],
      alert: { for: 1, recover: 2, mergeGap: 3 * HOUR, criticalScore: 2 },
    }),
    metric({
      id: 'orders',
      measure: { kind: 'count', of: selector('order.delivered') },
      bucket: { count: 6, unit: 'hour' },
      bad: 'both',
      slices: [['region']],
      detect: [{ use: 'z-score', params: { warm_up: 4 } }],
    }),
  ],
});

/**
 * Four days in regions of unlike size: disputes that rise everywhere and then in Britain alone, and an hour in which
 * Britain sells nothing.
 */
export function twoIncidents(): ArrivedEvent[] {
  const random = seededRandom(5);
  const made: ArrivedEvent[] = [];
  const put = (type: string, region: string, channel: string, hour: Instant) =>
    made.push(
      arrived({
        eventId: `e${made.length}`,
        type,
        region,
        channel,
        amount: '9.5',
        occurredAt: hour + Math.floor(random() * HOUR),
      }),
    );
  for (let hour = FROM; hour < TO; hour += HOUR)
    for (const [region, size] of Object.entries({ DE: 160, GB: 60, MT: 2 })) {
      const everywhere = hour >= at('10:00') && hour < at('15:00');
      const british = region === 'GB' && hour >= at('06:00', 1) && hour < at('22:00', 1);
      if (region === 'GB' && hour === at('03:00', 1)) continue;
      for (let index = 0; index < size; index++) {
        const channel = random() < 0.5 ? 'app' : 'web';
        put('order.delivered', region, channel, hour);
        if (random() < (everywhere ? 0.3 : british ? 0.5 : 0.1)) put('dispute.opened', region, channel, hour);
      }
    }
  return made;
}
