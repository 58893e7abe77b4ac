import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as silences from '../../src/cli/silences.js';
import { createServer, type HttpServer } from '../../src/http/server.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import { NOW, serverOptions } from '../http/fake-service.js';
import { SilenceService } from '../http/silence-desk.js';

let service: SilenceService;
let server: HttpServer;

beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  service = new SilenceService();
  server = createServer(serverOptions(service));
  vi.stubEnv('REDRESS_URL', (await server.listen()).address);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await server.close();
});

/** Runs `redress silences …`, and answers what it wrote to standard output. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const program = new Command().option('--config <dir>').option('--json').exitOverride();
  silences.register(program, { out: (text) => lines.push(text), err: () => {} });
  await program.parseAsync(['silences', ...args], { from: 'user' });
  return lines.join('\n');
}

const make = (...more: string[]) => run('make', '--reason', 'a strike', '--as', 'ann', ...more);
const newest = () => service.desk.silences().at(-1);

it('makes one for what is meant, lists it, changes it and ends it', async () => {
  expect(await run()).toBe('No silences.');
  const made = await make('--match', 'region=GB|IE', 'severity!=critical', 'metric^=dispute_', '--for', '4h');
  const silence = newest();
  const silenceId = silence?.silenceId ?? '';
  expect(made).toBe(
    `${silenceId} is active until 2026-03-03 18:00 UTC: region=GB|IE severity!=critical metric^=dispute_.`,
  );
  expect(silence).toMatchObject({
    author: 'ann',
    match: { region: ['GB', 'IE'], severity: { not: ['critical'] }, metric: { prefix: ['dispute_'] } },
    endsAt: NOW + 4 * HOUR,
  });
  const [, row] = (await run('list')).split('\n');
  expect(row).toMatch(/^silence-\S+ +active +region=GB\|IE .* +2026-03-03 18:00 +ann +a strike$/);

  await run('edit', silenceId, '--for', '1d', '--reason', 'it lasts', '--as', 'bob');
  expect(newest()).toMatchObject({ endsAt: NOW + DAY, reason: 'it lasts', match: silence?.match });
  expect(await run('show', silenceId)).toContain('edited, bob');
  expect(await run('end', silenceId, '--as', 'bob')).toContain(`${silenceId} is ended`);
  expect(await run()).toBe('No silences.');
  expect(JSON.parse(await run('--json', 'list', '--all'))).toMatchObject({ silence_id: silenceId });
});

it('makes one for the nights of a week, and one for as long as it takes', async () => {
  const nights = ['--days', 'mon,fri', '--hours', '22:00-06:00', '--timezone', 'Europe/London'];
  await make('--match', 'region=GB', '--until', '2026-03-20T00:00:00Z', ...nights);
  expect(newest()).toMatchObject({
    state: 'scheduled',
    recurrence: { days: [1, 5], from: 1320, to: 360, timezone: 'Europe/London' },
  });
  expect(await run('show', newest()?.silenceId ?? '')).toContain('mon, fri 22:00 to 06:00 Europe/London');
  await make('--match', 'region=GB', '--until-resolved');
  expect(newest()).toMatchObject({ untilResolved: true, endsAt: NOW + 30 * DAY });
});

it.each([
  ['a condition that is none', ['--match', 'everything', '--for', '4h'], 'usage'],
  ['a span that is none', ['--match', 'region=GB', '--for', 'ever'], 'usage'],
  ['hours that are none', ['--match', 'region=GB', '--for', '4h', '--hours', 'night'], 'usage'],
  ['no end', ['--match', 'region=GB'], 'conflict'],
])('says what is wrong with %s', async (_what, options, code) => {
  await expect(make(...options)).rejects.toMatchObject({ code });
  expect(service.desk.silences()).toEqual([]);
});
