/** Who would be told, and when nobody would: what can be asked before anything has happened. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as check from '../../src/cli/check.js';
import * as route from '../../src/cli/route.js';

const METRICS = `
- { id: refunds, kind: count, of: { event: refund.requested }, slices: [[], [region]], owner: ann }
- { id: orders, kind: count, of: { event: order.placed }, owner: ann }`;
const OWNERS = `
- { id: ann, name: Ann, slack: U0ANN01, timezone: Europe/London, lead: eve }
- { id: bob, name: Bob, slack: U0BOB01, timezone: Europe/London, owns: [{ slice: { region: GB } }] }
- { id: eve, name: Eve }`;
const ESCALATION = `
policies:
  - id: day
    steps:
      - tell: ["slack:#refunds"]
      - { after: 15m, tell: [owner], wait_for_work: [warning] }
      - { after: 30m, tell: [owner_lead] }
      - { after: 1h, tell: ["schedule:on-call"] }
    repeat: { after: 2h }
  - id: page
    steps: [{ tell: ["schedule:on-call"] }]
routes:
  - match: { severity: critical }
    policy: page
  - match: { metric: refunds }
    policy: day
    group_by: [metric]
  - match: { metric: orders, severity: info }
    policy: page
    continue: true
  - policy: day
    fallback: [console, owner]
schedules:
  - id: on-call
    timezone: Europe/London
    rotation: [ann, bob]
    starts: 2026-03-02
    overrides: [{ from: 2026-03-05T12:00:00Z, to: 2026-03-05T18:00:00Z }]`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-route-'));
  await writeFile(join(folder, 'metrics.yaml'), METRICS);
  await writeFile(join(folder, 'owners.yaml'), OWNERS);
  await writeFile(join(folder, 'escalation.yaml'), ESCALATION);
  vi.stubEnv('SLACK_BOT_TOKEN', 'xoxb-1');
  vi.stubEnv('SLACK_SIGNING_SECRET', 'secret');
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 3), toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Runs a command; answers what it wrote, and what only the person watching sees. */
async function run(...args: string[]): Promise<{ out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const program = new Command().option('--config <dir>').option('--json').exitOverride();
  route.register(program, io);
  check.register(program, io);
  await program.parseAsync(['--config', folder, ...args], { from: 'user' });
  return { out: out.join('\n'), err: err.join('\n') };
}

const steps = async (...args: string[]) => {
  const { out } = await run('route', ...args);
  return out
    .split('\n')
    .flatMap((line) => /^(\d{4}-\d\d-\d\d \d\d:\d\d) +(.*?) {2,}(.*)$/.exec(line)?.slice(1) ?? []);
};

it('says who would be told, when, and what waits for work or reaches nobody', async () => {
  // A Tuesday evening: Bob, who answers for Britain, is at work again on Wednesday at nine.
  expect(await steps('--metric', 'refunds', '--slice', 'region=GB', '--at', '2026-03-03T19:00Z')).toEqual([
    ...['2026-03-03 19:00', 'slack:#refunds', 'slack:#refunds'],
    ...['2026-03-04 09:00', 'slack:U0BOB01', 'owner (waits for work hours)'],
    ...['2026-03-04 09:30', 'nobody, so the next step follows at once', 'owner_lead'],
    ...['2026-03-04 09:30', 'slack:U0ANN01', 'schedule:on-call'],
  ]);
  const { out } = await run('route', '--metric', 'refunds', '--slice', 'region=GB');
  expect(out).toMatch(/^Policy +day\n/);
  expect(out).toMatch(/\nOwner +bob\nGrouped by +metric\nRepeats +after 120 minutes\n/);
});

it('goes by the severity, and by whoever is on call then', async () => {
  const critical = ['--metric', 'orders', '--severity', 'critical', '--at'];
  expect((await steps(...critical, '2026-03-09T08:59Z'))[1]).toBe('slack:U0ANN01');
  expect((await steps(...critical, '2026-03-09T09:00Z'))[1]).toBe('slack:U0BOB01');
  expect((await steps(...critical, '2026-03-05T13:00Z'))[1]).toBe('nobody, so the next step follows at once');
  const { out } = await run('--json', 'route', ...critical, '2026-03-09T09:00Z');
  const plain = await run('route', '--metric', 'orders');
  expect(plain.out).toMatch(/\nRoute +all alerts\n/);
  expect(plain.out).toMatch(/\nFallback +console, slack:U0ANN01\n/);
  expect(JSON.parse(out)).toMatchObject({
    policy: 'page',
    steps: [{ at: '2026-03-09T09:00:00.000Z', asked: ['schedule:on-call'], told: ['slack:U0BOB01'] }],
  });
});

it('sets the policies side by side of a route that lets the next one be asked', async () => {
  const info = ['--metric', 'orders', '--severity', 'info', '--at', '2026-03-03T12:00Z'];
  expect(await steps(...info)).toEqual([
    ...['2026-03-03 12:00', 'slack:U0ANN01, slack:#refunds', 'schedule:on-call, slack:#refunds'],
    ...['2026-03-03 12:15', 'slack:U0ANN01', 'owner'],
    ...['2026-03-03 12:45', 'nobody, so the next step follows at once', 'owner_lead'],
    ...['2026-03-03 12:45', 'slack:U0ANN01', 'schedule:on-call'],
  ]);
  const { out } = await run('route', ...info);
  expect(out).toMatch(/^Policy +page\+day\n/);
  expect(out).toMatch(/\nRoute +.*orders.* and all alerts\n/);
});

it('refuses what is not configured or not a time', async () => {
  await expect(run('route', '--metric', 'nothing')).rejects.toMatchObject({ code: 'usage' });
  await expect(run('route', '--metric', 'orders', '--severity', 'bad')).rejects.toMatchObject({
    code: 'usage',
  });
  await expect(run('route', '--metric', 'orders', '--at', 'noon')).rejects.toMatchObject({ code: 'usage' });
});

it('is told by redress check when nobody is on call', async () => {
  const { out, err } = await run('check');
  expect(out).toContain('fine. 2 metrics, 2 escalation policies, 3 owners.');
  expect(err).toContain(
    'schedules.on-call: nobody is on call from Thu 5 Mar 2026, 12:00 GMT to Thu 5 Mar 2026, 18:00 GMT',
  );
});
