import type { Target } from '../model/alert.js';
import type { Clock } from '../model/clock.js';
import type { MessageContext } from './alert-words.js';
import { consoleNotifier } from './console.js';
import type { Found, Notification, Notifier, Retry, SendOutcome } from './contract.js';
import { type GithubSettings, githubIssues } from './github-issues.js';
import { type JiraSettings, jiraIssues } from './jira.js';
import { type Tracker, trackerNotifier } from './tracker.js';
import { type WebhookSettings, webhookNotifier } from './webhook.js';

/** What the notifiers are made with. */
export interface NotifierSettings extends MessageContext {
  /** Takes one message of one or more lines, without the last line break. */
  print: (text: string) => void;
  /** Null without a token: then Slack's targets are unknown. */
  slack: Notifier | null;
  webhooks: WebhookSettings;
  trackers: TrackerSettings;
}

/** Trackers by name. */
interface TrackerSettings {
  github: Readonly<Record<string, GithubSettings>>;
  jira: Readonly<Record<string, JiraSettings>>;
}

/** Every way to tell people, one line each. */
export function createNotifiers(settings: NotifierSettings): Notifier[] {
  return [
    consoleNotifier(settings.print, settings),
    ...(settings.slack === null ? [] : [settings.slack]),
    webhookNotifier(settings.webhooks, settings),
    trackerNotifier('github', made(settings.trackers.github, githubIssues, settings), settings),
    trackerNotifier('jira', made(settings.trackers.jira, jiraIssues, settings), settings),
  ];
}

/** The trackers of one kind, each with its own settings. */
function made<Settings>(
  byName: Readonly<Record<string, Settings>>,
  make: (settings: Settings, surroundings: { clock: Clock; timeout?: number | undefined }) => Tracker,
  { webhooks }: NotifierSettings,
): ReadonlyMap<string, Tracker> {
  return new Map(Object.entries(byName).map(([name, settings]) => [name, make(settings, webhooks)]));
}

/** All notifiers as one, for whoever has a target and does not care what kind it is. */
export interface Router {
  /** `failed: unknown_target` when no notifier has the target's scheme. */
  send(target: Target, notification: Notification): Promise<SendOutcome>;
  /** Null where the target cannot be asked. */
  find(target: Target, notification: Notification): Promise<Found | Retry | null>;
}

/** Picks the notifier by the target's scheme, the part before the first colon. */
export function createRouter(notifiers: readonly Notifier[]): Router {
  const byScheme = new Map(notifiers.map((notifier) => [notifier.scheme, notifier]));
  const notifierOf = (target: Target) => byScheme.get(target.split(':', 1)[0] ?? '');
  return {
    async send(target, notification) {
      const notifier = notifierOf(target);
      return notifier === undefined
        ? { outcome: 'failed', reason: 'unknown_target' }
        : notifier.send(target, notification);
    },
    async find(target, notification) {
      return (await notifierOf(target)?.find?.(target, notification)) ?? null;
    },
  };
}
