/** What the documentation tells people to type is typed here, in an order in which a person would, against one store. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/model/clock.js';
import { jsonLines, newFolder, RunningCommand, redress } from '../cli/process.js';
import { ROOT } from '../deployment/repository.js';
import { testEngine } from '../support/store.js';
import { commandsOn, PAGES } from './documented.js';

/** What is not run here, and why. A name alone tells of a command that is run with its arguments. */
const NOT_RUN: Readonly<Record<string, string>> = {
  COMMAND: 'stands for any of them',
  explain: 'a name alone',
  init: 'a name alone',
  start: 'a name alone',
  'start --config DIR': 'is `start --config my-shop`',
  clickhouse: 'runs until it is stopped: test/store/engine.test.ts',
  'backup FOLDER': 'wants an embedded store of its own: test/cli/backup.test.ts',
  'restore FOLDER --replace': 'wants an embedded store of its own: test/cli/backup.test.ts',
};

let alertId = '';
let followUpId = '';
let rejectedAt = '';
let annotationId = '';
let service: RunningCommand;

/** A documented command, and what a reader puts in the place of what only stands for something. */
type Step = readonly [command: string, typed?: () => string[]];

const WITHOUT_SERVICE: readonly Step[] = [
  ['init my-shop'],
  ['check --config my-shop'],
  ['check'],
  ['schema'],
  ['schema reference'],
  ['schema FILE', () => ['schema', 'metrics']],
  ['dashboards'],
  ['ingest events.ndjson.gz'],
  ['ingest table.csv.gz --map my-map.yaml'],
  ['rejected'],
  ['rejected list --under marketplace.events/'],
  ['rejected show marketplace.events/3/18442', () => ['rejected', 'show', rejectedAt]],
  ['rejected export --reason invalid_date'],
  ['ingest fix.ndjson'],
  ['rejected list --under table.csv'],
  ['rejected export --under table.csv'],
  ['ingest fix.ndjson --map my-map.yaml', () => ['ingest', 'fix-table.ndjson', '--map', 'my-map.yaml']],
  ['replay'],
  ['backtest'],
  ['backtest --labels incidents.csv'],
  ['backtest --labels incidents.csv --compare wider/'],
  ['backtest --compare DIR', () => ['backtest', '--compare', 'wider/']],
  ['backtest --metric dispute_rate --charts out/'],
  ['detect series.csv'],
  ['detect history.csv --use ./usual-range.mjs'],
  ['detect sales.csv stock.csv.gz --use z-score --param robust=true --param width=4'],
  ['explain table.csv --value sold --forecast expected'],
  ['route --metric dispute_rate --slice region=GB --severity critical --at 2026-12-25T03:00Z'],
  ['erase FIELD=VALUE', () => ['erase', 'case_id=C-1042']],
  ['erase case_id=C-1042 --yes'],
];

const SIMULATE = ['simulate', '--truth', 'truth.ndjson', '--days', '1', '--orders', '20'];

const WITH_SERVICE: readonly Step[] = [
  ['alerts'],
  ['alerts show ID', () => ['alerts', 'show', alertId]],
  ['follow-ups'],
  ['follow-ups list'],
  ['follow-ups load'],
  ['follow-ups fix ID --at …', () => ['follow-ups', 'fix', followUpId]],
  ['digest'],
  ['tune'],
  [
    'tune --labels incidents.csv --write tune.patch',
    () => [
      'tune',
      '--labels',
      'incidents.csv',
      '--write',
      'tune.patch',
      '--runs',
      '2',
      '--metric',
      'dispute_rate',
    ],
  ],
  ['simulate --truth FILE', () => [...SIMULATE, '--to', process.env.REDRESS_URL ?? '']],
  ['alerts hand-over ID OWNER', () => ['alerts', 'hand-over', alertId, 'operations']],
  ['alerts resolve ID', () => ['alerts', 'resolve', alertId]],
  [
    'silences make --match region=GB --for 4h --reason the carrier is on strike',
    () => [
      ...['silences', 'make', '--match', 'region=GB', '--for', '4h'],
      ...['--reason', 'the carrier is on strike'],
    ],
  ],
  ['check --config DIR --against-running', () => ['check', '--config', 'my-shop', '--against-running']],
  [
    'annotations make Spring sale --kind campaign --slice region=GB --metric orders --times 1.5 --for 2d',
    () => [
      'annotations',
      'make',
      'Spring sale',
      '--kind',
      'campaign',
      '--slice',
      'region=GB',
      '--metric',
      'orders',
      '--times',
      '1.5',
      '--for',
      '2d',
    ],
  ],
  ['annotations end ID', () => ['annotations', 'end', annotationId]],
  ['reload'],
];

