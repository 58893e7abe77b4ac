import { it } from 'vitest';
import type { AlertAction } from '../../../src/alerts/command.js';
import { AlertDesk } from '../../../src/alerts/desk.js';
import type { Observation } from '../../../src/alerts/metric-desk.js';
import type { AlertSettings } from '../../../src/alerts/settings.js';
import type { SilenceCommand } from '../../../src/alerts/silence-command.js';
import type { Alert, EscalationPolicy } from '../../../src/model/alert.js';
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/model/clock.js';
import type { Delivery, SendOutcome } from '../../../src/model/delivery.js';
import type { JournalEntry } from '../../../src/model/journal.js';
import type { MetricDefinition } from '../../../src/model/metric.js';
import type { Owner } from '../../../src/model/owner.js';
import type { Silence } from '../../../src/model/silence.js';
import { COMBINED } from '../../../src/model/verdict.js';
import { metric } from '../../support/metric.js';
import { clockTime, STORY_DAY } from '../times.js';

/** The channel at once, the owner after a quarter of an hour, their lead half an hour after that. */
export const STANDARD: EscalationPolicy = {
  id: 'standard',
  steps: [
    { delay: 0, targets: ['slack:#disputes'] },
    { delay: 15 * MINUTE, targets: ['owner'] },
    { delay: 30 * MINUTE, targets: ['owner_lead'] },
  ],
  ackTimeout: 4 * HOUR,
};

const person = (id: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, name: id, slack: `U-${id}`, timezone: 'UTC', lead: '' },
  ...more,
});

/** Ann owns the metric, Bob leads her, Eve is from another team. */
export const ANN = person('ann', { lead: 'bob' });
export const PEOPLE: readonly Owner[] = [ANN, person('bob'), person('eve')];

const BUCKET = 10 * MINUTE;

/** A rate of 10 % that is looked at every ten minutes, as soon as they are over. */
export const disputes = (alert: Partial<MetricDefinition['alert']> = {}): MetricDefinition =>
  metric({
    bucket: { count: 10, unit: 'minute' },
    allowedLateness: 0,
    owner: 'ann',
    alert: { for: 1, recover: 2, mergeGap: 3 * HOUR, criticalScore: 20, ...alert },
  });

interface Setting extends Partial<AlertSettings> {
  metric?: MetricDefinition;
}

interface Trouble {
  from: Instant;
  to: Instant;
  score: number;
}

/**
 * What people hear about alerts, on the simulated clock: the deciding part alone, with its journal in memory, so that a
 * story takes milliseconds and can be told a second time by a process that dies at every moment of it.
 */
class Story {
  /** What a target does with a message; everything arrives by default. */
  answer: (target: string) => SendOutcome = (target) => ({ outcome: 'sent', messageRef: `${target}:1` });
  readonly #dies: boolean;
  readonly #metric: MetricDefinition;
  readonly #journal: JournalEntry[] = [];
  readonly #troubles = new Map<string, Trouble[]>();
  readonly #gaps: { from: Instant; to: Instant }[] = [];
  #settings: AlertSettings;
  #desk: AlertDesk;
  #now = STORY_DAY;
  #heard: string[] = [];

