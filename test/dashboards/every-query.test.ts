import { beforeAll, describe, expect, test } from 'vitest';
import { dashboards } from '../../src/dashboards/files.js';
import type { Query } from '../../src/dashboards/grafana.js';
import { HOSTILE_TO_QUERIES } from '../support/hostile-strings.js';
import type { Series } from './marketplace-rows.js';
import { type Choices, Reading } from './reading.js';

const SERIES: Series[] = [
  { metric: 'dispute_rate', slice: 'all', value: 0.03, denominator: 1_000 },
  { metric: 'dispute_rate', slice: 'category=toys,region=GB', value: 0.05, denominator: 100 },
  { metric: 'orders', slice: 'all', value: 500, denominator: null },
  ...HOSTILE_TO_QUERIES.map((name, index) => ({
    metric: `m${name}`,
    slice: name,
    value: 1_000 + index,
    denominator: null,
  })),
];

const panelQueries: { title: string; query: Query }[] = dashboards.flatMap((dashboard) =>
  dashboard.panels.flatMap((panel) =>
    panel.targets.map((query) => ({ title: `${dashboard.title}: ${panel.title} (${query.refId})`, query })),
  ),
);
const markQueries = dashboards.flatMap((dashboard) =>
  dashboard.annotations.list.map(({ name, target }) => ({
    title: `${dashboard.title}: ${name}`,
    query: target,
  })),
);
const variableQueries = dashboards.flatMap((dashboard) =>
  dashboard.templating.list
    .filter((variable) => variable.type === 'query')
    .map((variable) => ({ title: `${dashboard.title}: ${variable.name}`, sql: variable.query })),
);
const everyQuery = [
  ...[...panelQueries, ...markQueries].map(({ title, query }) => ({ title, sql: query.rawSql })),
  ...variableQueries,
];

let full: Reading;
let empty: Reading;

beforeAll(async () => {
  full = await Reading.of(SERIES);
  empty = await Reading.ofNothing();
});

/** The same value for every variable. */
const everywhere = (value: string | readonly string[]): Choices =>
  Object.fromEntries(
    ['metric', 'slice', 'dimensions', 'detector', 'owner', 'alert'].map((name) => [name, value]),
  );

test.each(everyQuery)('runs for a user who can only read, on data: $title', async ({ sql }) => {
  expect((await full.ask(sql)).columns.length).toBeGreaterThan(0);
});

test.each(everyQuery.filter(({ sql }) => sql.includes(':percentencode}')))(
  'runs whatever is chosen: $title',
  async ({ sql }) => {
    await Promise.all(
      [...HOSTILE_TO_QUERIES, [], ["a'", 'b\\']].map((value) => full.ask(sql, everywhere(value))),
    );
  },
);

test.each(everyQuery)('runs on a store without rows, with nothing chosen: $title', async ({ sql }) => {
  await empty.ask(sql, everywhere(''));
});

test.each(everyQuery)('reads the default database, whatever its name: $title', ({ sql }) => {
  expect(sql).not.toMatch(/\bredress\./);
});

test.each(everyQuery)('puts choices in percent-encoded only: $title', ({ sql }) => {
  expect(sql.replaceAll(/\$\{\w+:percentencode\}/g, '').replaceAll(/\$__\w+/g, '')).not.toContain('$');
});

test.each(panelQueries.filter(({ query }) => query.queryType === 'timeseries'))(
  'that draws over time has a time on each row, oldest first: $title',
  async ({ query }) => {
    const { columns, rows } = await full.ask(query.rawSql);
    expect(columns[0]).toMatchObject({ name: 'time', type: expect.stringMatching(/^DateTime/) });
    const times = rows.map(({ time }) => String(time));
    expect(times).toEqual([...times].sort());
  },
);

test.each(markQueries)('that marks the charts says when, what and why: $title', async ({ query }) => {
  const { columns } = await full.ask(query.rawSql);
  expect(columns.map(({ name }) => name)).toEqual(['time', 'timeEnd', 'title', 'text', 'tags']);
});

describe.each(dashboards)('the page $title', ({ uid, description, panels, templating, links }) => {
  test('explains every panel and fills its grid without an overlap', () => {
    expect(description).toMatch(/^[A-Z].+\.$/);
    const taken = new Set<string>();
    for (const { description: why, gridPos, title } of panels) {
      expect(why, title).toMatch(/^[A-Z].+\.$/s);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(24);
          expect(taken.has(`${x},${y}`), `${title} overlaps at ${x},${y}`).toBe(false);
          taken.add(`${x},${y}`);
        }
    }
  });

  test('refers to columns that its queries answer, in its styles and in its links', async () => {
    for (const { targets, fieldConfig, title } of panels) {
      const answers = await Promise.all(targets.map(({ rawSql }) => full.ask(rawSql)));
      const columns = answers.flatMap((answer) => answer.columns.map(({ name }) => name));
      for (const { matcher } of fieldConfig.overrides)
        if (matcher.id === 'byName') expect(columns, title).toContain(matcher.options);
      for (const [, name] of JSON.stringify(fieldConfig).matchAll(/__data\.fields\[\\?"([^"\\]+)/g))
        expect(columns, title).toContain(name);
    }
  });

  test('leads only to dashboards and variables that there are', () => {
    for (const [, target, query] of JSON.stringify(panels).matchAll(
      /"\/d\/([\w-]+)\?([^"]*?(?:\\"[^"]*?)*)"/g,
    )) {
      const there = dashboards.find((candidate) => candidate.uid === target);
      expect(there, `${uid} leads to ${target}`).toBeDefined();
      const names = there?.templating.list.map(({ name }) => name);
      for (const [, name] of (query ?? '').matchAll(/var-(\w+)=/g)) expect(names).toContain(name);
    }
    expect(links).toMatchObject([{ type: 'dashboards', tags: ['redress'] }]);
    expect(templating.list[0]?.type).toBe('datasource');
  });
});
