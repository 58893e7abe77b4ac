import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dashboards } from '../../src/dashboards/files.js';
import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { asSent, runReadOnly } from '../dashboards/grafana-stand-in.js';
import { print, printTable, whole } from './measure.js';

const METRICS = 10;
const SLICES = 1_000;
/** Slices that one statement writes, so that none takes longer than the client waits. */
const CHUNK = 100;
const HOURS = Number(process.env.REDRESS_BENCH_HOURS ?? 10_000);
const ALERTS = 20_000;
const REPETITIONS = 3;
const FIRST: Instant = Date.UTC(2025, 0, 1);
const END: Instant = FIRST + HOURS * HOUR;

/** Regions, and categories in them: 1 whole, 9 regions, 990 pairs. The last metric is measured in slices alone. */
const SLICE = `multiIf(s = 0 AND m < ${METRICS - 1}, 'all', s < 10, concat('region=R', toString(s)), concat('category=C', toString(intDiv(s, 9)), ',region=R', toString(1 + s % 9)))`;

const POINTS = `INSERT INTO points_log (metric, slice, bucket_start, bucket_seconds, value, numerator, denominator, amount, revision, made_at)
SELECT concat('metric_', toString(m)) AS metric, ${SLICE} AS slice,
  fromUnixTimestamp64Milli(toInt64(${FIRST} + h * 3600000)) AS bucket_start, 3600,
  numerator / denominator, 1 + cityHash64(m, s, h) % 30 AS numerator, 1000 + cityHash64(h, s) % 500 AS denominator, 0, 1,
  bucket_start + INTERVAL 70 MINUTE
FROM (SELECT {metric} AS m, {from} + intDiv(number, ${HOURS}) AS s, number % ${HOURS} AS h FROM numbers(${CHUNK * HOURS}))`;

const VERDICTS = `INSERT INTO verdicts_log (metric, slice, bucket_start, detector, status, reason, value, expected, lower, upper, score, direction, judged_at)
SELECT concat('metric_', toString(m)) AS metric, ${SLICE} AS slice,
  fromUnixTimestamp64Milli(toInt64(${FIRST} + h * 3600000)) AS bucket_start, 'combined',
  if(cityHash64(m, s, h) % 500 = 0, 'anomalous', 'normal'), '', (1 + cityHash64(m, s, h) % 30) / 1200, 0.0125, 0.001, 0.03,
  (cityHash64(m, s, h) % 30) / 30, '', bucket_start + INTERVAL 71 MINUTE
FROM (SELECT {metric} AS m, {from} + intDiv(number, ${HOURS}) AS s, number % ${HOURS} AS h FROM numbers(${CHUNK * HOURS}))`;

/** Alerts, their follow-ups and messages: a thousand a month, each with three entries. */
const JOURNAL = `INSERT INTO journal (stream, id, version, at, actor, reason, body)
SELECT ['alert', 'alert', 'alert', 'follow_up', 'delivery'][1 + number % 5] AS stream,
  concat(stream, '-', toString(intDiv(number, 5))) AS id,
  if(stream = 'alert', 1 + number % 5, 1),
  fromUnixTimestamp64Milli(toInt64(${FIRST} + intDiv(number, 5) * ${Math.floor((HOURS * HOUR) / ALERTS)})) AS at,
  'system', ['fired', 'acknowledged', 'resolved', 'opened', 'first_notification'][1 + number % 5],
  concat('{"metric":"metric_', toString(number % ${METRICS}), '","slice":"all","title":"t","severity":"warning","state":"',
    multiIf(stream = 'delivery', 'sent', stream = 'follow_up', 'verified', ['firing', 'acknowledged', 'resolved'][1 + number % 5]),
    '","owner":"o', toString(number % 20), '","target":"slack:#c', toString(number % 5), '","alertId":"alert-', toString(intDiv(number, 5)),
    '","startedAt":', toString(toUnixTimestamp64Milli(at) - 3600000), ',"openedAt":', toString(toUnixTimestamp64Milli(at)),
    ',"createdAt":', toString(toUnixTimestamp64Milli(at)), ',"sentAt":', toString(toUnixTimestamp64Milli(at)),
    ',"dueAt":', toString(toUnixTimestamp64Milli(at)), ',"closedAt":', toString(toUnixTimestamp64Milli(at)),
    ',"resolvedAt":', toString(toUnixTimestamp64Milli(at) + 7200000), ',"impactCount":12,"effect":null}')
FROM numbers(${ALERTS * 5})`;

