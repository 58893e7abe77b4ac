import { createServer as createPlainServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as alerts from '../../src/cli/alerts.js';
import * as annotations from '../../src/cli/annotations.js';
import * as check from '../../src/cli/check.js';
import * as followUps from '../../src/cli/follow-ups.js';
import { createServer, type HttpServer } from '../../src/http/server.js';
import type { CalendarEffect, ListedAnnotation } from '../../src/model/annotation.js';
import { alertOf, entryOf, FakeService, followUpOf, NOW, serverOptions } from '../http/fake-service.js';
import { jsonLines } from './process.js';

const TOKEN = 'operate-token';
let service: FakeService;
let server: HttpServer;

beforeEach(async () => {
  service = new FakeService();
  server = createServer(serverOptions(service, { tokens: [{ role: 'operate', token: TOKEN }] }));
  vi.stubEnv('REDRESS_URL', (await server.listen()).address);
  vi.stubEnv('REDRESS_TOKEN', TOKEN);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

/** Runs a command as the program would, and answers what it wrote to standard output. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const io = { out: (text: string) => lines.push(text), err: () => {} };
  const program = new Command().option('--config <dir>').option('--json').exitOverride();
  alerts.register(program, io);
  annotations.register(program, io);
  followUps.register(program, io);
  check.register(program, io);
  await program.parseAsync(args, { from: 'user' });
  return lines.join('\n');
}

describe('redress annotations', () => {
  const listed = (annotationId: string, effect?: CalendarEffect): ListedAnnotation => ({
    ...{ annotationId, kind: 'campaign', title: 'Sale', scope: 'all', origin: 'person', author: 'ann' },
    ...{ startsAt: NOW, endsAt: NOW + 1e6 },
    ...(effect === undefined ? {} : { effect }),
  });
  const make = (...options: string[]) =>
    run('annotations', 'make', 'Sale', '--kind', 'campaign', '--for', '2d', ...options);

  it.each([
    [[], undefined],
    [['--hold'], { kind: 'hold' }],
    [['--widen', '2'], { kind: 'widen', by: 2 }],
    [['--times', '1.5'], { kind: 'shift', times: 1.5, plus: 0 }],
    [['--plus=-0.01'], { kind: 'shift', times: 1, plus: -0.01 }],
    [['--times', '2', '--plus', '5'], { kind: 'shift', times: 2, plus: 5 }],
  ])('announces what it does to what is expected: %j', async (options, effect) => {
    service.annotationAnswer = { outcome: 'done', annotation: listed('a0') };
    await make(...options);
    expect(service.announcements[0]?.effect).toEqual(effect);
  });

  it('lists what each of them does', async () => {
    const effects: (CalendarEffect | undefined)[] = [
      { kind: 'hold' },
      { kind: 'widen', by: 2 },
      { kind: 'shift', times: 1.5, plus: -0.01 },
      { kind: 'none' },
      undefined,
    ];
    service.knownAnnotations = effects.map((effect, index) => listed(`a${index}`, effect));
    const shown = (await run('annotations')).split('\n').slice(1);
    expect(shown.map((line) => /all +(.*?) {2}/.exec(line)?.[1])).toEqual([
      'held',
      'band × 2',
      '× 1.5 - 0.01',
      'shown only',
      "the metric's",
    ]);
  });

  it('takes one of them, and numbers', async () => {
    await expect(make('--hold', '--widen', '2')).rejects.toMatchObject({ code: 'usage' });
    await expect(make('--times', 'twice')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    await expect(make('--widen', '0.5')).rejects.toMatchObject({ code: 'usage' });
    expect(service.announcements).toEqual([]);
  });
});

describe('redress alerts', () => {
  it('lists what is open, as a table', async () => {
    service.knownAlerts = [
      alertOf(),
      alertOf({ alertId: 'alert-0', state: 'resolved', resolvedAt: NOW, startedAt: NOW - 1e9 }),
      alertOf({
        alertId: 'alert-2',
        kind: 'data_health',
        title: 'Source http is quiet',
        startedAt: NOW,
        owner: '',
      }),
    ];
    expect(await run('alerts')).toBe(
      [
        'ALERT    STATE   SEVERITY  SINCE (UTC)       WHAT                          WHERE      LAST  EXPECTED  IMPACT  OWNER',
        'alert-2  firing  critical  2026-03-03 14:00  Source http is quiet          -             -         -       -  -',
        'alert-1  firing  critical  2026-03-03 12:00  Disputes per delivered order  region GB  4.1%      1.3%     +38  after-sales-gb',
      ].join('\n'),
    );
    expect(await run('alerts', 'list', '--state', 'resolved')).toContain('alert-0');
    expect((await run('alerts', 'list', '--all')).split('\n')).toHaveLength(4);
    service.knownAlerts = [];
    expect(await run('alerts')).toBe('No alerts.');
  });

  it('gives one object a line with --json, and nothing else', async () => {
    service.knownAlerts = [alertOf(), alertOf({ alertId: 'alert-2' })];
    const lines = (await run('--json', 'alerts')).split('\n').map((line) => JSON.parse(line));
    expect(lines.map(({ alert_id }) => alert_id)).toEqual(['alert-1', 'alert-2']);
    service.knownAlerts = [];
    expect(await run('alerts', '--json')).toBe('');
  });

  it('show with which other alerts one is an incident, and for which cause', async () => {
    const [alert] = service.knownAlerts;
    if (alert === undefined) throw new Error('no alert');
    const groupId = `alert:${alert.alertId}`;
    const other = {
      ...{ ...alert, alertId: 'alert-2', title: 'Refunds', slice: 'region=GB', groupId },
      sameCause: { alertId: alert.alertId, slice: 'category=toys', from: '' },
    };
    const before = service.knownAlerts;
    service.knownAlerts = [{ ...alert, groupId, leadsGroup: true }, other];
    const [leads, follows] = [
      await run('alerts', 'show', alert.alertId),
      await run('alerts', 'show', 'alert-2'),
    ];
    service.knownAlerts = before;
    expect(leads).toContain(
      'One incident with these, which have the same cause: category toys\n  alert-2: Refunds',
    );
    expect(follows).toMatch(/alert-1: .*, speaks for all of them/);
  });

  it('shows one with its story, what comes again and again once', async () => {
    service.alerts.story = async () => [
      entryOf('fired', 1),
      entryOf('anomalous', 2),
      entryOf('anomalous', 3),
      entryOf('acknowledged', 4, 'ann'),
    ];
    const text = await run('alerts', 'show', 'alert-1');
    expect(text).toMatch(/Last value +4.1%, expected 1.3%, usually 0.9% to 1.8%/);
    expect(text).toMatch(/Impact +About 38 more \w+ than expected, worth .*1,520/);
    expect(text.split('\n').slice(-4)).toEqual([
      'What happened (UTC)',
      '  2026-03-03 14:00  It fired as critical: 4.1% where 1.3% was expected, usually 0.9% to 1.8%.',
      '  2026-03-03 14:00  Still out of band: 4.1% where 1.3% was expected, usually 0.9% to 1.8%. (2 points, the last 2026-03-03 14:00)',
      '  2026-03-03 14:00  ann acknowledged it, and nobody else is called.',
    ]);
    const json = JSON.parse(await run('--json', 'alerts', 'show', 'alert-1'));
    expect(json).toMatchObject({ alert_id: 'alert-1', story: [{ reason: 'fired' }, {}, {}, {}] });
  });

  it('says of one whose series cannot be judged just now since when and why', async () => {
    expect(await run('alerts', 'show', 'alert-1')).not.toContain('Not evaluable');
    service.notEvaluable = { bucketStart: Date.UTC(2026, 2, 3, 15), reason: 'low_volume' };
    const text = await run('alerts', 'show', 'alert-1');
    const json = JSON.parse(await run('--json', 'alerts', 'show', 'alert-1'));
    service.notEvaluable = null;
    expect(text).toMatch(/Not evaluable +low volume, in the bucket of 2026-03-03 15:00 UTC: it neither ends/);
    expect(json.not_evaluable).toEqual({ bucket_start: '2026-03-03T15:00:00.000Z', reason: 'low_volume' });
  });

  it('acts in the name of who is named', async () => {
    expect(await run('alerts', 'ack', 'alert-1', '--as', 'ann')).toBe(
      'alert-1 is acknowledged, owner after-sales-gb.',
    );
    const until = '2026-03-03T18:00:00Z';
    await run('alerts', 'resolve', 'alert-1', '--as', 'bob');
    await run('alerts', 'snooze', 'alert-1', '--as', 'bob', '--until', until, '--note', 'known');
    await run('alerts', 'snooze', 'alert-1', '--as', 'bob', '--until-resolved');
    await run('alerts', 'feedback', 'alert-1', 'false-alarm', '--as', 'bob');
    await run('alerts', 'hand-over', 'alert-1', 'operations', '--as', 'bob');
    expect(service.alertCommands).toEqual([
      { kind: 'acknowledge', alertId: 'alert-1', actor: 'ann' },
      ...[
        { kind: 'resolve' },
        { kind: 'snooze', until: Date.parse(until), note: 'known' },
        { kind: 'snooze', until: 'resolved' },
        { kind: 'feedback', verdict: 'false_alarm' },
        { kind: 'hand_over', owner: 'operations' },
      ].map((action) => ({ ...action, alertId: 'alert-1', actor: 'bob' })),
    ]);
    await expect(run('alerts', 'snooze', 'alert-1')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('redress follow-ups', () => {
  it('lists what is not closed, as a table', async () => {
    const watch = {
      pointsNeeded: 24,
      pointsInBand: 7,
      expected: 0,
      lower: 0,
      upper: 0,
      lastBucket: NOW,
      numerator: 0,
      denominator: 0,
    };
    service.knownFollowUps = [
      followUpOf({ state: 'verifying', watch }),
      followUpOf({ followUpId: 'follow-up-0', state: 'wont_do', note: 'cheaper to refund', closedAt: NOW }),
    ];
    expect(await run('follow-ups')).toBe(
      [
        'FOLLOW-UP    STATE                       PRIORITY  DUE (UTC)         WHAT                          WHERE      OWNER',
        'follow-up-1  verifying (7 of 24 points)  high      2026-03-06 14:00  Disputes per delivered order  region GB  after-sales-gb',
      ].join('\n'),
    );
    expect(await run('follow-ups', 'show', 'follow-up-0')).toMatch(/State +won't do\n/);
  });

  it.each([
    [['ack', 'follow-up-1'], { kind: 'acknowledge' }],
    [['start', 'follow-up-1'], { kind: 'start' }],
    [['fix', 'follow-up-1'], { kind: 'ship_fix' }],
    [['reopen', 'follow-up-1'], { kind: 'reopen' }],
    [['wont-do', 'follow-up-1', '--reason', 'too dear'], { kind: 'wont_do', note: 'too dear' }],
    [['assign', 'follow-up-1', 'bob'], { kind: 'assign', owner: 'bob' }],
    [
      ['due', 'follow-up-1', '2026-03-10T12:00:00Z', '--reason', 'parts'],
      { kind: 'set_due', dueAt: Date.UTC(2026, 2, 10, 12), reason: 'parts' },
    ],
  ])('%j is a command', async (args, command) => {
    const text = await run('follow-ups', ...args, '--as', 'ann');
    expect(text).toBe('follow-up-1 is open, owner after-sales-gb, due 2026-03-06 14:00 UTC.');
    expect(service.followUpCommands).toEqual([{ ...command, followUpId: 'follow-up-1', actor: 'ann' }]);
  });

  it('opens one for an alert', async () => {
    const json = await run('--json', 'follow-ups', 'open', 'alert-1', '--as', 'ann', '--priority', 'urgent');
    expect(JSON.parse(json).follow_up_id).toBe('follow-up-1');
    expect(service.opened).toEqual([{ alertId: 'alert-1', actor: 'ann', priority: 'urgent' }]);
  });
});

describe('what goes wrong is one line that says what and where', () => {
  it('a command that is refused', async () => {
    service.alerts.act = async () => ({ outcome: 'refused', reason: 'already_resolved', alert: alertOf() });
    await expect(run('alerts', 'ack', 'alert-1')).rejects.toMatchObject({
      code: 'conflict',
      message: 'the alert is resolved already',
    });
    await expect(run('alerts', 'show', 'nobody')).rejects.toMatchObject({ code: 'not_found' });
    await expect(run('follow-ups', 'due', 'follow-up-1', 'soon', '--reason', 'parts')).rejects.toMatchObject({
      code: 'usage',
      message: 'due_at: must be ISO 8601 with an offset',
    });
  });

  it('a service that is not there', async () => {
    await server.close();
    const url = process.env.REDRESS_URL;
    await expect(run('alerts')).rejects.toMatchObject({
      code: 'target_unavailable',
      message: `no service answers at ${url} (connection refused); is 'redress start' running there?`,
    });
    await expect(run('alerts', '--url', 'localhost:8080')).rejects.toMatchObject({ code: 'usage' });
  });

  it('a token that is missing or is not known', async () => {
    vi.stubEnv('REDRESS_TOKEN', '');
    await expect(run('alerts')).rejects.toMatchObject({
      code: 'secret_missing',
      message: expect.stringMatching(/^http:\S+ wants a token: set REDRESS_TOKEN$/),
    });
    vi.stubEnv('REDRESS_TOKEN', 'another-token');
    await expect(run('alerts')).rejects.toMatchObject({
      code: 'secret_missing',
      message: expect.stringMatching(/^http:\S+: this token is not known$/),
    });
  });

  it('another program on that port', async () => {
    const other = createPlainServer((_request, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      await expect(run('alerts', '--url', url)).rejects.toMatchObject({
        code: 'target_unavailable',
        message: `${url} does not answer as this version of Redress does`,
      });
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});

describe('redress check --against-running', () => {
  it('says, before it happens, which alerts would not end and which fixes would not be proven', async () => {
    service.knownAlerts = [alertOf(), alertOf({ alertId: 'alert-2', metric: 'gone' })];
    service.knownFollowUps = [
      followUpOf({ followUpId: 'f-1', metric: 'dispute_rate', slice: 'merchant_id=m1' }),
      followUpOf({ followUpId: 'f-2', metric: 'gone', state: 'verifying' }),
      followUpOf({ followUpId: 'f-3', metric: 'gone', state: 'verified' }),
    ];
    const said = await run('check', '--against-running', '--config', 'config', '--json');
    expect(
      jsonLines(said).flatMap(({ missing, message }) => (missing === undefined ? [] : [message])),
    ).toEqual([
      'alert alert-2 is open and would not end by itself: there is no metric gone any more',
      'follow-up f-1 is open and could not be verified: dispute_rate is not cut as in merchant_id=m1 any more',
      'follow-up f-2 is open and could not be verified: there is no metric gone any more',
    ]);
  });
});
