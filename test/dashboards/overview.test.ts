import { beforeAll, describe, expect, test } from 'vitest';
import type { Panel, Query } from '../../src/dashboards/grafana.js';
import { overview } from '../../src/dashboards/overview.js';
import type { StoreAddress } from '../../src/store/store.js';
import { testDatabase } from '../support/store.js';
import { type Answer, asSent, runReadOnly, type TimeRange, type VariableValue } from './grafana-stand-in.js';
import {
  FROM,
  POINTS_A_SERIES,
  type Series,
  TO,
  writeAlerts,
  writeCalendar,
  writeFollowUps,
  writeInputs,
  writeMessages,
  writeSeries,
} from './marketplace-rows.js';

const RANGE: TimeRange = { from: FROM, to: TO, intervalSeconds: 3_600 };

/** Names that have broken somebody's dashboard: they must be as good as any other. */
const AWKWARD = [
  "it's",
  'say "hi"',
  '`tick`',
  'a\\b',
  'ends in \\',
  "\\' OR 1 = 1 --",
  "' OR '1' = '1",
  '100%',
  '%27',
  '',
  'all',
  '$__all',
  '$__timeFilter(bucket_start)',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like Grafana's own notation.
  '${slice}',
  '{a,b}',
  '/* comment',
  'Zürich 漢字 😀',
];

const SERIES: Series[] = [
  { metric: 'dispute_rate', slice: 'all', value: 0.03, denominator: 1_000 },
  { metric: 'dispute_rate', slice: 'category=toys,region=GB', value: 0.05, denominator: 100 },
  { metric: 'orders', slice: 'all', value: 500, denominator: null },
  ...AWKWARD.map((name, index) => ({
    metric: `m${name}`,
    slice: name,
    value: 1_000 + index,
    denominator: null,
  })),
];

const panelQueries: { title: string; query: Query }[] = overview.panels.flatMap((panel) =>
  panel.targets.map((query) => ({ title: `${panel.title} (${query.refId})`, query })),
);
const markQueries = overview.annotations.list.map(({ name, target }) => ({ title: name, query: target }));
const variableQueries = overview.templating.list
  .filter((variable) => variable.type === 'query')
  .map((variable) => ({ title: variable.name, sql: variable.query }));
const everyQuery = [
  ...[...panelQueries, ...markQueries].map(({ title, query }) => ({ title, sql: query.rawSql })),
  ...variableQueries,
];

let address: StoreAddress;
let empty: StoreAddress;

beforeAll(async () => {
  const database = await testDatabase();
  address = database.address;
  const { store } = database;
  await writeSeries(store, SERIES);
  await writeAlerts(store);
  await writeFollowUps(store);
  await writeMessages(store);
  await writeInputs(store);
  await writeCalendar(store);
  await store.close();
  const other = await testDatabase();
  empty = other.address;
  await other.store.close();
});

const ask = (sql: string, metric: VariableValue = 'dispute_rate', slice: VariableValue = 'all') =>
  runReadOnly(address, asSent(sql, { metric, slice }, RANGE));

function panel(title: string): Panel {
  const found = overview.panels.find((candidate) => candidate.title.includes(title));
  if (found === undefined) throw new Error(`no panel '${title}'`);
  return found;
}

async function shown(title: string, metric?: VariableValue, slice?: VariableValue): Promise<Answer['rows']> {
  const answers = await Promise.all(panel(title).targets.map(({ rawSql }) => ask(rawSql, metric, slice)));
  return answers.flatMap(({ rows }) => rows);
}