const EVENTS = 10_000_000;
const EVENTS_AT_ONCE = 1_000_000;

const EVENT_ROWS = `INSERT INTO events_log (event_id, type, occurred_at, amount, received_at, source, version)
SELECT toString(number), 'order.placed', fromUnixTimestamp64Milli(toInt64(${END - 30 * DAY} + number * 259)) AS occurred_at, 10,
  occurred_at + INTERVAL 2 SECOND, 'kafka', number
FROM numbers({from}, ${EVENTS_AT_ONCE})`;

/** Every query of every dashboard at the range that it opens with, on many points; prints the slowest of each page. */
export async function dashboardsBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder });
  const address = { url: engine.url, username: 'default', password: '', database: 'redress' };
  const store = new Store(address);
  try {
    await migrate(address);
    for (let metric = 0; metric < METRICS; metric += 1)
      for (let from = 0; from < SLICES; from += CHUNK)
        for (const rows of [POINTS, VERDICTS])
          await store.statement(rows.replace('{metric}', String(metric)).replace('{from}', String(from)));
    await store.statement(JOURNAL);
    for (let from = 0; from < EVENTS; from += EVENTS_AT_ONCE)
      await store.statement(EVENT_ROWS.replace('{from}', String(from)));
    print(
      `  ${whole(METRICS * SLICES * HOURS)} points, as many verdicts, ${whole(EVENTS)} events, ${whole(ALERTS)} alerts`,
    );
    const rows: string[][] = [['', 'range', 'queries', 'slowest, s', 'over 1 s']];
    for (const dashboard of dashboards) {
      const from =
        END -
        Number.parseInt(dashboard.time.from.slice(4), 10) * (dashboard.time.from.endsWith('h') ? HOUR : DAY);
      const slowest: [number, string][] = [];
      const queries = [
        ...dashboard.panels.flatMap(({ title, targets }) =>
          targets.map((target) => [title, target.rawSql] as const),
        ),
        ...dashboard.annotations.list.map(({ name, target }) => [name, target.rawSql] as const),
        ...dashboard.templating.list
          .filter(({ type }) => type === 'query')
          .map(({ name, query }) => [name, query] as const),
      ];
      for (const [title, sql] of queries) {
        const times: number[] = [];
        for (let run = 0; run < REPETITIONS; run += 1) {
          const at = performance.now();
          await runReadOnly(address, asSent(sql, CHOICES, { from, to: END, intervalSeconds: 3_600 }));
          times.push((performance.now() - at) / 1_000);
        }
        slowest.push([times.toSorted((a, b) => a - b)[1] as number, title]);
      }
      slowest.sort(([a], [b]) => b - a);
      const over = slowest.filter(([seconds]) => seconds > 1);
      rows.push([
        dashboard.title,
        dashboard.time.from.slice(4),
        String(queries.length),
        `${slowest[0]?.[0].toFixed(2)} (${slowest[0]?.[1]})`,
        over.map(([seconds, title]) => `${title} ${seconds.toFixed(2)}`).join('; ') || 'none',
      ]);
    }
    printTable(rows);
  } finally {
    await store.close();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const CHOICES = {
  metric: 'metric_3',
  slice: 'category=C40,region=R1',
  dimensions: 'category,region',
  detector: 'combined',
  owner: 'everybody',
  alert: 'alert-17',
};
