import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationFolder, jsonLines, newFolder, redress } from './process.js';

describe('redress rejected', { timeout: 60_000 }, () => {
  let config: string;
  const folder = newFolder();
  const rejected = (...args: string[]) => redress(['rejected', ...args, '--config', config]);

  beforeAll(async () => {
    config = configurationFolder().config;
    const file = join(folder, 'bad.ndjson');
    const event = { event_id: 'e1', type: 'order.placed', occurred_at: '2026-03-03T10:00:00' };
    const lines = [
      JSON.stringify(event),
      '{"event_id":',
      `"${'x'.repeat(1_100_000)}"`,
      '{"type":"order.placed"}',
    ];
    writeFileSync(file, lines.join('\n'));
    expect((await redress(['ingest', '--config', config, file])).status).toBe(0);
  }, 60_000);

  it('lists them, by what is wrong with them and where they came from', async () => {
    const { out } = await rejected('list');
    expect(out).toMatch(/bad\.ndjson:2 +malformed_json/);
    expect(out).toMatch(/bad\.ndjson:1 +invalid_date +occurred_at +.*has no offset/);
    const missing = jsonLines((await rejected('--json', '--reason', 'missing_field')).out);
    expect(missing).toMatchObject([
      { source: 'file', field: 'event_id', position: expect.stringMatching(/bad\.ndjson:4$/) },
    ]);
    expect((await rejected('list', '--source', 'kafka')).out).toBe('No rejected inputs.\n');
    expect(jsonLines((await rejected('--json', '--under', folder, '--limit', '2')).out)).toHaveLength(2);
    expect((await rejected('list', '--since', 'yesterday')).status).toBe(2);
  });

  it('shows one as it came, and says when there is none', async () => {
    const { out } = await rejected('show', join(folder, 'bad.ndjson:2'));
    expect(out).toMatch(/reason +malformed_json/);
    expect(out.trimEnd().endsWith('{"event_id":')).toBe(true);
    expect(await rejected('show', 'nowhere')).toMatchObject({
      status: 1,
      err: 'no rejected input came from nowhere; see redress rejected list',
    });
  });

  it('exports them to be fixed, and what was fixed is taken', async () => {
    const { out, err } = await rejected('export');
    expect(err).toBe('1 were too large: only their beginning is kept, so they are left out');
    expect(out.split('\n').filter((line) => line !== '')).toHaveLength(3);
    const fixed = join(folder, 'fixed.ndjson');
    writeFileSync(fixed, out.replace('10:00:00"', '10:00:00Z"').replace('{"event_id":\n', ''));
    const fed = await redress(['ingest', '--json', '--config', config, fixed]);
    expect(jsonLines(fed.out)).toMatchObject([{ accepted: 1, rejected: 1 }]);
  });
});
