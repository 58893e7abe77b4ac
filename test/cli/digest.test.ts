import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { register } from '../../src/cli/digest.js';
import { register as registerFollowUps } from '../../src/cli/follow-ups.js';
import { application, FakeService } from '../http/fake-service.js';

let server: FastifyInstance;
let url: string;

beforeEach(async () => {
  server = application(new FakeService());
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const program = new Command('redress').option('--json', '', false).exitOverride();
  const io = { out: (text: string) => lines.push(text), err: () => undefined };
  register(program, io);
  registerFollowUps(program, io);
  await program.parseAsync([...args, '--url', url], { from: 'user' });
  return lines.join('\n');
}

it('the digest is Markdown, blocks for Slack, or figures', async () => {
  expect(await run('digest', '--owner', 'after-sales-gb')).toMatch(/^# Improvements for after-sales-gb, /);
  expect(JSON.parse(await run('digest', '--slack')).blocks[0].type).toBe('header');
  expect(JSON.parse(await run('--json', 'digest')).counts).toMatchObject({ opened: 0, verified: 0 });
});

it('a stretch that ends before it begins, or a zone that does not exist, is said to be wrong', async () => {
  await expect(run('digest', '--from', '2026-05-01T00:00:00Z')).rejects.toMatchObject({
    code: 'usage',
    message: 'from: must be before to, and by no more than a year',
  });
  await expect(run('digest', '--timezone', 'Europe/Atlantis')).rejects.toMatchObject({ code: 'usage' });
});

it('the work load is told by owner, priority and age', async () => {
  expect((await run('follow-ups', 'load')).split('\n')[0]).toMatch(/^OWNER +OPEN +OVERDUE +URGENT .* OLDER$/);
  expect(JSON.parse(await run('--json', 'follow-ups', 'load')).open).toMatchObject([
    { open: 1, by_priority: { high: 1 } },
  ]);
  expect(await run('follow-ups', 'load', '--owner', 'nobody-of-that-name')).toBe('Nothing is open.');
});
