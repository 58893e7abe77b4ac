import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { AlertCommand } from '../../src/alerts/command.js';
import type { SilenceCommand } from '../../src/alerts/silence-command.js';
import type { FollowUpCommand } from '../../src/followups/command.js';
import { buildDigest } from '../../src/followups/digest.js';
import type {
  ExplainRequest,
  OpenByHandRequest,
  OpenFollowUpRequest,
  ServicePorts,
} from '../../src/http/ports.js';
import { createApplication, type ServerOptions } from '../../src/http/server.js';
import { slackInbox } from '../../src/http/slack.js';
import type { Alert } from '../../src/model/alert.js';
import type { AlertAnalysis } from '../../src/model/analysis.js';
import type { AnnotationAnswer, Announcement, ListedAnnotation } from '../../src/model/annotation.js';
import { HOUR, SimulatedClock } from '../../src/model/clock.js';
import type { FollowUp } from '../../src/model/follow-up.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Silence } from '../../src/model/silence.js';
import { shownAlert } from '../../src/notify/alert-message.js';
import { digestBlocks, digestMarkdown } from '../../src/notify/digest-message.js';
import type { HomeView, ModalView } from '../../src/notify/slack-blocks.js';
import { CONTEXT, makeAlert, makeFollowUp, makeNotification } from '../notify/fixtures.js';

export const NOW = Date.UTC(2026, 2, 3, 14);
const SIGNING_SECRET = 'stand-in-signing-secret';

/** An alert of disputes in GB that fired an hour ago. */
export function alertOf(overrides: Partial<Alert> = {}): Alert {
  return makeAlert({
    alertId: 'alert-1',
    fingerprint: 'dispute_rate|region=GB|up',
    slice: 'region=GB',
    startedAt: NOW - 2 * HOUR,
    openedAt: NOW - HOUR,
    impactCount: 38,
    impactAmount: 1_520,
    ...overrides,
  });
}

/** A follow-up of that alert, due in three days. */
export function followUpOf(overrides: Partial<FollowUp> = {}): FollowUp {
  return makeFollowUp({
    followUpId: 'follow-up-1',
    alertId: 'alert-1',
    fingerprint: 'dispute_rate|region=GB|up',
    slice: 'region=GB',
    title: 'Disputes per delivered order',
    state: 'open',
    openedAt: NOW,
    dueAt: NOW + 72 * HOUR,
    ...overrides,
  });
}

export function entryOf(reason: string, version: number, actor = 'system'): JournalEntry {
  const body = alertOf({ version }) as unknown as JournalEntry['body'];
  return { stream: 'alert', id: 'alert-1', version, at: NOW, actor, reason, body };
}

/** Everything that the composition root would do, done by hand; a test replaces what it is about. */
export class FakeService implements ServicePorts {
  readonly bodies: string[] = [];
  readonly alertCommands: AlertCommand[] = [];
  readonly followUpCommands: FollowUpCommand[] = [];
  readonly opened: OpenFollowUpRequest[] = [];
  readonly openedByHand: OpenByHandRequest[] = [];
  followUpStory: JournalEntry[] = [];
  readonly replies: { responseUrl: string; text: string }[] = [];
  readonly whispers: { person: string; text: string }[] = [];
  readonly modals: { trigger: string; view: ModalView }[] = [];
  readonly homes = new Map<string, HomeView>();
  knownAnalyses: AlertAnalysis[] = [];
  readonly explained: ExplainRequest[] = [];
  knownAlerts: Alert[] = [alertOf()];
  knownFollowUps: FollowUp[] = [followUpOf()];

  ingest: ServicePorts['ingest'] = {
    take: async (body) => {
      this.bodies.push(body.toString('utf8'));
      return {
        accepted: 1,
        rejected: [{ line: 2, reason: 'missing_field', field: 'type', detail: 'type is missing' }],
      };
    },
  };

  notEvaluable: { bucketStart: number; reason: string } | null = null;
  alerts: ServicePorts['alerts'] = {
    list: () => this.knownAlerts,
    get: (id) => this.knownAlerts.find(({ alertId }) => alertId === id),
    story: async () => [entryOf('fired', 1), entryOf('acknowledged', 2, 'ann')],
    notEvaluable: async () => this.notEvaluable,
    act: async (command) => {
      this.alertCommands.push(command);
      const alert = this.alerts.get(command.alertId);
      return alert === undefined
        ? { outcome: 'not_found' }
        : { outcome: 'done', alert: { ...alert, state: 'acknowledged', acknowledgedBy: command.actor } };
    },
  };

