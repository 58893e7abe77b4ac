/** Text from data is only ever text: whatever it is called, it comes back as it went in, and is no code for anybody. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/alerts/fingerprint.js';
import { writeAlertChart } from '../../src/cli/alert-charts.js';
import { formatFacts, formatTable } from '../../src/cli/table.js';
import { IdSchema } from '../../src/config/text-forms.js';
import { ServiceMetrics } from '../../src/http/prometheus.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import { HOUR } from '../../src/model/clock.js';
import { formatSlice, parseSlice } from '../../src/model/slice.js';
import { shownAlert } from '../../src/notify/alert-message.js';
import { alertChart } from '../../src/notify/chart.js';
import { dashboardAddress } from '../../src/notify/dashboard-link.js';
import { markdownText } from '../../src/notify/markdown-text.js';
import { slackText } from '../../src/notify/slack-text.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { configuration } from '../flow/timeline.js';
import { CONTEXT, makeAlert, makeNotification, NOON } from '../notify/fixtures.js';
import { validateBlocks } from '../slack/validate-blocks.js';
import { arrived } from '../support/event.js';
import { HOSTILE } from '../support/hostile-strings.js';
import { metric, selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

const CONTROLS = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;
/** A day of points that are as expected. */
const POINTS = {
  points: Array.from({ length: 24 }, (_, hour) => ({
    metric: 'm',
    slice: 'all',
    bucketStart: NOON + hour * HOUR,
    bucketSeconds: 3_600,
    value: 0.01,
    numerator: 10,
    denominator: 1_000,
    amount: 0,
    revision: 1,
  })),
  verdicts: [],
};
const SERIES = POINTS.points.map((point) => ({
  point,
  verdict: {
    ...{
      metric: 'm',
      slice: 'all',
      bucketStart: point.bucketStart,
      detector: 'combined',
      status: 'normal' as const,
    },
    ...{
      reason: '' as const,
      value: 0.01,
      expected: 0.01,
      lower: 0,
      upper: 0.02,
      score: 0,
      direction: 'up' as const,
    },
  },
}));
const named = HOSTILE.map((text) => ({ text, shown: JSON.stringify(text).slice(0, 40) }));

describe('SQL', () => {
  let store: Store;
  const START = Date.UTC(2026, 0, 5, 10);
  beforeAll(async () => {
    ({ store } = await testDatabase());
    await new EventLog(store).write({
      accepted: HOSTILE.map((text, index) =>
        arrived({
          eventId: `${index}-${text}`.slice(0, 128),
          type: 'order.placed',
          occurredAt: START + index,
          category: text,
          text,
          attributes: { kind: text, [text]: 'a name' },
        }),
      ),
      rejected: [],
    });
  });

  it('counts every hostile value as a slice of its own, by fields and by attributes, and stores it as it is', async () => {
    const points = new PointTable(store);
    for (const dimension of ['category', 'kind']) {
      const definition = metric({
        id: `by_${dimension}`,
        measure: { kind: 'count', of: selector('order.placed') },
        slices: [[dimension]],
        empty: 'absent',
      });
      await new PointMaker(points).make(definition, [START]);
      const stored = await points.between(definition.id, START, START + HOUR);
      expect(stored.map(({ slice }) => parseSlice(slice)[dimension]).sort()).toEqual([...HOSTILE].sort());
      expect(stored.every(({ value }) => value === 1)).toBe(true);
    }
  });

  it('slices by attributes with hostile names, and filters on them', async () => {
    const maker = new PointMaker(new PointTable(store));
    const count = (id: string, name: string[], where = {}) =>
      maker.make(
        metric({
          id,
          measure: { kind: 'count', of: selector('order.placed', { where }) },
          slices: name.map((each) => [each]),
          empty: 'absent',
        }),
        [START],
      );
    const made = await count('named', [...HOSTILE]);
    expect(made.map(({ slice, value }) => `${value} ${slice}`)).toEqual(
      expect.arrayContaining(HOSTILE.map((name) => `1 ${formatSlice({ [name]: 'a name' })}`)),
    );
    for (const name of ["\\' OR 1 = 1 --", '{metric:String}', '__proto__'])
      expect(await count('filtered', [name], { [name]: ['a name'] })).toMatchObject([{ value: 1 }]);
  });
});

