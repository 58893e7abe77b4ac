import type { Command } from 'commander';
import type { Instant } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import { recordingRouter } from '../notify/recording.js';
import { replay } from '../pipeline/replay.js';
import { openStore } from '../store/open-store.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { instant } from './option-values.js';
import { ProgressLine } from './progress-line.js';

interface Options {
  from?: Instant;
  to?: Instant;
  replace: boolean;
}

export function register(program: Command, io: CliIo): void {
  program
    .command('replay')
    .description(
      'run the pipeline over stored events on the simulated clock; messages go to the terminal only',
    )
    .option('--from <time>', 'the first bucket, ISO 8601; the first event by default', instant)
    .option('--to <time>', 'where the clock stops, ISO 8601; after the last event by default', instant)
    .option('--replace', 'throw away what a live service has judged and decided', false)
    .action(async (options: Options, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const open = await openStore(configuration.service.clickhouse);
      const line = new ProgressLine();
      const counts = { buckets: 0, points: 0, anomalous: 0 };
      try {
        const redress = await replay(configuration, open.store, {
          ...(options.from === undefined ? {} : { from: options.from }),
          ...(options.to === undefined ? {} : { to: options.to }),
          replace: options.replace,
          router: recordingRouter(json ? () => {} : (text) => io.out(`${text}\n`), {
            owners: configuration.owners,
            dashboardsUrl: configuration.service.dashboardsUrl,
          }),
          reportFault: ({ detector, metric, slice, error }) =>
            io.err(`the detector ${detector} failed on ${metric} ${slice}: ${messageOf(error)}`),
          onMoment: (moment, judged) => {
            counts.buckets += 1;
            counts.points += judged.length;
            counts.anomalous += judged.filter((it) => it.combined.status === 'anomalous').length;
            line.show(`replaying ${new Date(moment).toISOString().slice(0, 16)}`);
          },
        });
        line.clear();
        const alerts = redress.alerts.alerts().filter((alert) => alert.openedAt !== null);
        if (json) {
          for (const alert of alerts) io.out(JSON.stringify(alert));
          return;
        }
        io.out(
          `${counts.points.toLocaleString('en-GB')} points judged at ${counts.buckets.toLocaleString('en-GB')} moments, ` +
            `${counts.anomalous.toLocaleString('en-GB')} of them anomalous, ${alerts.length} alerts.`,
        );
        io.out('They are in the store: points, verdicts, alerts, deliveries. To look: redress clickhouse');
      } finally {
        line.clear();
        await open.close();
      }
    });
}
