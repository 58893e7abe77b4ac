import { DAY, HOUR, type Instant } from '../model/clock.js';
import type { SliceLabels } from '../model/slice.js';
import type { Scenario, Trouble } from './marketplace.js';

/** Something that goes wrong in the simulated marketplace. */
export interface Incident {
  id: string;
  title: string;
  kind: Trouble;
  /** The orders that it touches: `region`, `category` or both; none touches all. */
  slice: SliceLabels;
  startsAt: Instant;
  /** Exclusive. Times are those of the metric's own date: when a dispute is opened, when an answer is due. */
  endsAt: Instant;
  /** What the odds are multiplied by at the full height. */
  factor: number;
  /** `slow` climbs evenly in log-odds over the first half of its time and stays at the height. */
  shape: 'sudden' | 'slow';
  /** For disputes: the scenario of those that the incident adds. */
  scenario?: Scenario;
}

/** What is true of an incident, for whoever compares alerts with it. */
export interface Truth extends Incident {
  /** The metric of the demo's configuration that it moves. */
  metric: string;
}

const METRICS: Readonly<Record<Trouble, string>> = {
  disputes: 'dispute_rate',
  refunds: 'refund_rate',
  late_answers: 'response_sla_breach',
};

/** Names the metric that each incident moves. */
export function truthOf(incidents: readonly Incident[]): Truth[] {
  return incidents.map((incident) => ({ ...incident, metric: METRICS[incident.kind] }));
}

/** What an incident multiplies the odds by at a moment; 1 where it does not reach. */
export function oddsFactor(incident: Incident, labels: SliceLabels, at: Instant): number {
  if (at < incident.startsAt || at >= incident.endsAt) return 1;
  for (const name in incident.slice) if (labels[name] !== incident.slice[name]) return 1;
  if (incident.shape === 'sudden') return incident.factor;
  const climbed = (at - incident.startsAt) / ((incident.endsAt - incident.startsAt) / 2);
  return incident.factor ** Math.min(climbed, 1);
}

/** The demo's three incidents, for six weeks of about 4,000 orders a day that begin at `start`. */
export function defaultIncidents(start: Instant): Incident[] {
  return [
    {
      id: 'toys-not-as-described',
      title: 'A batch of toys that is not what the pictures show is sold in Germany',
      kind: 'disputes',
      slice: { category: 'toys', region: 'DE' },
      startsAt: start + 22 * DAY + 9 * HOUR,
      endsAt: start + 26 * DAY + 9 * HOUR,
      factor: 16,
      shape: 'sudden',
      scenario: 'not_as_described',
    },
    {
      id: 'support-backlog',
      title: 'The ticket system loses its queue, and answers come late everywhere',
      kind: 'late_answers',
      slice: {},
      startsAt: start + 29 * DAY + 8 * HOUR,
      endsAt: start + 30 * DAY + 20 * HOUR,
      factor: 12,
      shape: 'sudden',
    },
    {
      id: 'electronics-refunds',
      title: 'A faulty charger spreads through the stock of electronics',
      kind: 'refunds',
      slice: { category: 'electronics' },
      startsAt: start + 30 * DAY + 12 * HOUR,
      endsAt: start + 37 * DAY + 12 * HOUR,
      factor: 5,
      shape: 'slow',
    },
  ];
}