  constructor({ metric: watched = disputes(), ...settings }: Setting, dies: boolean) {
    this.#dies = dies;
    this.#metric = watched;
    this.#settings = {
      policies: [STANDARD],
      routes: [{ match: {}, policy: STANDARD.id }],
      owners: PEOPLE,
      ...settings,
    };
    this.#desk = new AlertDesk(this.#settings);
  }

  /** The rate is out of band from one moment to another; 2 is a score of twice what is allowed. */
  wrong(slice: string, from: Instant, to = Number.POSITIVE_INFINITY, score = 2): void {
    this.#troubles.set(slice, [...(this.#troubles.get(slice) ?? []), { from, to, score }]);
  }

  /** Nothing can be said of the rate, because its data is not there. */
  noData(from: Instant, to: Instant): void {
    this.#gaps.push({ from, to });
  }

  /** Lets the time pass up to and including a moment, and answers what people heard in it. */
  until(to: Instant): string[] {
    for (let next = this.#nextMoment(); next <= to; next = this.#nextMoment()) {
      this.#now = next;
      this.#maybeDie();
      if (next % BUCKET === 0) this.#look(next - BUCKET);
      // What falls due can bring about something that is due at the same moment.
      this.#keep(this.#desk.due(next));
      this.#deliver();
    }
    this.#now = to;
    return this.#heardSince();
  }

  /** What a person does to an alert now; answers what people heard of it, or why it was refused. */
  does(actor: string, action: AlertAction, slice = 'all', version?: number): string[] {
    this.#maybeDie();
    const { alertId } = this.alert(slice);
    const result = this.#desk.act({ ...action, alertId, actor, version }, this.#now);
    if (result.outcome !== 'done') return [result.outcome === 'refused' ? result.reason : result.outcome];
    this.#keep(result.entries);
    this.#deliver();
    return this.#heardSince();
  }

  /** What a person does to silences now. Throws when it is refused. */
  silences(command: SilenceCommand): { silence: Silence; heard: string[] } {
    this.#maybeDie();
    const result = this.#desk.silence(command, this.#now);
    if (result.outcome !== 'done') throw new Error(`the silence was ${result.outcome}`);
    this.#keep(result.entries);
    this.#deliver();
    return { silence: result.silence, heard: this.#heardSince() };
  }

  /** Somebody edits the configuration, and the service starts with it. */
  reconfigured(settings: Partial<AlertSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#restart();
  }

  /** The newest alert of a slice. Throws when there is none. */
  alert(slice = 'all'): Alert {
    const found = this.alerts().filter((alert) => alert.slice === slice);
    const alert = found.sort((a, b) => a.startedAt - b.startedAt).at(-1);
    if (alert === undefined) throw new Error(`no alert for ${slice}`);
    return alert;
  }

  alerts(): readonly Alert[] {
    return this.#desk.alerts();
  }

  /** What the log says of an alert besides its points: `10:25 escalated`, by whom if a person did it. */
  log(slice = 'all'): string[] {
    const { alertId } = this.alert(slice);
    return this.#journal
      .filter(({ id, reason }) => id === alertId && reason !== 'anomalous' && reason !== 'recovering')
      .map(({ at, reason, actor }) => `${when(at)} ${reason}${actor === 'system' ? '' : ` by ${actor}`}`);
  }

  /** What became of each attempt at a target, and why it was not sent: `10:25 retry timeout`. */
  attempts(target: string): string[] {
    return this.#journal.flatMap(({ stream, at, reason, body }) => {
      const { attempts, failure, ...delivery } = body as unknown as Delivery;
      return stream === 'delivery' && delivery.target === target && attempts > 0
        ? [`${when(at)} ${reason} ${failure}`.trim()]
        : [];
    });
  }

  #nextMoment(): Instant {
    const bucketEnd = this.#now - (this.#now % BUCKET) + BUCKET;
    return Math.min(bucketEnd, Math.max(this.#desk.nextDue() ?? bucketEnd, this.#now + 1));
  }

  #look(start: Instant): void {
    if (this.#gaps.some(({ from, to }) => from <= start && start < to)) return;
    const parentsFirst = [...this.#troubles].sort(([a], [b]) => depth(a) - depth(b) || (a < b ? -1 : 1));
    for (const [slice, troubles] of parentsFirst) {
      const score = troubles.findLast(({ from, to }) => from <= start && start < to)?.score ?? 0;
      this.#keep(this.#desk.observe(seen(this.#metric, slice, start, score), this.#now));
    }
  }

  #deliver(): void {
    for (const { deliveryId, target } of this.#desk.dueDeliveries(this.#now)) {
      this.#maybeDie();
      this.#keep(this.#desk.recordAttempt(deliveryId, this.answer(target), this.#now));
    }
  }

  #keep(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      this.#journal.push(JSON.parse(JSON.stringify(entry)));
      if (entry.stream !== 'delivery' || entry.reason !== 'sent') continue;
      const { target, reason, alertId } = entry.body as unknown as Delivery;
      this.#heard.push(`${when(entry.at)} ${target} ${reason} ${this.#desk.alert(alertId)?.slice}`);
    }
  }

  #heardSince(): string[] {
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }

  #maybeDie(): void {
    if (this.#dies) this.#restart();
  }

  #restart(): void {
    this.#desk = new AlertDesk(this.#settings);
    this.#desk.restore(this.#journal);
  }
}

/** `11:10`, and `Wed 11:10` on another day than the story's. */
function when(instant: Instant): string {
  const isLater = instant >= STORY_DAY + DAY;
  const weekday = new Date(instant).toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' });
  return isLater ? `${weekday} ${clockTime(instant)}` : clockTime(instant);
}

const depth = (slice: string): number => (slice === 'all' ? 0 : slice.split(',').length);

/** A rate of 10 % among 1,000 orders with a band of 5 points around it, `score` times out of it. */
function seen(definition: MetricDefinition, slice: string, bucketStart: Instant, score: number): Observation {
  const value = 0.1 + 0.05 * score;
  const series = { metric: definition.id, slice, bucketStart };
  const numerator = Math.round(value * 1000);
  return {
    metric: definition,
    point: {
      ...{ ...series, bucketSeconds: BUCKET / 1000, value, numerator, denominator: 1000 },
      ...{ amount: numerator * 10, revision: 1 },
    },
    verdict: {
      ...{ ...series, detector: COMBINED, reason: '', value, expected: 0.1, lower: 0.05, upper: 0.15, score },
      ...{ status: score > 1 ? 'anomalous' : 'normal', direction: 'up' },
    },
    carriers: [],
  };
}

/** Tells a story twice: as it is, and with a process that dies and comes back at every moment at which anything happens. */
export function promise(name: string, settings: Setting, tell: (story: Story) => void): void {
  it(name, () => tell(new Story(settings, false)));
  it(`${name}, also when the process dies at every moment`, () => tell(new Story(settings, true)));
}
