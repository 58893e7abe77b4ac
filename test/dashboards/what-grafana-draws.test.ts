/** That what a query answers is, once the plugin has made fields of it, what its kind of panel can draw. */
import { beforeAll, describe, expect, test } from 'vitest';
import { dashboards } from '../../src/dashboards/files.js';
import type { Override, Panel } from '../../src/dashboards/grafana.js';
import { asFields, type Field } from './grafana-stand-in.js';
import { Reading } from './reading.js';

let reading: Reading;

beforeAll(async () => {
  reading = await Reading.of([
    { metric: 'dispute_rate', slice: 'all', value: 0.03, denominator: 1_000 },
    { metric: 'dispute_rate', slice: 'region=GB', value: 0.05, denominator: 100 },
    { metric: 'orders', slice: 'all', value: 500, denominator: null },
  ]);
});

const panels = dashboards.flatMap((dashboard) =>
  dashboard.panels.map((panel) => ({ name: `${dashboard.title}: ${panel.title}`, panel })),
);
const ofTypes = (...types: Panel['type'][]) => panels.filter(({ panel }) => types.includes(panel.type));

/** The fields of a panel, one list for each of its queries that has an answer. */
async function framesOf({ targets }: Panel): Promise<Field[][]> {
  const frames = await Promise.all(
    targets.map(async ({ rawSql, queryType }) => asFields(queryType, await reading.ask(rawSql))),
  );
  return frames.filter((fields) => fields.length > 0);
}

const propertyOf = (override: Override, id: string): unknown =>
  override.properties.find((property) => property.id === id)?.value;

describe('a chart over time', () => {
  test.each(ofTypes('timeseries', 'state-timeline', 'barchart'))(
    'has one time and numbers, nothing else: $name',
    async ({ panel }) => {
      const frames = await framesOf(panel);
      expect(frames.length).toBeGreaterThan(0);
      for (const [time, ...values] of frames) {
        expect(time?.kind).toBe('time');
        expect(values.length).toBeGreaterThan(0);
        expect(new Set(values.map(({ kind }) => kind))).toEqual(new Set(['number']));
      }
    },
  );

  test.each(ofTypes('timeseries', 'state-timeline', 'barchart'))(
    'names each series by a label that it has, and no two alike: $name',
    async ({ panel }) => {
      const byLabel = /^\$\{__field\.labels\.(\w+)\}$/.exec(
        String(panel.fieldConfig.defaults.displayName),
      )?.[1];
      for (const [, ...values] of await framesOf(panel)) {
        for (const { labels } of values)
          expect(Object.keys(labels)).toEqual(byLabel === undefined ? [] : [byLabel]);
        const names = values.map(({ name, labels }) => (byLabel === undefined ? name : labels[byLabel]));
        expect(new Set(names).size).toBe(names.length);
      }
    },
  );

  test.each(ofTypes('timeseries'))(
    'fills a band down to a line that Grafana finds by the name that it shows: $name',
    ({ panel: { targets, fieldConfig } }) => {
      for (const override of fieldConfig.overrides) {
        const other = propertyOf(override, 'custom.fillBelowTo');
        if (other === undefined) continue;
        const shown = fieldConfig.overrides.find(({ matcher }) => matcher.options === other);
        // With one query alone the column's name is what is shown.
        if (targets.length > 1) expect(shown && propertyOf(shown, 'displayName')).toBe(other);
        else expect(shown).toBeDefined();
      }
    },
  );

  test.each(ofTypes('state-timeline'))('says a state in words and a colour: $name', async ({ panel }) => {
    const { options } =
      (panel.fieldConfig.defaults.mappings as { options: Record<string, unknown> }[])[0] ?? {};
    const numbers = (await reading.shown(dashboardOf(panel), panel.title)).map(({ state }) => String(state));
    expect(numbers.length).toBeGreaterThan(0);
    for (const number of new Set(numbers))
      expect(options?.[number]).toMatchObject({ text: expect.any(String), color: expect.any(String) });
  });
});

test.each(ofTypes('stat', 'bargauge'))('a figure is a number: $name', async ({ panel }) => {
  const [fields = []] = await framesOf(panel);
  expect(fields.some(({ kind }) => kind === 'number')).toBe(true);
  if (panel.type === 'stat') for (const { kind } of fields) expect(kind).toBe('number');
});

test.each(panels)('units, digits and limits are for numbers and times alone: $name', async ({ panel }) => {
  const fields = (await framesOf(panel)).flat();
  for (const override of panel.fieldConfig.overrides) {
    const field = fields.find(({ name }) => name === override.matcher.options);
    if (override.matcher.id !== 'byName' || field === undefined) continue;
    const unit = propertyOf(override, 'unit');
    const isTime = typeof unit === 'string' && /^(dateTime|time:)/.test(unit);
    if (unit !== undefined) expect(field.kind, field.name).toBe(isTime ? 'time' : 'number');
    if (propertyOf(override, 'decimals') !== undefined) expect(field.kind, field.name).toBe('number');
    if (propertyOf(override, 'thresholds') !== undefined) expect(field.kind, field.name).toBe('number');
  }
});

test.each(panels)('hides a column in every Grafana that has the plugin: $name', ({ panel }) => {
  for (const override of panel.fieldConfig.overrides)
    expect(propertyOf(override, 'custom.hidden')).toBe(propertyOf(override, 'custom.hideFrom.viz'));
});

test.each(panels)('a link keeps the time and the data source: $name', ({ panel }) => {
  for (const [, url] of JSON.stringify(panel).matchAll(/"url":"((?:[^"\\]|\\.)*)"/g))
    expect(url).toMatch(/\?\$\{__url_time_range\}&\$\{datasource:queryparam\}/);
});

function dashboardOf(panel: Panel) {
  const dashboard = dashboards.find((candidate) => candidate.panels.includes(panel));
  if (dashboard === undefined) throw new Error(`no dashboard has the panel '${panel.title}'`);
  return dashboard;
}
