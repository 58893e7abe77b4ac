import { SocketModeClient } from '@slack/socket-mode';
import type { Logger } from 'pino';
import { messageOf } from '../model/errors.js';
import type { SlackInbox, SlackKind } from './slack-inbox.js';

export interface SlackSocketParts {
  /** The app's own token, `xapp-…`, which may open connections. */
  appToken: string;
  /** The Web API's address. */
  apiUrl: string;
  inbox: SlackInbox;
  log: Logger;
  /** The first wait before a connection that was lost is made anew, ms; it grows with each failure. 5 s unless told. */
  reconnectAfter?: number;
}

export interface SlackSocket {
  /** Takes nothing more, and resolves when the connection is closed. */
  stop(): Promise<void>;
}

/** What an envelope of a type holds. Slack's own words for them. */
const KINDS: ReadonlyMap<string, SlackKind> = new Map([
  ['interactive', 'interaction'],
  ['slash_commands', 'command'],
  ['events_api', 'event'],
]);

interface Envelope {
  type: string;
  body: unknown;
  ack(response?: object): Promise<void>;
}

/**
 * Takes what people do in Slack over a connection that we open ourselves, for installations that nobody can reach
 * from outside (Slack, "Using Socket Mode"). The same inbox deals with it, and nothing has to be signed, because
 * Slack is at the other end. A connection that is lost, or cannot be made, is tried again for as long as it takes.
 */
export function openSlackSocket({
  appToken,
  apiUrl,
  inbox,
  log,
  reconnectAfter = 5_000,
}: SlackSocketParts): SlackSocket {
  const client = new SocketModeClient({
    appToken,
    clientOptions: { slackApiUrl: apiUrl },
    clientPingTimeout: reconnectAfter,
    logger: quietLogger(log),
  });
  let stopped = false;
  let again: NodeJS.Timeout | undefined;

  // The client gives up for good when Slack cannot be reached at all; a service must not.
  const connect = (): void => {
    client.start().then(
      () => log.info('connected to Slack by socket'),
      (error: unknown) => {
        if (stopped) return;
        log.warn({ reason: messageOf(error) }, 'Slack cannot be reached by socket; it is tried again');
        again = setTimeout(connect, reconnectAfter);
      },
    );
  };

  client.on('slack_event', ({ type, body, ack }: Envelope) => {
    const kind = KINDS.get(type);
    const taken = kind === undefined ? null : inbox.take(kind, body);
    // Whatever is not acknowledged comes again, so that what nobody can read is acknowledged as well.
    Promise.resolve(taken)
      .then((answer) => ack(answer?.outcome === 'taken' && answer.body !== null ? answer.body : undefined))
      .catch((error: unknown) =>
        log.warn({ reason: messageOf(error), type }, 'Slack was not answered by socket'),
      );
  });
  connect();

  return {
    async stop() {
      stopped = true;
      clearTimeout(again);
      await client.disconnect();
    },
  };
}

/** The client speaks of each ping and each try; only what an operator can do something about is kept. */
function quietLogger(log: Logger) {
  const nothing = () => undefined;
  const say = (...parts: unknown[]): void => log.debug({ said: parts.map(String).join(' ') }, 'socket');
  return {
    debug: nothing,
    info: nothing,
    warn: say,
    error: say,
    setLevel: nothing,
    setName: nothing,
    getLevel: () => 'error' as never,
  };
}