describe.each(named)('$shown', ({ text }) => {
  it('comes back from the notation of slices as it was', () => {
    expect(parseSlice(formatSlice({ region: text, 'x y': 'z' }))).toEqual({ region: text, 'x y': 'z' });
  });

  it('is no markup, no mention and no second line to Slack', () => {
    const shown = slackText(text, 300);
    expect(shown.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
    expect(shown).not.toMatch(CONTROLS);
    expect(shown.length).toBeLessThanOrEqual(300);
  });

  it('fits into a message that Slack takes', () => {
    const slice = formatSlice({ category: text });
    const carriers = [{ slice, excess: 3, share: 0.5 }];
    const alert = makeAlert({ title: text, slice, carriers, owner: text });
    const { display } = makeNotification();
    const note = {
      annotationId: 'a',
      kind: 'campaign' as const,
      title: text,
      scope: slice,
      startsAt: NOON,
      endsAt: NOON + HOUR,
    };
    const view = makeNotification({ alert, display: { ...display, title: text }, annotations: [note] });
    const { blocks } = shownAlert(view, CONTEXT, text);
    expect(validateBlocks(blocks)).toEqual([]);
    expect(JSON.stringify(blocks)).not.toContain('<!');
  });

  it('is no HTML and no Markdown', () => {
    expect(markdownText(text)).not.toMatch(/[<>]|(?<!\\)[`*_[\]|~]/);
  });

  it('stays one line and writes nothing to a terminal but letters', () => {
    const table = formatTable([{ heading: 'WHAT' }, { heading: 'WHO' }], [[text, 'ann']]);
    expect(table.split('\n')).toHaveLength(2);
    for (const line of [...table.split('\n'), ...formatFacts([['What', text]]).split('\n')])
      expect(line).not.toMatch(CONTROLS);
  });

  it('is one value of an address, and of an identity', () => {
    const slice = formatSlice({ category: text });
    const address = dashboardAddress(makeAlert({ slice }), 'https://grafana.example.com');
    expect(new URL(address ?? '').searchParams.get('var-slice')).toBe(slice);
    expect(new URL(address ?? '').host).toBe('grafana.example.com');
    expect(fingerprintOf({ metric: 'm', slice, direction: 'up' })).toMatch(/^m-up-[0-9a-f]{10}$/);
  });

  it('is one label to Prometheus, on one line', async () => {
    const metrics = new ServiceMetrics({ now: () => 0 });
    metrics.pointsMade(text, 7);
    const lines = (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith('redress_points_made_total'));
    expect(lines).toHaveLength(1);
    const [, label = ''] =
      /^redress_points_made_total\{metric="((?:[^"\\\n]|\\.)*)"\} 7$/.exec(lines[0] ?? '') ?? [];
    expect(label.replaceAll(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))).toBe(text);
  });
});

it.each(named.filter(({ text }) => /[<_&]/.test(text)))(
  'is no element of a picture, and leaves nothing behind in the process that drew it: $shown',
  ({ text }) => {
    const { display } = makeNotification();
    const slice = formatSlice({ category: text });
    const note = {
      annotationId: 'a',
      kind: 'campaign' as const,
      title: text,
      scope: slice,
      startsAt: NOON,
      endsAt: NOON + HOUR,
    };
    const svg = alertChart({
      ...POINTS,
      alerts: [],
      annotations: [note],
      slice,
      display: { ...display, title: text },
    });
    expect(svg).not.toMatch(/<(script|img|svg onload)/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
    const inherited: string[] = [];
    for (const name in {}) inherited.push(name);
    expect(inherited).toEqual([]);
  },
);

it('a picture of a hostile slice is one file in its folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-hostile-'));
  for (const text of ['../../../../etc/passwd', '/dev/null', '..', `${'ü'.repeat(500)}`]) {
    const alert = makeAlert({ slice: formatSlice({ category: text }) });
    const file = await writeAlertChart(folder, 1, alert, SERIES, configuration());
    expect(file.startsWith(`${folder}/01-`)).toBe(true);
    expect(readdirSync(folder)).toContain(file.slice(folder.length + 1));
  }
});

it('names that become parts of statements and files are of plain letters alone', () => {
  const taken = HOSTILE.filter((text) => IdSchema.safeParse(text).success);
  expect(taken.filter((text) => !/^[A-Za-z][\w-]*$/.test(text))).toEqual([]);
});
