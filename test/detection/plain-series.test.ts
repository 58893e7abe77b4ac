import { describe, expect, test } from 'vitest';
import { readPlainSeries } from '../../src/detection/plain-series.js';
import { readingOf, readTime } from '../../src/detection/plain-time.js';

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
    ['2024-01-31 14:30:00.5 +0530', NINE + 500],
    ['2024-01-31 09:00:00 +0000 UTC', NINE],
    ['2024-01-31 04:00 EST', NINE],
    ['Wed, 31 Jan 2024 02:00:00 PDT', NINE],
    ['2024-01-31 09', NINE],
    ['31.01.24 09:00', NINE],
    ['31/01/2024, 09:00:00', NINE],
    ['1/31/24 9:00', NINE],
    ['1/31/2024 9:00am', NINE],
    ['31-JAN-24 09.00.00 AM', NINE],
    ['31/Jan/2024:09:00:00 +0000', NINE],
    ['Jan 31, 2024 @ 09:00:00.000', NINE],
    ['Wednesday, January 31, 2024 9:00 AM', NINE],
    ['Wed Jan 31 09:00:00 2024', NINE],
    ['Wed Jan 31 2024 09:00:00 GMT+0000 (Coordinated Universal Time)', NINE],
    ['1.706691600e+09', NINE],
    ['45322.375', NINE],
    ['2024013109', NINE],
    ['2024-W05-3T09:00', NINE],
    ['2024-031 09:00', NINE],
    ['01-Sep-2024', Date.UTC(2024, 8, 1)],
    ['Sept 1, 2024', Date.UTC(2024, 8, 1)],
  ])('%s', (text, instant) => {
    expect(readTime(text, readingOf([text], 'UTC'))).toBe(instant);
  });

  test.each(['2024-02', '202402', '2024/02', '02.2024', 'Feb-24', 'Feb 2024', 'February 2024', '2024M02'])(
    'the month %s begins on its first day',
    (text) => {
      expect(readTime(text, readingOf([text], 'UTC'))).toBe(Date.UTC(2024, 1, 1));
    },
  );

  test('weeks, quarters and years begin on their first day, in the zone that was given', () => {
    const begin = (text: string) => readTime(text, readingOf([text], 'Europe/Berlin'));
    expect(begin('2024-W05')).toBe(Date.UTC(2024, 0, 28, 23));
    expect(begin('Q3 2024')).toBe(Date.UTC(2024, 5, 30, 22));
    expect(begin('2024')).toBe(Date.UTC(2023, 11, 31, 23));
    // A spreadsheet's half past nine is the clock's, on the day of 23 hours too.
    expect(begin('45382.395833')).toBe(Date.UTC(2024, 2, 31, 7, 30));
  });

  test('numbers of few digits are times only where all of them are', () => {
    const reading = readingOf(['1', '1999', '2000'], 'UTC');
    expect(readTime('1999', reading)).toBeNull();
  });

  test('a time without a zone is in the zone that was given, summer and winter', () => {
    const reading = readingOf([], 'Europe/London');
    expect(readTime('2024-07-01 09:00', reading)).toBe(Date.UTC(2024, 6, 1, 8));
    expect(readTime('2024-01-01 09:00', reading)).toBe(Date.UTC(2024, 0, 1, 9));
  });

  test.each([
    ...['', 'yesterday', '2024-13-01', '2024-02-30', '12', 'value', 'Jan 31 09:00', 'maybe 2024'],
    ...['2024-01-31 25:00', '2024-01-31 13:00 PM', '2024-01-31 09:00 IST', '2024-Q5', '31 Foo 2024'],
  ])("'%s' is no time", (text) => {
    expect(readTime(text, readingOf([text], 'UTC'))).toBeNull();
  });

  test('between points the day comes first, whatever the numbers are', () => {
    const dotted = ['03.04.2024', '04.04.2024'];
    expect(dotted.map((text) => readTime(text, readingOf(dotted, 'UTC')))).toEqual([
      Date.UTC(2024, 3, 3),
      Date.UTC(2024, 3, 4),
    ]);
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
      uneven: 0,
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
    expect(values('time;value', ';1.234', ';2.345', ';12,5')).toEqual([1234, 2345, 12.5]);
    expect(values('time;value', ';1 234,5', ";1'234,5", ';−1\u202f234')).toEqual([1234.5, 1234.5, -1234]);
  });

  test('takes a comma for the decimal mark where cells are quoted for it, unless a point is one', () => {
    const quoted = (last: string) =>
      read(`time,value\n2024-01-01,"1,234"\n2024-01-02,"2,5"\n2024-01-03,${last}`);
    expect(quoted('3').points.map(({ value }) => value)).toEqual([1.234, 2.5, 3]);
    expect(quoted('3.5')).toMatchObject({
      points: [{ value: 1234 }, { value: 3.5 }],
      notes: { unreadable: [{ line: 3, reason: "'2,5' is no number" }] },
    });
  });

  test('tells the hour apart that a clock shows twice, and not where the times name their offset', () => {
    const clock = ['00:30', '01:00', '01:30', '01:00', '01:30', '02:00'].map((time) => `2024-10-27 ${time}`);
    const rows = (times: readonly string[]) => times.map((time, at) => `${time},${at}`).join('\n');
    const { points, notes, bucketSeconds } = read(rows(clock), 'Europe/London');
    expect(points.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bucketSeconds).toBe(1_800);
    expect(notes).toMatchObject({ duplicates: 0, outOfOrder: 0, gaps: 0 });
    expect(read(rows(clock.map((time) => `${time}Z`)), 'Europe/London').notes.duplicates).toBe(2);
    expect(read(rows(clock)).notes.duplicates).toBe(2);
  });

  test('finds the columns in a table with more of them, or is told which they are', () => {
    const wide = 'orders,when,refunds,cost\n10,2024-01-01,1,5\n20,2024-01-02,2,6';
    const choose = (choice: object) => readPlainSeries(wide, 'series.csv', 'UTC', choice);
    expect(choose({ time: 'when', value: 'Cost' })).toMatchObject({
      title: 'cost',
      points: [{ value: 5 }, { value: 6 }],
    });
    expect(choose({ time: 'when', numerator: 'refunds', denominator: 'orders' })).toMatchObject({
      kind: 'rate',
      title: 'refunds over orders',
      points: [{ value: 0.1 }, { value: 0.1 }],
    });
    expect(() => choose({ value: 'costs' })).toThrow(
      "no column 'costs'; there are orders, when, refunds, cost",
    );
    expect(read(',date,cost\n0,2024-01-01,5\n1,2024-01-02,6')).toMatchObject({ title: 'cost' });
    expect(read('date,time,value\n2024-01-01,00:00,5\n2024-01-01,01:00,6').bucketSeconds).toBe(3_600);
  });

  test('reads past comments, a line for spreadsheets and a cell that is spoilt', () => {
    const { points, notes } = read(
      '# from the shop; by hand\n#\ntime,value\n2024-01-01,1\n2024-01-02,2"\n2024-01-03,#N/A\n2024-01-04,3',
    );
    expect(points).toHaveLength(2);
    expect(notes).toMatchObject({ empty: 1, unreadable: [{ line: 5, reason: "'2\"' is no number" }] });
    expect(read('sep=;\ntime;value\n2024-01-01;1,5\n2024-01-02;2')).toMatchObject({
      points: [{ value: 1.5 }, {}],
    });
  });

  test('says how many steps are no whole number of buckets', () => {
    const minutes = [0, 60, 120, 150, 180, 240, 300, 480];
    const rows = minutes.map((at) => `${new Date(Date.UTC(2024, 0, 1, 0, at)).toISOString()},1`);
    expect(read(rows.join('\n'))).toMatchObject({ bucketSeconds: 3_600, notes: { uneven: 2, gaps: 1 } });
  });

  test('leaves out a rate over nothing, and does not take one of less than nothing for empty', () => {
    const { notes } = read(
      'time,a,b\n2024-01-01,1,9\n2024-01-02,1,0\n2024-01-03,1,-9\n2024-01-04,-1,9\n2024-01-05,1,9',
    );
    expect(notes).toMatchObject({ empty: 1, unreadable: [{ line: 4 }, { line: 5 }] });
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
    ['timestamp,value\n2024-01-01,5 %\n2024-01-02,6 %', "series.csv:2: '5 %' is no number"],
    ['time,a,b,c\n2024-01-01,1,2,3\n2024-01-02,1,2,3', 'could be judged: a, b, c'],
    ['2024-01-01,1,2,3\n2024-01-02,1,2,3', 'are wanted, or a heading'],
    ['value\n1\n2', 'one column only'],
    ['time,value\n2024-01-01,1\n2024-01-02,"2\n2024-01-03,3', 'series.csv:3: a quotation mark opens'],
  ])('refuses what is no series: %j', (text, words) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'input_unreadable', message: expect.stringContaining(words) }),
    );
  });
});
