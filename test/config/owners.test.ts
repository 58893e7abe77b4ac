import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { formatProblem, formatProblems } from '../../src/config/problems.js';
import { isDayOff } from '../../src/model/owner.js';
import { detectors } from './known-detectors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-owners-'));
  await write(
    'metrics.yaml',
    '- { id: orders, kind: count, of: { event: order.placed }, slices: [[], [region]] }',
  );
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);

async function load(env: Record<string, string> = {}) {
  const loaded = await loadConfiguration(folder, { env, detectors });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  const warnings = loaded.warnings.map((it) => formatProblem({ ...it, file: basename(it.file) }));
  return { owners: loaded.configuration.owners, warnings };
}

describe('owners', () => {
  it('own slices, and work on days and in hours of their own', async () => {
    await write(
      'owners.yaml',
      `- id: noa
  name: Noa
  timezone: Asia/Jerusalem
  owns: [{ metric: orders, slice: { region: IL } }, {}]
  work: { days: [sun, mon], from: "08:30", to: "16:00", holidays: [2026-09-12] }`,
    );
    expect((await load()).owners).toEqual([
      {
        id: 'noa',
        name: 'Noa',
        slack: '',
        lead: '',
        timezone: 'Asia/Jerusalem',
        owns: [
          { metric: 'orders', labels: { region: 'IL' } },
          { metric: '', labels: {} },
        ],
        work: { days: [7, 1], from: 510, to: 960, holidays: ['2026-09-12'] },
      },
    ]);
  });

  it('have the public holidays of where they work off, part of a country or whole, beside days of their own', async () => {
    await write(
      'owners.yaml',
      `- { id: isla, name: Isla, work: { country: GB-SCT, holidays: [2026-08-17] } }
- { id: ahmet, name: Ahmet, work: { country: TR } }`,
    );
    const [isla, ahmet] = (await load()).owners;
    const off = (owner: typeof isla, ...dates: string[]) =>
      dates.filter((date) => owner?.work !== undefined && isDayOff(owner.work, date));
    // St Andrew's day is Scotland's alone, and Christmas everybody's there.
    expect(off(isla, '2026-08-17', '2026-11-30', '2026-12-24', '2026-12-25', '2027-12-25')).toEqual([
      '2026-08-17',
      '2026-11-30',
      '2026-12-25',
      '2027-12-25',
    ]);
    // Three days of Ramadan's feast, which begins at noon of the day before.
    expect(off(ahmet, '2026-03-19', '2026-03-20', '2026-03-21', '2026-03-22', '2026-03-23')).toEqual([
      '2026-03-20',
      '2026-03-21',
      '2026-03-22',
    ]);
  });

  it('are missed where a metric has slices that nobody owns', async () => {
    await write('owners.yaml', '- { id: ann, name: Ann, owns: [{ slice: { region: GB } }] }');
    expect((await load()).warnings).toEqual([
      "metrics.yaml:1:9  orders.id: nobody owns every slice of 'orders': the whole, region",
    ]);
    await write('owners.yaml', '- { id: ann, name: Ann, owns: [{ metric: orders }] }');
    expect((await load()).warnings).toEqual([]);
  });

  it('are missed on Slack where they have no id', async () => {
    await write(
      'owners.yaml',
      '- { id: ann, name: Ann, owns: [{}] }\n- { id: bob, name: Bob, slack: U024BE7LH }',
    );
    const { warnings } = await load({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret' });
    expect(warnings).toEqual([
      "owners.yaml:1:9  ann.id: 'ann' has no Slack id, so no reminder reaches them there",
    ]);
  });
});