const home = process.cwd();
const usual = { ...process.env };

beforeAll(async () => {
  process.env.CLICKHOUSE_URL = (await testEngine()).url;
  process.chdir(newFolder());
  writeFiles();
});

afterAll(async () => {
  service?.child.kill('SIGTERM');
  await service?.finished;
  process.chdir(home);
  process.env = usual;
});

describe('the commands of the documentation', { timeout: 60_000 }, () => {
  it('are all run here, or it is said why not', () => {
    const documented = new Set(PAGES.flatMap(commandsOn).map((args) => args.join(' ')));
    const known = [...WITHOUT_SERVICE, ...WITH_SERVICE].map(([command]) => command);
    expect([...documented].sort()).toEqual(
      [...known, 'start --config my-shop', 'start --role ingest', ...Object.keys(NOT_RUN)].sort(),
    );
  });

  it.each(byName(WITHOUT_SERVICE))('redress $command', async ({ command, typed }) => {
    await runs(typed?.() ?? command.split(' '));
    if (command === 'init my-shop') settleIn();
    if (command === 'rejected') await rejectOne();
  });

  it('redress start --config my-shop', async () => {
    service = new RunningCommand(['--json', 'start', '--config', join(process.cwd(), 'my-shop')], {
      env: { CLICKHOUSE_URL: process.env.CLICKHOUSE_URL ?? '' },
    });
    const { address } = JSON.parse(await service.said('address')) as { address: string };
    process.env.REDRESS_URL = address;
    const listed = await redress(['--json', 'alerts', 'list', '--all']);
    alertId = String(jsonLines(listed.out)[0]?.alert_id);
    const opened = await redress(['--json', 'follow-ups', 'open', alertId]);
    const made = await redress([
      '--json',
      'annotations',
      'make',
      'Sale',
      '--kind',
      'campaign',
      '--for',
      '1d',
    ]);
    annotationId = String(jsonLines(made.out)[0]?.annotation_id);
    followUpId = String(jsonLines(opened.out)[0]?.follow_up_id);
  });

  it('redress start --role ingest', async () => {
    const beside = new RunningCommand(
      ['--json', 'start', '--role', 'ingest', '--config', join(process.cwd(), 'my-shop')],
      {
        env: { CLICKHOUSE_URL: process.env.CLICKHOUSE_URL ?? '' },
      },
    );
    const { address } = JSON.parse(await beside.said('address')) as { address: string };
    const body = JSON.stringify({ event_id: 'beside', type: 'order.delivered', occurred_at: Date.now() });
    const answer = await fetch(`${address}/v1/events`, { method: 'POST', body });
    expect(await answer.json()).toEqual({ accepted: 1, rejected: [] });
    beside.child.kill('SIGTERM');
    await beside.finished;
  });

  it.each(byName(WITH_SERVICE))('redress $command', async ({ command, typed }) => {
    await runs(typed?.() ?? command.split(' '));
  });
});

const byName = (steps: readonly Step[]) => steps.map(([command, typed]) => ({ command, typed }));