  analyses: ServicePorts['analyses'] = {
    ofAlert: (alertId) => this.knownAnalyses.find((each) => each.alertId === alertId),
    words: () => [{ heading: 'Where', lines: ['region GB: all of it'] }],
    explain: async (request) => {
      this.explained.push(request);
      return {
        status: 'refused',
        reason: 'no_baseline',
        detail: 'nothing was counted in the time to compare with',
      };
    },
  };

  knownAnnotations: ListedAnnotation[] = [];
  readonly announcements: Announcement[] = [];
  annotationAnswer: AnnotationAnswer = { outcome: 'not_found' };

  annotations: ServicePorts['annotations'] = {
    list: () => this.knownAnnotations,
    announce: async (announcement) => {
      this.announcements.push(announcement);
      return this.annotationAnswer;
    },
    end: async () => this.annotationAnswer,
  };

  readonly silenceCommands: SilenceCommand[] = [];
  knownSilences: Silence[] = [];

  silences: ServicePorts['silences'] = {
    list: () => this.knownSilences,
    get: (id) => this.knownSilences.find(({ silenceId }) => silenceId === id),
    story: async () => [],
    act: async (command) => {
      this.silenceCommands.push(command);
      const [silence] = this.knownSilences;
      return silence === undefined ? { outcome: 'not_found' } : { outcome: 'done', entries: [], silence };
    },
  };

  cause: string | null = null;

  followUps: ServicePorts['followUps'] = {
    list: () => this.knownFollowUps,
    get: (id) => this.knownFollowUps.find(({ followUpId }) => followUpId === id),
    open: async (request) => {
      this.opened.push(request);
      return this.alerts.get(request.alertId) === undefined
        ? { outcome: 'not_found' }
        : { outcome: 'done', followUp: followUpOf() };
    },
    causeOf: () => this.cause,
    story: async () => this.followUpStory,
    openByHand: async (request) => {
      this.openedByHand.push(request);
      return { outcome: 'done', followUp: followUpOf({ alertId: '' }) };
    },
    act: async (command) => {
      this.followUpCommands.push(command);
      const followUp = this.followUps.get(command.followUpId);
      return followUp === undefined ? { outcome: 'not_found' } : { outcome: 'done', followUp };
    },
  };

  digest: ServicePorts['digest'] = ({ until = NOW, lasting, owner, timezone = 'UTC' }) => {
    const { knownFollowUps: followUps, knownAlerts: alerts } = this;
    const digest = buildDigest({ followUps, alerts }, { from: lasting(until), to: until, owner });
    const context = { timezone, displayOf: () => makeNotification().display };
    return { digest, markdown: digestMarkdown(digest, context), blocks: digestBlocks(digest, context) };
  };

  reload: ServicePorts['reload'] = async () => ({ outcome: 'taken', warnings: [], orphans: [] });
  readiness: ServicePorts['readiness'] = async () => [{ name: 'store', ok: true, reason: '' }];
  prometheus: ServicePorts['prometheus'] = async () => 'redress_events_accepted_total 1\n';
  slack: ServicePorts['slack'] = {
    owners: CONTEXT.owners,
    displayOf: () => makeNotification().display,
    show: (alert) =>
      shownAlert(
        { alert, annotations: [], group: null, followUp: null, display: makeNotification().display },
        CONTEXT,
        '',
      ),
    drawChart: async () => Buffer.from('PNG'),
    mayAct: async () => 'yes',
    toldOfAlerts: [],
    toldOfFollowUps: [],
    reply: async (responseUrl, message) => {
      this.replies.push({ responseUrl, text: typeof message === 'string' ? message : message.text });
    },
    tell: async (person, text) => {
      this.whispers.push({ person, text });
    },
    openModal: async (trigger, view) => {
      this.modals.push({ trigger, view });
    },
    publishHome: async (person, view) => {
      this.homes.set(person, view);
    },
  };
}

export function serverOptions(ports: ServicePorts, overrides: Partial<ServerOptions> = {}): ServerOptions {
  const clock = overrides.clock ?? new SimulatedClock(NOW);
  const log = pino({ level: 'silent' });
  return {
    ports,
    tokens: [],
    host: '127.0.0.1',
    port: 0,
    signingSecrets: [SIGNING_SECRET],
    inbox: slackInbox(ports, clock, log),
    clock,
    log,
    maxBodyBytes: 1_024,
    requestsPerMinute: 1_000,
    trustedProxies: [],
    ...overrides,
  };
}

export function application(
  ports: ServicePorts,
  overrides: Partial<ServerOptions> = {},
  prepare?: (app: FastifyInstance) => void,
): FastifyInstance {
  return createApplication(serverOptions(ports, overrides), prepare);
}
