import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { Alert, FeedbackVerdict } from '../../src/model/alert.js';
import { encodeEvent } from '../../src/model/event-json.js';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { Journal } from '../../src/store/journal.js';
import { openStore } from '../../src/store/open-store.js';
import { at, configuration } from '../flow/timeline.js';
import { arrived } from '../support/event.js';
import { seededRandom } from '../support/random.js';
import { configurationFolder, jsonLines, newFolder, redress } from './process.js';

const HOUR = 3_600_000;
const DAYS = 12;

const METRICS = `# Watched since March.
- id: dispute_rate
  kind: ratio
  numerator: { event: dispute.opened }
  denominator: { event: order.delivered }
  min_denominator: 10
  detect: [{ use: z-score, warm_up: 12, width: 2.5, min_cases: 2 }] # jumpy
  alert: { for: 1, recover: 2 }
`;

const isIncident = (hour: number): boolean => hour >= 24 && hour % 36 >= 24 && hour % 36 < 29;
const isOdd = (hour: number): boolean => hour % 29 === 17 && !isIncident(hour);

/** Fifty orders an hour and five disputes; five hours of thirty every day and a half, and odd hours of fourteen. */
function events(): string {
  const random = seededRandom(7);
  const lines: string[] = [];
  const put = (type: string, occurredAt: number) =>
    lines.push(JSON.stringify(encodeEvent(arrived({ eventId: `e${lines.length}`, type, occurredAt }).event)));
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const disputes = isIncident(hour) ? 30 : isOdd(hour) ? 14 : 4 + Math.floor(3 * random());
    for (let order = 0; order < 50; order++) put('order.delivered', start(hour) + order * 1_000);
    for (let dispute = 0; dispute < disputes; dispute++) put('dispute.opened', start(hour) + dispute * 1_000);
  }
  return lines.join('\n');
}

const start = (hour: number): number => at('00:00') + hour * HOUR;
const hourOf = ({ startedAt }: Alert): number => (startedAt - start(0)) / HOUR;

describe('redress tune', () => {
  const { config, data } = configurationFolder({ 'metrics.yaml': METRICS });
  const file = join(config, 'metrics.yaml');
  let engine: EmbeddedEngine;

  /** People say of the alerts that there were what they were worth. */
  async function feedback(verdictOn: (alert: Alert) => FeedbackVerdict | null): Promise<void> {
    const { service, policies, routes } = configuration();
    const open = await openStore({ ...service.clickhouse, url: engine.url });
    const journal = new Journal(open.store);
    const desk = new AlertDesk({ policies, routes, owners: [] });
    desk.restore(await journal.read());
    for (const alert of desk.alerts()) {
      const verdict = alert.openedAt === null ? null : verdictOn(alert);
      if (verdict === null) continue;
      const { alertId } = alert;
      const result = desk.act({ kind: 'feedback', alertId, actor: 'ann', verdict }, start(DAYS * 24));
      if (result.outcome === 'done') await journal.append(result.entries);
    }
    await open.close();
  }

  beforeAll(async () => {
    const input = join(newFolder(), 'events.ndjson');
    writeFileSync(input, events());
    expect((await redress(['ingest', '--config', config, input])).status).toBe(0);
    expect((await redress(['replay', '--config', config])).status).toBe(0);
    engine = await startEngine({ folder: data });
  }, 60_000);
  afterAll(() => engine.stop());

  it('says that it knows too little when nobody has said anything', async () => {
    const { status, out, err } = await redress(['tune', '--config', config]);
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('0 incidents; feedback on alerts: none.');
    expect(out).toContain('redress alerts feedback says of an alert what it was worth; --labels FILE');
    expect(out).toContain(
      'dispute_rate: too little is known to conclude anything: 0 incidents, and with wrong alerts 0',
    );
    expect(out).toContain('Nothing is proposed.');
  });

  it("proposes what people's feedback says, as a diff with its effect, and changes nothing", async () => {
    await feedback((alert) =>
      isIncident(hourOf(alert)) ? 'true' : isOdd(hourOf(alert)) ? 'false_alarm' : null,
    );
    const patch = join(newFolder(), 'tune.patch');
    const { status, out, err } = await redress(['tune', '--config', config, '--write', patch]);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/8 incidents; feedback on alerts: 8 true, \d+ false alarm\./);
    expect(out).toMatch(/dispute_rate: (confirmed|no worse) .*which the search had not seen/);
    expect(out).toMatch(/later, unseen +\d\.\d\d → \d\.\d\d/);
    expect(out).toMatch(/-.*# jumpy\n\+.*# jumpy/);
    expect(out).toContain('Nothing was changed.');
    expect(out).toContain(readFileSync(patch, 'utf8').trimEnd());
    expect(readFileSync(file, 'utf8')).toBe(METRICS);
  });

  it('says in JSON what it proposes, from labels as well; a backtest with it then says what was promised', async () => {
    const labels = join(newFolder(), 'labels.ndjson');
    const hours = Array.from({ length: DAYS * 24 }, (_, hour) => hour).filter(
      (hour) => isIncident(hour) && !isIncident(hour - 1),
    );
    const rows = hours.map((hour) => ({ from: start(hour), to: start(hour + 5), metric: 'dispute_rate' }));
    writeFileSync(labels, rows.map((row) => JSON.stringify(row)).join('\n'));
    const args = ['tune', '--json', '--config', config, '--labels', labels, '--grace', '1h'];
    const { status, out, err } = await redress(args);
    expect([status, err]).toEqual([0, '']);
    const [evidence, tuning, diff] = jsonLines(out);
    expect(evidence).toMatchObject({ kind: 'evidence', incidents: hours.length, complete: true });
    expect(tuning).toMatchObject({ kind: 'metric', metric: 'dispute_rate', outcome: 'proposed' });
    expect(diff?.diff).toMatch(/^--- a\//);

    // The diff is of the file by its whole path, which it is given another one of here.
    const changed = newFolder();
    cpSync(config, changed, { recursive: true, filter: (path) => path !== data });
    const patch = join(changed, 'tune.patch');
    writeFileSync(
      patch,
      String(diff?.diff).replace(/^(---|\+\+\+) ([ab])\/.*\/metrics\.yaml$/gm, '$1 $2/metrics.yaml'),
    );
    await promisify(execFile)('git', ['apply', patch], { cwd: changed });
    expect(readFileSync(join(changed, 'metrics.yaml'), 'utf8')).not.toBe(METRICS);
    const after = await redress([
      'backtest',
      '--json',
      '--config',
      changed,
      '--labels',
      labels,
      '--grace',
      '1h',
    ]);
    expect(after.err).toBe('');
    const kept = ['alerts', 'right', 'found', 'precision', 'recall', 'delay_seconds'];
    const figures = (row: unknown) => kept.map((name) => [name, (row as Record<string, unknown>)[name]]);
    const [, told] = jsonLines(after.out);
    const promised = Object(tuning?.all).changed;
    expect(figures(told)).toEqual(figures(promised));
    expect(told).toMatchObject({ kind: 'metric', found: hours.length });
  });

  it.each([
    [['--runs', '0'], 'not a whole number above 0'],
    [['--metric', 'orders'], "there is no metric 'orders'"],
  ])('refuses %j', async (args, message) => {
    const { status, err } = await redress(['tune', '--config', config, ...args]);
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(file)).toBe(true);
  });
});
