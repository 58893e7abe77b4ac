import { describe, expect, it } from 'vitest';
import { readLabels } from '../../src/detection/backtest/label-file.js';
import { type Label, toldOf } from '../../src/detection/backtest/labels.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import { episode, label, T0 } from './backtest-fixtures.js';

const at = (text: string): number => Date.parse(text);
const plain = ({ metric, slice, from, to, title, place }: Label) => ({
  metric,
  slice,
  from,
  to,
  title,
  place,
});

describe('labels', () => {
  const expected = [
    {
      metric: 'dispute_rate',
      slice: { category: 'toys', region: 'DE' },
      from: at('2026-01-27T09:00Z'),
      to: at('2026-01-31T09:00Z'),
      title: 'A batch of toys',
    },
    {
      metric: null,
      slice: {},
      from: at('2026-02-03T00:00Z'),
      to: at('2026-02-04T00:00Z'),
      title: 'labels:3',
    },
  ];
  const written = {
    CSV: [
      'from,to,metric,slice,title',
      '2026-01-27T09:00Z,2026-01-31T10:00+01:00,dispute_rate,"category=toys,region=DE",A batch of toys',
      '2026-02-03,2026-02-04,,,',
    ].join('\n'),
    NDJSON: [
      '{"id":"toys","title":"A batch of toys","metric":"dispute_rate","slice":"category=toys,region=DE","starts_at":"2026-01-27T09:00:00.000Z","ends_at":"2026-01-31T09:00:00.000Z","factor":16}',
      '',
      '{"from":"2026-02-03","to":"2026-02-04"}',
    ].join('\n'),
    'CSV with semicolons': [
      'from;to;metric;slice;title',
      '27.01.2026 09:00;31.01.2026 09:00;dispute_rate;category=toys,region=DE;A batch of toys',
      '03.02.2026;04.02.2026;;;',
    ].join('\n'),
    YAML: [
      '- { metric: dispute_rate, slice: { region: DE, category: toys }, from: 2026-01-27 09:00, to: "2026-01-31T09:00Z", title: A batch of toys }',
      '# later',
      '- { from: 2026-02-03, to: 2026-02-04 }',
    ].join('\n'),
  };

  it.each(Object.entries(written))('are read from %s, each with its place', (_form, text) => {
    expect(readLabels(text, 'labels').map(plain)).toEqual([
      { ...expected[0], place: expect.stringMatching(/^labels:[12]$/) },
      { ...expected[1], place: 'labels:3' },
    ]);
  });

  it('that are wrong are told of all at once, each with its line', () => {
    const text = [
      'from,to,slice',
      '2026-01-27,2026-01-26,',
      'yesterday,2026-01-26,',
      '2026-01-27,,',
      '2026-01-27,2026-01-28,toys',
    ].join('\n');
    expect(() => readLabels(text, 'labels.csv')).toThrow(
      [
        'labels.csv:2: to: 2026-01-26 is not after 2026-01-27',
        "labels.csv:3: from: 'yesterday' is not a time such as 2026-03-01T08:00Z",
        'labels.csv:4: to: is missing',
        "labels.csv:5: slice 'toys': 'toys' is not dimension=value",
      ].join('\n'),
    );
    expect(() => readLabels('{"from": 1', 'x.ndjson')).toThrow('x.ndjson:1: is not JSON');
    expect(() => readLabels('- from: [', 'x.yaml')).toThrow(/^x\.yaml:1: is not YAML/);
    expect(() => readLabels('- 3', 'x.yaml')).toThrow('x.yaml:1: is not a label');
    expect(() => readLabels('metric,begin\norders,1\n', 'x.csv')).toThrow(
      "x.csv:1: there is no column 'from'; there are metric, begin",
    );
    expect(() => readLabels('from,to\n2026-01-27,2026-01-28,toys\n', 'x.csv')).toThrow(
      /^x\.csv:2: is not a table of labels/,
    );
    expect(() => readLabels('from,to\n', 'x.csv')).toThrow('x.csv: there is no label in it');
  });
});

describe('an alert tells of a label', () => {
  const toys = label({ metric: 'dispute_rate', slice: { category: 'toys' }, from: T0, to: T0 + 5 * HOUR });
  const told = (slice: string, firedAt = T0 + HOUR, metric = 'dispute_rate') =>
    toldOf(toys, episode({ slice, metric, openedAt: firedAt }), DAY);

  it.each([
    ['its own slice', 'category=toys', true],
    ['the whole', 'all', true],
    ['a child', 'category=toys,region=DE', true],
    ['a slice that crosses it', 'region=DE', true],
    ['a sister', 'category=books', false],
    ["a sister's child", 'category=books,region=DE', false],
  ])('on %s: %s', (_which, slice, tells) => {
    expect(told(slice) !== null).toBe(tells);
  });

  it('on its metric only, and on any where it names none', () => {
    expect(told('all', T0 + HOUR, 'refund_rate')).toBeNull();
    expect(toldOf({ ...toys, metric: null }, episode({ metric: 'refund_rate', openedAt: T0 }), DAY)).toBe(T0);
  });

  it('when it fires from the beginning to the end and its grace, and not when it was open before', () => {
    expect(told('all', T0 - 1)).toBeNull();
    expect(told('all', T0)).toBe(T0);
    expect(told('all', T0 + 5 * HOUR + DAY - 1)).toBe(T0 + 5 * HOUR + DAY - 1);
    expect(told('all', T0 + 5 * HOUR + DAY)).toBeNull();
  });

  it('when it comes back in that time, and never when it was held back', () => {
    const before = episode({ openedAt: T0 - DAY });
    expect(toldOf(toys, { ...before, announcedAt: [T0 - DAY, T0 + HOUR] }, 0)).toBe(T0 + HOUR);
    expect(toldOf(toys, { ...episode({ openedAt: T0 + HOUR }), announcedAt: [] }, 0)).toBeNull();
  });
});
