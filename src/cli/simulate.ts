import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { DAY } from '../model/clock.js';
import { encodeEvent } from '../model/event-json.js';
import { formatSlice } from '../model/slice.js';
import { defaultIncidents, type Truth } from '../simulation/incident.js';
import { type Simulation, simulateMarketplace } from '../simulation/simulate.js';
import { createLog } from './context.js';
import { openTarget } from './event-target.js';
import type { CliIo } from './io.js';
import { sendEvents } from './send-events.js';

interface Options {
  seed: number;
  start: Date;
  days: number;
  orders: number;
  truth?: string;
  to?: string;
  rate: number;
  live: boolean;
}

export function register(program: Command, io: CliIo): void {
  program
    .command('simulate')
    .description(
      "make a marketplace's events, with incidents whose truth is known; NDJSON on standard output",
    )
    .option('--seed <n>', 'the same seed makes the same events', wholeNumber, 7)
    .option(
      '--start <time>',
      "the first moment: ISO 8601, or '28d ago'",
      date,
      new Date(Date.UTC(2026, 0, 5)),
    )
    .option('--days <n>', 'how long', wholeNumber, 42)
    .option('--orders <n>', 'orders a day, in the mean', wholeNumber, 4_000)
    .option('--truth <file>', 'write what is true of the incidents, as NDJSON')
    .option(
      '--to <url>',
      'send the events instead: to a running service, http://127.0.0.1:8080, or to Kafka, kafka://127.0.0.1:9092/marketplace.events',
    )
    .option('--rate <n>', 'events a second when sending, at most', wholeNumber, 2_000)
    .option('--live', 'send each event when it happens; what is past goes at once', false)
    .action(async (options: Options) => {
      const start = options.start.getTime();
      const simulation = simulateMarketplace({
        seed: options.seed,
        start,
        days: options.days,
        ordersPerDay: options.orders,
        incidents: defaultIncidents(start),
        timezone: 'Europe/London',
      });
      if (options.truth !== undefined)
        await writeFile(options.truth, simulation.truth.map(truthLine).join(''));
      if (options.to === undefined) return print(simulation);
      const target = await openTarget(options.to, createLog('silent'));
      try {
        const sent = await sendEvents(simulation.events, target, {
          rate: Math.max(1, options.rate),
          live: options.live,
        });
        io.err(`${sent} events sent to ${options.to}`);
      } finally {
        await target.close();
      }
    });
}

async function print(simulation: Simulation): Promise<void> {
  let text = '';
  for (const event of simulation.events) {
    text += `${JSON.stringify(encodeEvent(event))}\n`;
    if (text.length < 1 << 16) continue;
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    text = '';
  }
  process.stdout.write(text);
}

function truthLine(truth: Truth): string {
  const { startsAt, endsAt, slice, ...rest } = truth;
  return `${JSON.stringify({
    ...rest,
    slice: formatSlice(slice),
    starts_at: new Date(startsAt).toISOString(),
    ends_at: new Date(endsAt).toISOString(),
  })}\n`;
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('not a whole number');
  return number;
}

function date(text: string): Date {
  const days = /^(\d+)d ago$/.exec(text)?.[1];
  if (days !== undefined) return new Date(Date.now() - Number(days) * DAY);
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime())) throw new InvalidArgumentError('not a time such as 2026-01-05T00:00Z');
  return parsed;
}
