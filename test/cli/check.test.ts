import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../deployment/repository.js';
import { configurationFolder, jsonLines, newFolder, RunningCommand, redress } from './process.js';

const TWENTY = join(ROOT, 'test/config/bad/twenty-mistakes');

describe('redress check', { timeout: 60_000 }, () => {
  it('says every problem with file, line and column, and ends with 2', async () => {
    const { status, out, err } = await new RunningCommand(['check', '--config', TWENTY]).finished;
    expect(status).toBe(2);
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(20);
    for (const line of lines) expect(line).toMatch(/\w+\.yaml:\d+:\d+ {2}\S/);
    expect(err.trim()).toContain('20 problems');
  });

  it('says the same as NDJSON, and nothing else on standard output', async () => {
    const { status, out } = await redress(['check', '--json', '--config', TWENTY]);
    expect(status).toBe(2);
    const errors = jsonLines(out).filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(20);
    for (const problem of errors)
      expect(problem).toMatchObject({
        file: expect.stringContaining('.yaml'),
        line: expect.any(Number),
        column: expect.any(Number),
        message: expect.any(String),
      });
  });

  it('finds nothing wrong with what init writes', async () => {
    const folder = join(newFolder(), 'mine');
    expect((await redress(['init', folder])).status).toBe(0);
    const { status, out } = await redress(['check', '--config', folder]);
    expect([status, out]).toEqual([0, expect.stringContaining('fine')]);
  });
});

describe('wrong usage and configuration end with 2', { timeout: 60_000 }, () => {
  it.each([
    ['an unknown command', ['strat'], "unknown command 'strat'"],
    ['an unknown option', ['check', '--colour'], "unknown option '--colour'"],
    ['a missing argument', ['ingest'], "missing required argument 'file'"],
    ['a time that is none', ['replay', '--from', 'yesterday'], "'yesterday' is not a time"],
    ['a folder without configuration', ['start', '--config', '/nowhere'], 'redress init'],
  ])('%s', async (_mistake, args, words) => {
    const { status, out, err } = await redress(args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(words);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('a secret that is not there', async () => {
    const { config } = configurationFolder({
      'redress.yaml': 'webhooks: { on-call: { env: ON_CALL_WEBHOOK_URL } }\n',
    });
    const { status, err } = await redress(['start', '--config', config]);
    expect(status).toBe(2);
    expect(err).toMatch(/redress\.yaml:1:\d+ .*ON_CALL_WEBHOOK_URL is not set/);
  });

  it('help is not a mistake', async () => {
    const { status, out } = await redress(['--help']);
    expect([status, out]).toEqual([0, expect.stringContaining('Run it:')]);
  });

  it('nor is asking for the version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await redress(['--version'])).toMatchObject({ status: 0, out: expect.stringContaining(version) });
  });
});
