import { describe, expect, test } from 'vitest';
import { readPlainSeries } from '../../src/detection/plain-series.js';
import { readTime } from '../../src/detection/plain-time.js';

const read = (text: string, timezone = 'UTC') => readPlainSeries(text, 'series.csv', timezone);

describe('times as people write them', () => {
  const NINE = Date.UTC(2024, 0, 31, 9);
  test.each([
    ['2024-01-31T09:00:00Z', NINE],
    ['2024-01-31T10:00+01:00', NINE],
    ['2024-01-31 09:00:00', NINE],
    ['2024-01-31 09:00:00.000000', NINE],
    ['2024-01-31 09:00:00 UTC', NINE],
    ['2024-01-31', NINE - 9 * 3_600_000],
    ['20240131', NINE - 9 * 3_600_000],
    ['202401310900', NINE],
    ['20240131090000', NINE],
    ['31-Jan-2024 09:00', NINE],
    [String(NINE / 1_000), NINE],
    [String(NINE), NINE],
    [`${NINE}000`, NINE],
    [`${NINE}000000`, NINE],
    ['2024/01/31 09:00', NINE],
    ['31.01.2024 09:00', NINE],
    ['31/1/2024 9:00 AM', NINE],
    ['31 Jan 2024 09:00', NINE],
    ['Wed, 31 Jan 2024 09:00:00 +0000', NINE],
  ])('%s', (text, instant) => {
    expect(readTime(text, { timezone: 'UTC', slashes: 'day-first' })).toBe(instant);
  });

  test('a time without a zone is in the zone that was given, summer and winter', () => {
    const reading = { timezone: 'Europe/London', slashes: 'day-first' } as const;
    expect(readTime('2024-07-01 09:00', reading)).toBe(Date.UTC(2024, 6, 1, 8));
    expect(readTime('2024-01-01 09:00', reading)).toBe(Date.UTC(2024, 0, 1, 9));
  });

  test.each(['', 'yesterday', '2024-13-01', '12', 'value'])("'%s' is no time", (text) => {
    expect(readTime(text, { timezone: 'UTC', slashes: 'day-first' })).toBeNull();
  });

  test('one number above 12 tells the order of all dates with slashes', () => {
    const days = (text: string) =>
      read(text).points.map(({ bucketStart }) => new Date(bucketStart).getUTCDate());
    expect(days('date,value\n11/01/2024,1\n12/01/2024,1\n13/01/2024,1')).toEqual([11, 12, 13]);
    expect(days('date,value\n01/11/2024,1\n01/12/2024,1\n01/13/2024,1')).toEqual([11, 12, 13]);
  });
});

describe('a plain series', () => {
  test('is a value or a rate by its columns, with or without a heading, in any order and separation', () => {
    const value = { kind: 'value', bucketSeconds: 3_600 };
    expect(read('timestamp,value\n2024-01-01 00:00,5\n2024-01-01 01:00,6')).toMatchObject(value);
    expect(read('2024-01-01 00:00,5\n2024-01-01 01:00,6')).toMatchObject(value);
    expect(read('value;time\n5,5;2024-01-01 00:00\n6;2024-01-01 01:00')).toMatchObject({
      ...value,
      points: [{ value: 5.5 }, { value: 6 }],
    });
    const rate = read('\ufefftimestamp\tnumerator\tdenominator\n1704067200\t3\t60\n1704070800\t4\t50');
    expect(rate).toMatchObject({
      kind: 'rate',
      points: [{ value: 0.05, numerator: 3, denominator: 60 }, {}],
    });
  });

  test('tells what it found: gaps, repeats, disorder, and what it could not read', () => {
    const { points, bucketSeconds, notes } = read(
      [
        'timestamp,value',
        '2024-01-01 00:00,1',
        '2024-01-01 00:05,2',
        '2024-01-01 00:05,3',
        '2024-01-01 00:15,5',
        '2024-01-01 00:10,4',
        '2024-01-01 00:20,',
        '2024-01-01 00:25,many',
        'soon,7',
        '2024-01-01 00:40,8',
        '2024-01-01 00:45,9',
      ].join('\n'),
    );
    expect(points.map(({ value }) => value)).toEqual([1, 3, 4, 5, 8, 9]);
    expect(bucketSeconds).toBe(300);
    expect(notes).toEqual({
      rows: 10,
      duplicates: 1,
      outOfOrder: 1,
      gaps: 1,
      absentBuckets: 4,
      empty: 1,
      unreadable: [
        { line: 8, reason: "'many' is no number" },
        { line: 9, reason: "'soon' is no time" },
      ],
    });
  });

  test('reads numbers as the table writes them: a comma groups thousands where it separates the cells, too', () => {
    const values = (heading: string, ...cells: string[]) =>
      read([heading, ...cells.map((cell, day) => `2024-01-0${day + 1}${cell}`)].join('\n')).points.map(
        ({ value }) => value,
      );
    expect(values('time,value', ',"1,234"', ',"1,234,567.5"', ',12.5')).toEqual([1234, 1234567.5, 12.5]);
    expect(values('time;value', ';1,234', ';1.234,5', ';12')).toEqual([1.234, 1234.5, 12]);
    expect(values('time|value', '|1,234', '|1,234.5')).toEqual([1234, 1234.5]);
    expect(read('time,value\n2024-01-01,1\n2024-01-02,2\n2024-01-03,"1,5"').notes.unreadable).toEqual([
      { line: 4, reason: "'1,5' is no number" },
    ]);
  });

  test('leaves out a rate over nothing, and does not take one over less than nothing for empty', () => {
    const { notes } = read('time,a,b\n2024-01-01,1,9\n2024-01-02,1,0\n2024-01-03,1,-9\n2024-01-04,1,9');
    expect(notes).toMatchObject({ empty: 1, unreadable: [{ line: 4 }] });
  });

  test('months of different lengths are no gaps', () => {
    const months = Array.from(
      { length: 12 },
      (_, month) => `2024-${String(month + 1).padStart(2, '0')}-01,${month}`,
    );
    expect(read(months.join('\n')).notes).toMatchObject({ gaps: 0, absentBuckets: 0 });
  });

  test.each([
    ['', 'nothing'],
    ['timestamp,value\n2024-01-01,1', 'two are needed'],
    ['timestamp,value\n2024-01-01,5 %\n2024-01-02,6 %', "line 2: '5 %' is no number"],
    ['time,a,b,c\n2024-01-01,1,2,3\n2024-01-02,1,2,3', 'are wanted'],
  ])('refuses what is no series: %j', (text, words) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'input_unreadable', message: expect.stringContaining(words) }),
    );
  });
});
