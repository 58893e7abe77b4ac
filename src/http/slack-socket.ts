import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeClient } from '@slack/socket-mode';
import type { Logger } from 'pino';
import { MINUTE, SECOND } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type { SlackInbox, SlackKind } from './slack-inbox.js';

export interface SlackSocketParts {
  /** The app's own token, `xapp-…`, which may open connections. */
  appToken: string;
  /** The Web API's address. */
  apiUrl: string;
  inbox: SlackInbox;
  log: Logger;
  /** The wait before a connection that was lost is made anew, ms; it doubles with each failure. 1 s unless told. */
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

/** How long the closing of a connection is waited for, ms. */
const CLOSED_WITHIN = 2 * SECOND;

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
  reconnectAfter = SECOND,
}: SlackSocketParts): SlackSocket {
  // The client's own way of coming back gives up for good when Slack cannot be reached at all, and ends the process
  // by a promise that nobody holds. So it connects once, and coming back is done here.
  const client = new SocketModeClient({
    appToken,
    autoReconnectEnabled: false,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    logger: quietLogger(log),
  });
  let stopped = false;
  let failures = 0;
  let again: NodeJS.Timeout | undefined;

  const comeBack = (reason: string): void => {
    if (stopped || again !== undefined) return;
    log.warn({ reason }, 'not connected to Slack by socket; it is tried again');
    const wait = Math.min(reconnectAfter * 2 ** failures, MINUTE);
    failures += 1;
    again = setTimeout(connect, wait);
  };
  const connect = (): void => {
    again = undefined;
    client.start().then(
      () => {
        failures = 0;
        log.info('connected to Slack by socket');
      },
      (error: unknown) => comeBack(messageOf(error)),
    );
  };
  client.on('disconnected', () => comeBack('the connection was closed'));

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
      // A connection that is broken already never says that it is closed.
      const enough = new AbortController();
      const late = sleep(CLOSED_WITHIN, undefined, { signal: enough.signal }).catch(() => {});
      await Promise.race([client.disconnect(), late]);
      enough.abort();
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
