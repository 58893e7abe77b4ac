import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type TuneOptions, type Tuning, tune } from '../../src/backtest/tune.js';
import { resolveMetric } from '../../src/config/resolve.js';
import { MetricsFileSchema } from '../../src/config/schema-metrics.js';
import { type Evidence, evidenceFrom } from '../../src/detection/backtest/evidence.js';
import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { configuration } from '../flow/timeline.js';
import { seededRandom } from '../support/random.js';
import { label, T0 } from './backtest-fixtures.js';
import { ratePoint } from './fixtures.js';

const DAYS = 32;
const FILE = `# Watched since March.
- id: dispute_rate
  kind: ratio
  numerator: { event: dispute.opened }
  denominator: { event: order.delivered }
  detect: [{ use: z-score, width: 2.5, warm_up: 24 }] # jumpy
  alert: { for: 1, recover: 3 }
`;

/** One metric of a thousand orders an hour: incidents every fourth day, and now and then an hour that is only odd. */
function history(options: { oddUntil: number; weakFrom: number }): TuneOptions['history'] {
  const random = seededRandom(3);
  const cases = Array.from({ length: DAYS * 24 }, (_, hour) => {
    const day = Math.floor(hour / 24);
    const usual = 40 + Math.round(6 * (random() + random() + random() - 1.5));
    if (isIncident(hour)) return day >= options.weakFrom ? usual + 24 : usual + 60;
    return hour % 31 === 17 && day < options.oddUntil ? usual + 25 : usual;
  });
  return {
    make: async (_metric: MetricDefinition, starts: readonly Instant[]) =>
      starts.flatMap((start) => {
        const hour = (start - T0) / HOUR;
        const count = cases[hour];
        return count === undefined ? [] : [ratePoint(hour, count)];
      }),
    eventSpan: async () => null,
    originOf: () => ({ read: 0, made: 0 }),
  };
}

const isIncident = (hour: number): boolean => hour >= 96 && hour % 96 >= 10 && hour % 96 < 16;

const labels = Array.from({ length: DAYS / 4 - 1 }, (_, nth) => {
  const from = T0 + (nth + 1) * 4 * DAY + 10 * HOUR;
  return label({ from, to: from + 6 * HOUR });
});

async function tuned(
  evidence: Evidence,
  made: Parameters<typeof history>[0] = { oddUntil: DAYS, weakFrom: DAYS },
  text = FILE,
  missed = 5,
): Promise<Tuning> {
  const load = async (of: string) => {
    const read = MetricsFileSchema.safeParse(parse(of));
    return read.success ? configuration({ metrics: read.data.map(resolveMetric) }) : null;
  };
  const today = await load(text);
  const [metric] = today?.metrics ?? [];
  if (today === null || metric === undefined) throw new Error('no metric');
  const span = { from: T0, to: T0 + DAYS * DAY };
  return tune(today, metric, {
    span,
    counted: span,
    evidence,
    grace: HOUR,
    missed,
    runs: 80,
    text,
    load,
    history: history(made),
    reportFault: ({ error }) => {
      throw error;
    },
  });
}

const END = T0 + DAYS * DAY;

describe('a proposal', () => {
  it('silences what was wrong, keeps what was right, and holds in the history that it was not made from', async () => {
    const tuning = await tuned(evidenceFrom(labels, [], END));
    if (tuning.outcome !== 'proposed') throw new Error(tuning.outcome);
    expect(tuning.better).toBe(true);
    expect(tuning.all.today.wrong).toBeGreaterThan(10);
    expect(tuning.all.changed).toMatchObject({ incidents: 7, found: 7 });
    expect(tuning.all.changed.wrong).toBeLessThan(tuning.all.today.wrong / 5);
    expect(tuning.later.changed.wrong).toBeLessThan(tuning.later.today.wrong);
    expect(tuning.split).toBeGreaterThan(labels[4]?.to ?? 0);
    expect(tuning.split).toBeLessThan(labels[5]?.from ?? 0);
    // The file says what was tried, and everything else that it said before.
    expect(tuning.text).toContain('# Watched since March.');
    expect(tuning.text).toContain('# jumpy');
    const written = parse(tuning.text) as Record<string, unknown>[];
    for (const { tunable, value } of tuning.changes) {
      let found: unknown = written[0];
      for (const step of tunable.path) found = (found as Record<string | number, unknown>)[step];
      expect(found, tunable.name).toBe(value);
    }
  });

  it('is withheld when the later history says otherwise', async () => {
    // What silences the odd hours misses the weak incidents, of which the earlier history has none.
    const tuning = await tuned(evidenceFrom(labels, [], END), { oddUntil: 21, weakFrom: 22 });
    expect(tuning.outcome).toBe('not_confirmed');
    if (tuning.outcome !== 'not_confirmed') return;
    expect(tuning.later.changed.found).toBeLessThan(tuning.later.today.found);
  });

  it('never is to find nothing any more, however little a missed incident is said to be worth', async () => {
    const tuning = await tuned(evidenceFrom(labels, [], END), { oddUntil: DAYS, weakFrom: 0 }, FILE, 1);
    expect(tuning.outcome).not.toBe('too_little');
    if (tuning.outcome !== 'proposed') return;
    expect(tuning.earlier.changed.found).toBeGreaterThan(0);
    expect(tuning.later.changed.found).toBeGreaterThan(0);
  });

  it('is not made where nothing is better', async () => {
    const calm = FILE.replace('width: 2.5', 'width: 5');
    const tuning = await tuned(evidenceFrom(labels, [], END), { oddUntil: 0, weakFrom: DAYS }, calm);
    expect(tuning).toMatchObject({ outcome: 'nothing_better', today: { found: 7, wrong: 0 } });
  });

  it('is not made from too little', async () => {
    const few = await tuned(evidenceFrom(labels.slice(0, 1), [], END), { oddUntil: 0, weakFrom: DAYS });
    expect(few).toMatchObject({ outcome: 'too_little', incidents: 1, split: null });
    // False alarms alone would be best served by never saying anything.
    const nothing = await tuned(evidenceFrom([], [], END));
    expect(nothing).toMatchObject({ outcome: 'too_little', incidents: 0 });
  });
});
