import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { RedressError } from '../model/errors.js';
import { encodeEvent } from '../model/event-json.js';
import { formatSlice } from '../model/slice.js';
import { defaultIncidents, type Truth } from '../simulation/incident.js';
import { type Simulation, simulateMarketplace } from '../simulation/simulate.js';
import type { CliIo } from './io.js';

interface Options {
  seed: number;
  start: Date;
  days: number;
  orders: number;
  truth?: string;
  to?: string;
  rate: number;
}

/** Events to one request when they go over HTTP. */
const REQUEST_EVENTS = 1_000;

export function register(program: Command, io: CliIo): void {
  program
    .command('simulate')
    .description(
      "make a marketplace's events, with incidents whose truth is known; NDJSON on standard output",
    )
    .option('--seed <n>', 'the same seed makes the same events', wholeNumber, 7)
    .option('--start <time>', 'the first moment, ISO 8601', date, new Date(Date.UTC(2026, 0, 5)))
    .option('--days <n>', 'how long', wholeNumber, 42)
    .option('--orders <n>', 'orders a day, in the mean', wholeNumber, 4_000)
    .option('--truth <file>', 'write what is true of the incidents, as NDJSON')
    .option(
      '--to <url>',
      "send the events to a running service's address instead, such as http://127.0.0.1:8080",
    )
    .option('--rate <n>', 'events a second when sending', wholeNumber, 2_000)
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
      if (options.to === undefined) await print(simulation);
      else io.err(`${await send(simulation, options.to, options.rate)} events sent to ${options.to}`);
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

/** Sends in requests of up to a thousand, no faster than the rate, each again until the service has taken it. */
async function send(simulation: Simulation, address: string, rate: number): Promise<number> {
  let sent = 0;
  let batch: string[] = [];
  const begun = performance.now();
  const flush = async () => {
    await post(address, batch.join('\n'));
    sent += batch.length;
    batch = [];
    const ahead = (sent / rate) * 1_000 - (performance.now() - begun);
    if (ahead > 0) await sleep(ahead);
  };
  for (const event of simulation.events) {
    batch.push(JSON.stringify(encodeEvent(event)));
    if (batch.length >= Math.min(REQUEST_EVENTS, rate)) await flush();
  }
  if (batch.length > 0) await flush();
  return sent;
}

async function post(address: string, body: string): Promise<void> {
  const token = process.env.REDRESS_TOKEN;
  for (let tries = 0; ; tries += 1) {
    let response: Response;
    try {
      response = await fetch(new URL('/v1/events', address), {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
    } catch (cause) {
      throw new RedressError('store_unavailable', `there is no service at ${address}`, { cause });
    }
    if (response.ok) return;
    if (response.status !== 503 || tries >= 60)
      throw new RedressError(
        'store_unavailable',
        `${address} answered ${response.status}: ${await response.text()}`,
      );
    await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1));
  }
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
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime())) throw new InvalidArgumentError('not a time such as 2026-01-05T00:00Z');
  return parsed;
}
