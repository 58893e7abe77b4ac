import type { Command } from 'commander';
import { writeDashboards } from '../dashboards/files.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('dashboards')
    .description('write the Grafana dashboards, and the files that provision them and their data source')
    .option('--out <dir>', 'the folder to write to', 'dashboards')
    .action(async ({ out }: { out: string }, command: Command) => {
      const { json } = globalOptions(command);
      for (const path of await writeDashboards(out)) io.out(json ? JSON.stringify({ written: path }) : path);
    });
}