async function runs(args: string[]): Promise<void> {
  const { status, out, err } = await redress(args);
  expect([status, status === 0 ? '' : err + out], args.join(' ')).toEqual([0, '']);
}

/** The starting configuration with a database of its own and a free port, also as the one that commands look for by default. */
function settleIn(): void {
  const file = 'my-shop/redress.yaml';
  const text = readFileSync(file, 'utf8')
    .replace('database: redress', `database: documented_${process.pid}`)
    .replace('port: 8080', 'port: 0');
  expect(text).toContain(`documented_${process.pid}`);
  writeFileSync(file, text);
  for (const copy of ['config', 'wider']) cpSync('my-shop', copy, { recursive: true });
}

/** Has an input rejected, and puts what a reader would have mended of it into the file that is fed again. */
async function rejectOne(): Promise<void> {
  const event = { event_id: 'spoilt', type: 'order.delivered', occurred_at: 'yesterday' };
  writeFileSync('spoilt.ndjson', JSON.stringify(event));
  await redress(['ingest', 'spoilt.ndjson']);
  const listed = jsonLines((await redress(['--json', 'rejected', 'list'])).out);
  rejectedAt = String(listed[0]?.position);
  writeFileSync('fix.ndjson', JSON.stringify({ ...event, occurred_at: new Date().toISOString() }));
}

/** What a reader has: events of some days with a bad hour in the end, a foreign table, labels, a plain series. */
function writeFiles(): void {
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const events: object[] = [];
  for (let hour = 96; hour > 0; hour -= 1)
    for (let index = 0; index < 44 + (hour <= 4 ? 16 : 0); index += 1)
      events.push({
        event_id: `e-${hour}-${index}`,
        type: index < 40 ? 'order.delivered' : 'dispute.opened',
        occurred_at: new Date(end - hour * HOUR + (index % 59) * MINUTE).toISOString(),
        case_id: index < 40 ? '' : `C-${1000 + index}`,
        region: 'GB',
        category: 'toys',
      });
  writeFileSync('events.ndjson.gz', gzipSync(events.map((event) => JSON.stringify(event)).join('\n')));
  writeFileSync('table.csv.gz', gzipSync(`number,at\n1,${new Date(end - HOUR).toISOString()}\n`));
  // A row of it that was rejected, as it is exported, and mended.
  writeFileSync('fix-table.ndjson', JSON.stringify({ number: '2', at: new Date(end - HOUR).toISOString() }));
  writeFileSync(
    'my-map.yaml',
    "events:\n  - event_id: concat('t-', number)\n    type: \"'order.placed'\"\n    occurred_at: parseDateTimeBestEffortOrNull(at)\n",
  );
  const incident = [end - 4 * HOUR, end].map((at) => new Date(at).toISOString()).join(',');
  writeFileSync('incidents.csv', `metric,slice,from,to,title\ndispute_rate,,${incident},A bad afternoon\n`);
  const series = Array.from({ length: 120 }, (_, index) => {
    const at = new Date(end - (120 - index) * HOUR).toISOString();
    return `${at},${index === 119 ? 40 : 10 + (index % 3)}`;
  });
  for (const name of ['series.csv', 'history.csv'])
    writeFileSync(name, `timestamp,value\n${series.join('\n')}\n`);
  writeFileSync('sales.csv', `timestamp,value\n${series.join('\n')}\n`);
  writeFileSync('stock.csv.gz', gzipSync(`timestamp,value\n${series.join('\n')}\n`));
  writeFileSync(
    'table.csv',
    'region,category,sold,expected\nGB,toys,90,40\nGB,shoes,41,40\nDE,toys,39,40\nDE,shoes,40,40\n',
  );
  cpSync(join(ROOT, 'docs/plug-in/usual-range.mjs'), 'usual-range.mjs');
  mkdirSync('node_modules', { recursive: true });
  if (!existsSync('out')) mkdirSync('out');
}
