import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Configuration } from '../config/configuration.js';
import { packagedConfiguration } from '../config/starting-configuration.js';
import type { Alert } from '../model/alert.js';
import { DAY, type Instant } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { ArrivedEvent } from '../model/event.js';
import type { JournalEntry } from '../model/journal.js';
import type { Notification } from '../notify/contract.js';
import type { Router } from '../notify/index.js';
import { replay } from '../pipeline/replay.js';
import type { Redress } from '../redress.js';
import { defaultIncidents, type Truth } from '../simulation/incident.js';
import { judgeAlerts } from '../simulation/judge-alerts.js';
import { type PlannedAct, SimulatedPeople } from '../simulation/people.js';
import { simulateMarketplace } from '../simulation/simulate.js';
import { EventLog } from '../store/event-log.js';
import { openStore } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { chartedSpan, writeAlertChart } from './alert-charts.js';
import { globalOptions, readConfiguration } from './context.js';
import { type DemoOutcome, demoJson, demoReport } from './demo-report.js';
import type { CliIo } from './io.js';
import { ProgressLine } from './progress-line.js';
import { wholeNumber } from './simulate.js';

interface Options {
  seed: number;
  days: number;
  orders: number;
  data: string;
  out: string;
  keep: boolean;
}

/** A Monday, so that the weeks of the demo are weeks. */
const START = Date.UTC(2026, 0, 5);
const BATCH_EVENTS = 50_000;

export function register(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('a simulated marketplace through the whole pipeline, and what it found against the truth')
    .option('--seed <n>', 'the same seed makes the same marketplace', wholeNumber, 7)
    .option('--days <n>', 'how long', wholeNumber, 42)
    .option('--orders <n>', 'orders a day, in the mean', wholeNumber, 4_000)
    .option(
      '--data <dir>',
      "the store's folder; what an earlier demo left there is removed first",
      'data/demo',
    )
    .option('--out <dir>', 'where the charts go', 'out/demo')
    .option('--keep', 'leave the store for looking around', false)
    .action(async (options: Options, command: Command) => {
      const begun = performance.now();
      const { config, json } = globalOptions(command);
      const folder =
        command.getOptionValueSourceWithGlobals('config') === 'default' ? packagedConfiguration() : config;
      const configuration = await readConfiguration(folder, io);
      const data = resolve(options.data);
      await clear(data);
      const line = new ProgressLine();
      const step = (text: string) => {
        line.clear();
        if (!json) io.err(text);
      };

      step('Starting the embedded ClickHouse …');
      const open = await openStore({ ...configuration.service.clickhouse, url: null, data, port: 0 });
      try {
        const incidents = defaultIncidents(START);
        const simulation = simulateMarketplace({
          seed: options.seed,
          start: START,
          days: options.days,
          ordersPerDay: options.orders,
          incidents,
          timezone: 'Europe/London',
        });
        const truth = simulation.truth.filter((it) => it.startsAt < START + options.days * DAY);
        step(`Simulating ${options.days} days of a marketplace and storing its events …`);
        const events = await load(open.store, simulation.events, (at, count) =>
          line.show(`  ${day(at)}  ${count.toLocaleString('en-GB')} events`),
        );
        step('Running the pipeline over them on the simulated clock …');
        const counts = { points: 0, messages: 0 };
        const redress = await live(configuration, open.store, truth, START + options.days * DAY, {
          onMoment: (at, points) => {
            counts.points += points;
            line.show(`  ${day(at)}  ${counts.points.toLocaleString('en-GB')} points judged`);
          },
          onMessage: () => {
            counts.messages += 1;
          },
          reportFault: (text) => io.err(text),
        });
        step('Drawing the charts …');
        const judged = judgeAlerts(redress.alerts.alerts(), truth);
        const told = [...judged.found.flatMap((it) => it.alerts), ...judged.falseAlarms];
        const charts = await draw(redress, told, resolve(options.out));
        line.clear();
        const outcome: DemoOutcome = {
          ...judged,
          configuration,
          events,
          ...counts,
          followUps: redress.followUps.followUps(),
          charts,
          seconds: (performance.now() - begun) / 1_000,
          days: options.days,
          data: options.keep ? options.data : null,
        };
        if (json) for (const row of demoJson(outcome)) io.out(JSON.stringify(row));
        else io.out(demoReport(outcome));
      } finally {
        line.clear();
        await open.close();
        if (!options.keep) await rm(data, { recursive: true, force: true });
      }
    });
}

