import type { Command } from 'commander';
import { DigestSchema } from '../http/routes/digest.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withService } from './service-client.js';

interface Options {
  url: string;
  from?: string;
  to?: string;
  owner?: string;
  timezone?: string;
  slack: boolean;
}

export function register(program: Command, io: CliIo): void {
  withService(program.command('digest'))
    .description(
      'what the last week has brought, as Markdown: opened, verified with its effect, overdue, work load',
    )
    .option('--from <when>', 'ISO 8601 with an offset; a week before the end unless given')
    .option('--to <when>', 'ISO 8601 with an offset; now unless given')
    .option('--owner <id>', "one owner's; everybody's unless given")
    .option('--timezone <name>', "of the dates; the owner's, or UTC, unless given")
    .option('--slack', "as JSON for Slack's chat.postMessage instead", false)
    .action(async (options: Options, command: Command) => {
      const { from, to, owner, timezone } = options;
      const asked = Object.entries({ from, to, owner, timezone }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
      );
      const query = asked.length === 0 ? '' : `?${asked.join('&')}`;
      const digest = await clientFor(options).get(`/v1/digest${query}`, DigestSchema);
      if (globalOptions(command).json) io.out(JSON.stringify(digest));
      else if (options.slack) io.out(JSON.stringify({ blocks: digest.blocks }));
      else io.out(digest.markdown);
    });
}
