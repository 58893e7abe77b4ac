import { expect, it } from 'vitest';
import { formatFacts, formatTable, formatTime } from '../../src/cli/table.js';

it('sets columns under each other, numbers by their last digit', () => {
  const columns = [{ heading: 'WHAT' }, { heading: 'COUNT', align: 'right' as const }, { heading: 'WHO' }];
  const rows = [
    ['disputes', '38', 'ann'],
    ['späte 𝔡', '1,204', ''],
  ];
  expect(formatTable(columns, rows)).toBe(
    ['WHAT      COUNT  WHO', 'disputes     38  ann', 'späte 𝔡   1,204'].join('\n'),
  );
});

it('lets no data write to the terminal', () => {
  const cell = 'toys\u001b[2J\u0007\nrm\r\u009b1m';
  expect(formatTable([{ heading: 'WHERE' }], [[cell]])).toBe('WHERE\ntoys [2J rm 1m');
  expect(formatFacts([['Where', cell]])).toBe('Where  toys [2J rm 1m');
});

it('leaves out facts that there are none of', () => {
  expect(
    formatFacts([
      ['Owner', 'bob'],
      ['Note', ''],
      ['Due', 'now'],
    ]),
  ).toBe('Owner  bob\nDue    now');
});

it('shows times in UTC to the minute', () => {
  expect(formatTime('2026-03-03T14:05:59.000Z')).toBe('2026-03-03 14:05');
  expect(formatTime(null)).toBe('-');
});