describe('every query of the dashboard', () => {
  test.each(everyQuery)('runs for a user who can only read, on data: $title', async ({ sql }) => {
    expect((await ask(sql)).columns.length).toBeGreaterThan(0);
  });

  test.each(everyQuery)('runs whatever is chosen: $title', async ({ sql }) => {
    for (const value of [...AWKWARD, [], ["a'", 'b\\']]) await ask(sql, value, value);
  });

  test.each(everyQuery)('runs on a store without rows: $title', async ({ sql }) => {
    await runReadOnly(empty, asSent(sql, { metric: '', slice: '' }, RANGE));
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
      const { columns, rows } = await ask(query.rawSql);
      expect(columns[0]).toMatchObject({ name: 'time', type: expect.stringMatching(/^DateTime/) });
      const times = rows.map(({ time }) => String(time));
      expect(times).toEqual([...times].sort());
    },
  );

  test.each(markQueries)('that marks the charts says when, what and why: $title', async ({ query }) => {
    const { columns } = await ask(query.rawSql);
    expect(columns.map(({ name }) => name)).toEqual(['time', 'timeEnd', 'title', 'text']);
  });
});

describe('the variables', () => {
  const sqlOf = (name: string): string =>
    overview.templating.list.find((variable) => variable.name === name)?.query ?? '';

  test('offer every metric', async () => {
    const { rows } = await ask(sqlOf('metric'));
    expect(rows.map(({ metric }) => metric).sort()).toEqual(
      [...new Set(SERIES.map(({ metric }) => metric))].sort(),
    );
  });

  test("offer the chosen metric's slices, the whole first", async () => {
    const { rows } = await ask(sqlOf('slice'));
    expect(rows).toEqual([{ slice: 'all' }, { slice: 'category=toys,region=GB' }]);
  });
});

describe('the chart of a metric', () => {
  test.each(SERIES)('shows the points of the chosen series and no other: $metric $slice', async (series) => {
    const rows = await shown('value and expected band', series.metric, series.slice);
    expect(rows.map(({ value }) => value)).toEqual(Array(POINTS_A_SERIES).fill(series.value));
  });

  test('has the band that the detectors agreed on, and marks what was anomalous', async () => {
    const rows = await shown('value and expected band', 'orders', 'all');
    expect(rows[0]).toMatchObject({ value: 500, expected: null, lower: null, upper: null, anomalous: null });
    expect(rows[1]).toMatchObject({ expected: 250, lower: 0, upper: 375, anomalous: null });
    expect(rows.at(-1)).toMatchObject({ expected: 250, anomalous: 500 });
  });

  test('shows rates in percent and counts as numbers', async () => {
    const rowsOf = async (refId: string, metric: string) => {
      const target = panel('value and expected band').targets.find((query) => query.refId === refId);
      return (await ask(target?.rawSql ?? '', metric)).rows.length;
    };
    expect(await rowsOf('rate', 'dispute_rate')).toBe(POINTS_A_SERIES);
    expect(await rowsOf('value', 'dispute_rate')).toBe(0);
    expect(await rowsOf('rate', 'orders')).toBe(0);
    expect(await rowsOf('value', 'orders')).toBe(POINTS_A_SERIES);
    expect(panel('value and expected band').fieldConfig.overrides[0]).toEqual({
      matcher: { id: 'byFrameRefID', options: 'rate' },
      properties: [{ id: 'unit', value: 'percentunit' }],
    });
  });

  test('says how many cases are behind a point', async () => {
    expect((await shown('cases behind'))[0]).toMatchObject({ counted: 30, 'out of': 1_000 });
  });
});

