import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEvent } from '../../src/model/event-json.js';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { at } from '../flow/timeline.js';
import { arrived } from '../support/event.js';
import { configurationFolder, jsonLines, newFolder, redress } from './process.js';

const HOUR = 3_600_000;
const PNG = '89504e470d0a1a0a';

const METRICS = `# Watched since March.
- id: dispute_rate
  kind: ratio
  numerator: { event: dispute.opened }
  denominator: { event: order.delivered }
  min_denominator: 10
  detect: [{ use: z-score, warm_up: 12, width: 4 }] # wide enough
  alert: { for: 1, recover: 2 }
- id: orders
  kind: count
  of: { event: order.delivered }
  slices: [[], [region]]
`;

/** Two days of a hundred orders an hour and ten disputes; an incident of five hours, and one odd hour. */
function events(): string {
  const lines: string[] = [];
  const put = (type: string, occurredAt: number) =>
    lines.push(JSON.stringify(encodeEvent(arrived({ eventId: `e${lines.length}`, type, occurredAt }).event)));
  for (let hour = at('00:00', -1); hour < at('00:00', 1); hour += HOUR) {
    const incident = hour >= at('10:00') && hour < at('15:00');
    const odd = hour === at('20:00', -1);
    const disputes = incident ? 60 : odd ? 23 : 9 + ((hour / HOUR) % 3);
    for (let order = 0; order < 100; order++) put('order.delivered', hour + order * 1_000);
    for (let dispute = 0; dispute < disputes; dispute++) put('dispute.opened', hour + dispute * 1_000);
  }
  return lines.join('\n');
}

describe('redress backtest, beside a process that runs over the same store', () => {
  const { config, data } = configurationFolder({ 'metrics.yaml': METRICS });
  const labels = join(newFolder(), 'labels.csv');
  writeFileSync(
    labels,
    'metric,from,to,title\ndispute_rate,2026-03-03T10:00Z,2026-03-03T15:00Z,a bad batch\n',
  );
  const narrower = newFolder();
  let engine: EmbeddedEngine;

  beforeAll(async () => {
    const file = join(newFolder(), 'events.ndjson');
    writeFileSync(file, events());
    expect((await redress(['ingest', '--config', config, file])).status).toBe(0);
    cpSync(config, narrower, { recursive: true, filter: (path) => path !== data });
    writeFileSync(join(narrower, 'metrics.yaml'), METRICS.replace('width: 4', 'width: 3'));
    engine = await startEngine({ folder: data });
  }, 60_000);
  afterAll(() => engine.stop());

  it('says what the configuration would have told, and what that was worth by the labels', async () => {
    const { status, out, err } = await redress(['backtest', '--config', config, '--labels', labels]);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/1 alert, 3\.49 a week\. Nothing was stored and nobody was told\./);
    expect(out).toMatch(/dispute_rate +48 +75 % +1 +3\.49 +0 +1 of 1 +1 of 1 +1\.00 +1 h 10 min +100/);
    expect(out).toMatch(/● found +a bad batch +2026-03-03 10:00 +dispute_rate, overall/);
  });

  it('says what another configuration adds, with both scores', async () => {
    const args = ['backtest', '--config', config, '--labels', labels, '--compare', narrower];
    const { status, out, err } = await redress(args);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/dispute_rate +3\.49 → 6\.98 +0 +1\.00 → 0\.50 +1\.00 +1\.00 → 0\.67/);
    expect(out).toMatch(/ADDED {2}1\n {2}wrong {2}2026-03-02 21:10 {2}dispute_rate, overall/);
    expect(out).toMatch(/REMOVED {2}0\nKEPT {2}1/);
  });

  it('counts from a time on with judges that know what came before, draws, and answers in JSON', async () => {
    const charts = join(newFolder(), 'charts');
    const args = ['--from', '2026-03-03', '--charts', charts, '--metric', 'dispute_rate'];
    const { status, out, err } = await redress(['backtest', '--json', '--config', narrower, ...args]);
    expect([status, err]).toEqual([0, '']);
    const rows = jsonLines(out);
    expect(rows.map(({ kind }) => kind)).toEqual(['summary', 'metric', 'series', 'alert']);
    expect(rows[0]).toMatchObject({ from: '2026-03-03T00:00:00.000Z', alerts: 1 });
    expect(rows[3]).toMatchObject({ opened_at: '2026-03-03T11:10:00.000Z', held_back: false, right: null });
    const [file] = readdirSync(charts);
    expect(rows[3]?.chart).toBe(join(charts, file ?? ''));
    expect(
      readFileSync(join(charts, file ?? ''))
        .subarray(0, 8)
        .toString('hex'),
    ).toBe(PNG);
  });

  it('changes no tables of an earlier version, beside whose service it may be running, and says what would', async () => {
    const query = async (text: string) => (await fetch(engine.url, { method: 'POST', body: text })).text();
    await query('CREATE DATABASE older');
    await query(
      'CREATE TABLE older.schema_migrations (number UInt32) ENGINE = ReplacingMergeTree ORDER BY number',
    );
    await query('INSERT INTO older.schema_migrations VALUES (1)');
    const older = newFolder();
    cpSync(config, older, { recursive: true, filter: (path) => path !== data });
    const settings = readFileSync(join(older, 'redress.yaml'), 'utf8');
    writeFileSync(join(older, 'redress.yaml'), settings.replace('{ data', '{ database: older, data'));
    const { status, err } = await redress(['backtest', '--config', older]);
    expect([status, err]).toEqual([
      1,
      expect.stringMatching(
        /tables are of an earlier version, without .*: redress migrate brings them up to date/,
      ),
    ]);
    expect(await query("SELECT count() FROM system.tables WHERE database = 'older'")).toBe('1\n');
  });

  it('asks nothing of labels whose metric is not configured, and says so', async () => {
    const others = join(newFolder(), 'others.csv');
    writeFileSync(
      others,
      'metric,slice,from,to\ndispute_rates,regoin=DE,2026-03-03T10:00Z,2026-03-03T15:00Z\n',
    );
    const { status, out, err } = await redress(['backtest', '--config', config, '--labels', others]);
    expect(status).toBe(0);
    expect(err.split('\n')).toEqual([
      "others.csv:2: there is no metric 'dispute_rates' (did you mean 'dispute_rate'?)",
      "others.csv:2: no metric is sliced by 'regoin' (did you mean 'region'?)",
    ]);
    expect(out).toMatch(/left out, .*: others\.csv:2/);
  });

  it.each([
    [['--metric', 'dispute_rat'], "there is no metric 'dispute_rat' (did you mean 'dispute_rate'?)", 2],
    [['--from', 'monday'], "'monday' is not a time such as 2026-03-01", 2],
    [
      ['--from', '2027-01-01'],
      'there is nothing between --from and --to: the history is from 2026-03-02T00:00Z',
      2,
    ],
    [['--labels', 'nowhere.csv'], 'nowhere.csv: there is no such file', 1],
    [['--compare', '/nowhere'], '/nowhere', 2],
  ])('refuses %j with a line that says what and where', async (args, message, expected) => {
    const { status, out, err } = await redress(['backtest', '--config', config, ...args]);
    expect([status, out]).toEqual([expected, '']);
    expect(err).toContain(message);
  });
});

it('says so when there is no history', async () => {
  const empty = configurationFolder();
  const { status, err } = await redress(['backtest', '--config', empty.config]);
  expect([status, err]).toEqual([1, 'there is no history: load events with redress ingest']);
});
