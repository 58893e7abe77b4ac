import type { Command } from 'commander';
import { orphanText } from '../alerts/orphans.js';
import { formatProblems } from '../config/problems.js';
import { ReloadedSchema } from '../http/routes/reload.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withService } from './service-client.js';

export function register(program: Command, io: CliIo): void {
  withService(
    program
      .command('reload')
      .description('have the running service take its configuration again; SIGHUP does the same'),
  ).action(async (options: { url: string }, command: Command) => {
    const { json } = globalOptions(command);
    const answer = await clientFor(options).post('/v1/reload', {}, ReloadedSchema);
    if (json) return io.out(JSON.stringify(answer));
    if (answer.warnings.length > 0) io.err(formatProblems(answer.warnings));
    for (const { alert_id, ...orphan } of answer.orphans)
      io.err(orphanText({ alertId: alert_id, ...orphan }));
    io.out('the new configuration takes effect');
  });
}