describe('the panels', () => {
  test('count alerts that are open, by severity', async () => {
    expect(await shown('Open alerts')).toEqual([{ critical: 1, warning: 1, info: 0 }]);
    expect(await shown('Alerts that nobody has taken')).toEqual([{ critical: 1, warning: 0, info: 0 }]);
  });

  test('list open alerts first, however old, and only the resolved ones of the time shown', async () => {
    const { rows } = await ask(panelSql('Alerts'));
    expect(rows.map(({ state }) => state)).toEqual(['firing', 'acknowledged', 'resolved']);
    expect(rows[1]).toMatchObject({
      'acknowledged by': 'kim',
      'excess cases': 12.5,
      'excess money': 300,
    });
  });

  test('count follow-ups that are not closed, and the overdue ones among them', async () => {
    expect(await shown('Follow-ups not closed')).toEqual([{ open: 2, overdue: 1 }]);
    expect(await shown('Follow-ups by state')).toEqual([
      { state: 'open', follow_ups: 1 },
      { state: 'in_progress', follow_ups: 1 },
      { state: 'verified', follow_ups: 2 },
    ]);
  });

  test('list follow-ups by due date, with what a verified fix saves', async () => {
    const { rows } = await ask(panelSql('Follow-ups'));
    expect(rows.map((row) => [row.title, row.overdue, row['saved a week']])).toEqual([
      ['overdue', 'overdue', null],
      ['in time', '', null],
      ['done', '', 80],
    ]);
  });

  test('tell for each target what became of its messages', async () => {
    expect(await shown('Messages not delivered')).toEqual([{ 'given up': 1, waiting: 1 }]);
    expect(await shown('Messages by target')).toEqual([
      { target: 'slack:#care', sent: 1, waiting: 0, replaced: 1, 'given up': 0 },
      { target: 'webhook:ops', sent: 0, waiting: 1, replaced: 0, 'given up': 1 },
    ]);
  });

  test('tell why inputs were rejected, the most frequent reason first', async () => {
    expect(await shown('Rejected events')).toMatchObject([
      { reason: 'invalid_date', field: 'occurred_at', source: 'http', inputs: 2 },
      { reason: 'malformed_json', field: '', source: 'http', inputs: 1 },
    ]);
  });

  test('show a source that went quiet before the time shown, the quietest first', async () => {
    expect(await shown('How fresh the data is')).toMatchObject([
      { source: 'http', behind: 40 * 86_400, events: 1 },
      { source: 'kafka', behind: 60, events: 2 },
    ]);
  });

  test('count the points of each metric', async () => {
    const rows = (await shown('Points made')).filter(({ metric }) => metric === 'dispute_rate');
    expect(rows.map(({ points }) => points)).toEqual(Array(POINTS_A_SERIES).fill(2));
  });

  const panelSql = (title: string): string =>
    overview.panels.find((candidate) => candidate.title === title)?.targets[0]?.rawSql ?? '';
});

describe('the marks on the charts', () => {
  const titles = async (name: string, slice: string) => {
    const mark = overview.annotations.list.find((candidate) => candidate.name.startsWith(name));
    return (await ask(mark?.target.rawSql ?? '', 'dispute_rate', slice)).rows.map(({ title }) => title);
  };

  test('are the alerts of the chosen series that were open in the time shown', async () => {
    expect(await titles('Alerts', 'all')).toEqual(['Alert: warning', 'Alert: critical', 'Alert: warning']);
    expect(await titles('Alerts', 'category=toys,region=GB')).toEqual([]);
  });

  test('are the campaigns and changes that concern the chosen slice', async () => {
    expect(await titles('Campaigns', 'all')).toEqual(['everywhere']);
    expect(await titles('Campaigns', 'category=toys,region=GB')).toEqual(['everywhere', 'toys']);
  });
});

describe('the page', () => {
  test('explains every panel and fills its grid without an overlap', () => {
    const taken = new Set<string>();
    for (const { description, gridPos, title } of overview.panels) {
      expect(description, title).toMatch(/^[A-Z].+\.$/);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(24);
          expect(taken.has(`${x},${y}`), `${title} overlaps at ${x},${y}`).toBe(false);
          taken.add(`${x},${y}`);
        }
    }
  });

  test('refers to columns that its queries answer', async () => {
    for (const { targets, fieldConfig, title } of overview.panels) {
      const answers = await Promise.all(targets.map(({ rawSql }) => ask(rawSql)));
      const columns = answers.flatMap((answer) => answer.columns.map(({ name }) => name));
      for (const { matcher } of fieldConfig.overrides)
        if (matcher.id === 'byName') expect(columns, title).toContain(matcher.options);
    }
  });
});
