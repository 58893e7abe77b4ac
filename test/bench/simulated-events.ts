import type { MarketplaceEvent } from '../../src/model/event.js';
import { defaultIncidents } from '../../src/simulation/incident.js';
import { simulateMarketplace } from '../../src/simulation/simulate.js';

const START = Date.UTC(2026, 0, 5);

/** The marketplace of the demo, some 13,000 events a day. */
export function simulatedEvents(days: number): Iterable<MarketplaceEvent> {
  return simulateMarketplace({
    seed: 7,
    start: START,
    days,
    ordersPerDay: 4_000,
    incidents: defaultIncidents(START),
    timezone: 'Europe/London',
  }).events;
}