/** Says that a folder is a demo's, which may be thrown away. */
const MARK = 'redress-demo';

/** Makes the folder anew. Throws `usage` for one that holds something else than an earlier demo. */
async function clear(folder: string): Promise<void> {
  const held = await readdir(folder).catch((): string[] => []);
  if (held.length > 0 && !held.includes(MARK))
    throw new RedressError(
      'usage',
      `${folder} is not a demo's folder and is left alone: give another as --data`,
    );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, MARK), '');
}

async function load(
  store: Store,
  events: Iterable<ArrivedEvent['event']>,
  onProgress: (at: Instant, count: number) => void,
): Promise<number> {
  const log = new EventLog(store);
  let batch: ArrivedEvent[] = [];
  let count = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async (at: Instant) => {
    await writing;
    writing = log.write({ accepted: batch, rejected: [] });
    // A failure is met at the next flush; until then nobody waits for it.
    writing.catch(() => {});
    batch = [];
    onProgress(at, count);
    // The generator is synchronous: this is where the write gets its turn.
    await new Promise(setImmediate);
  };
  for (const event of events) {
    count += 1;
    batch.push({
      event,
      arrival: {
        source: 'file',
        position: `simulation:${count}`,
        receivedAt: event.occurredAt,
        version: BigInt(count),
      },
    });
    if (batch.length >= BATCH_EVENTS) await flush(event.occurredAt);
  }
  await flush(batch.at(-1)?.event.occurredAt ?? 0);
  await writing;
  return count;
}

/** Lives through the stored events, with simulated people who answer the messages. */
async function live(
  configuration: Configuration,
  store: Store,
  truth: readonly Truth[],
  to: Instant,
  watcher: {
    onMoment(at: Instant, points: number): void;
    onMessage(): void;
    reportFault(text: string): void;
  },
): Promise<Redress> {
  const people = new SimulatedPeople(truth);
  const planned: PlannedAct[] = [];
  const router: Router = {
    send: async (_target, notification) => {
      watcher.onMessage();
      planned.push(...heardBy(people, notification));
      return { outcome: 'sent', messageRef: 'demo' };
    },
    find: async () => null,
  };
  let carryOut: (act: PlannedAct, now: Instant) => readonly JournalEntry[] = () => [];
  return replay(configuration, store, {
    from: START,
    to,
    router,
    reportFault: ({ detector, metric, slice, error }) =>
      watcher.reportFault(`the detector ${detector} failed on ${metric} ${slice}: ${messageOf(error)}`),
    onReady: (redress) => {
      carryOut = (act, now) => entriesOf(act, redress, now);
    },
    afterDelivery: (pipeline) => {
      for (const act of planned.splice(0)) pipeline.schedule(act.at, (now) => carryOut(act, now));
    },
    onMoment: (at, judged) => watcher.onMoment(at, judged.length),
  });
}

/** The simulated people act on what they hear of alerts and of follow-ups that hang on one. */
function heardBy(people: SimulatedPeople, notification: Notification): PlannedAct[] {
  if (notification.kind !== 'alert' && notification.kind !== 'follow_up') return [];
  const { alert, followUp, delivery } = notification;
  return alert === null ? [] : people.hear({ alert, followUp, reason: delivery.reason }, delivery.dueAt);
}

function entriesOf(act: PlannedAct, redress: Redress, now: Instant): readonly JournalEntry[] {
  const { alertId, actor } = act;
  const { commands } = redress;
  if (act.kind === 'acknowledge') return commands.alert({ kind: 'acknowledge', alertId, actor }, now).entries;
  const alert = redress.alerts.alert(alertId);
  if (alert === undefined) return [];
  if (act.kind === 'open_follow_up') return commands.openFollowUp({ alert, actor }, now).entries;
  const followUp = redress.followUps.forAlert(alertId);
  if (followUp === undefined) return [];
  return commands.followUp({ kind: act.kind, followUpId: followUp.followUpId, actor }, now).entries;
}

/** Draws each alert on its series; answers the files by alert. */
async function draw(
  redress: Redress,
  alerts: readonly Alert[],
  folder: string,
): Promise<Map<string, string>> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const [index, alert] of alerts.entries()) {
    const { from, to } = chartedSpan(alert, redress.configuration);
    const series = await redress.points.series(alert.metric, alert.slice, from, to);
    const file = await writeAlertChart(folder, index + 1, alert, series, redress.configuration);
    files.set(alert.alertId, file);
  }
  return files;
}

const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10);
