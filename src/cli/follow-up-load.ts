import type { Command } from 'commander';
import { DigestSchema } from '../http/routes/digest.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withService } from './service-client.js';
import { type Column, formatFacts, formatTable } from './table.js';

interface Options {
  url: string;
  from?: string;
  owner?: string;
}

const COLUMNS: readonly Column[] = [
  { heading: 'OWNER' },
  ...['OPEN', 'OVERDUE', 'URGENT', 'HIGH', 'NORMAL', 'LOW', '< 1 WEEK', '< 4 WEEKS', 'OLDER'].map(
    (heading): Column => ({ heading, align: 'right' }),
  ),
];

/** `follow-ups load`: how much there is to do, by owner, priority and age, and how it goes. */
export function registerLoad(followUps: Command, io: CliIo): void {
  withService(followUps.command('load'))
    .description('how much is open, by owner, priority and age, and how long people and fixes take')
    .option('--from <when>', 'how it goes since then, ISO 8601 with an offset; a week ago unless given')
    .option('--owner <id>', "one owner's; everybody's unless given")
    .action(async (options: Options, command: Command) => {
      const { from, owner } = options;
      const asked = Object.entries({ from, owner }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
      );
      const { workload } = await clientFor(options).get(`/v1/digest?${asked.join('&')}`, DigestSchema);
      if (globalOptions(command).json) {
        io.out(JSON.stringify(workload));
        return;
      }
      const rows = workload.open.map(({ owner: id, open, overdue, by_priority, by_age }) => [
        id === '' ? '-' : id,
        ...[open, overdue],
        ...['urgent', 'high', 'normal', 'low'].map((priority) => by_priority[priority] ?? 0),
        ...['days', 'weeks', 'months'].map((age) => by_age[age] ?? 0),
      ]);
      io.out(
        rows.length === 0
          ? 'Nothing is open.'
          : formatTable(
              COLUMNS,
              rows.map((row) => row.map(String)),
            ),
      );
      const facts = formatFacts([
        ['To acknowledge', span(workload.seconds_to_acknowledge)],
        ['To fix', span(workload.seconds_to_fix)],
        ['To verify', span(workload.seconds_to_verify)],
        ['Verified', share(workload.share_verified, 'of what was closed')],
        ['Opened again', share(workload.reopen_rate, 'of what was ever verified')],
      ]);
      if (facts !== '') io.out(`\n${facts}`);
    });
}

function span(seconds: number | null): string {
  if (seconds === null) return '';
  const hours = seconds / 3_600;
  const short = (length: number) => Number(length.toPrecision(2));
  if (hours < 1) return `${short(seconds / 60)} min (median)`;
  return `${hours < 48 ? `${short(hours)} h` : `${short(hours / 24)} days`} (median)`;
}

function share(value: number | null, of: string): string {
  return value === null ? '' : `${Math.round(value * 100)} % ${of}`;
}
