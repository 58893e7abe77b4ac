import type { AlertCommand, AlertRefusal } from '../alerts/command.js';
import type { Orphan } from '../alerts/orphans.js';
import type { SilenceCommand, SilenceCommandResult } from '../alerts/silence-command.js';
import type {
  FollowUpCommand,
  FollowUpCommandRefusal,
  OpenByHand,
  OpenFollowUp,
  OpenFollowUpResult,
} from '../followups/command.js';
import type { HttpIngestAnswer } from '../ingest/http-ingest.js';
import type { Alert, Target } from '../model/alert.js';
import type { AlertAnalysis, AnalysisOutcome, Span } from '../model/analysis.js';
import type { AnnotationAnswer, Announcement, ListedAnnotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { Digest } from '../model/digest.js';
import type { FollowUp } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import type { Owner } from '../model/owner.js';
import type { Silence } from '../model/silence.js';
import type { SliceLabels } from '../model/slice.js';
import type { MetricDisplay } from '../notify/contract.js';
import type { HomeView, SlackMessage } from '../notify/slack-blocks.js';
import type { SlackOutward } from './slack-inbound.js';

/**
 * What the HTTP room needs of the rest of the program; the composition root implements it. Every method that
 * changes something resolves once the change is durable, and throws a retryable `RedressError` when it could
 * not be made so: the caller is then told to come again.
 */
export interface ServicePorts {
  ingest: {
    /** A body of NDJSON or one JSON array. */
    take(body: Buffer, now: Instant): Promise<HttpIngestAnswer>;
  };
  alerts: {
    list(): readonly Alert[];
    get(alertId: string): Alert | undefined;
    /** The journal's entries about the alert, oldest first; empty for an alert that is not known. */
    story(alertId: string): Promise<readonly JournalEntry[]>;
    /** The newest bucket of an open alert's series, where it could not be judged; null where it was, or is the alert's last. */
    notEvaluable(alert: Alert): Promise<{ bucketStart: Instant; reason: string } | null>;
    act(command: AlertCommand): Promise<AlertAnswer>;
  };
  analyses: {
    /** The one that came with an alert; undefined while there is none. */
    ofAlert(alertId: string): AlertAnalysis | undefined;
    /** An answer in words, as people read it. */
    words(outcome: AnalysisOutcome): readonly AnalysisWords[];
    /** Throws `usage` for a metric that is not configured and for a span that is a part of its own baseline. */
    explain(request: ExplainRequest): Promise<AnalysisOutcome>;
  };
  annotations: {
    /** By when they begin. */
    list(span: Span): readonly ListedAnnotation[];
    announce(announcement: Announcement): Promise<AnnotationAnswer>;
    end(request: { annotationId: string; actor: string }): Promise<AnnotationAnswer>;
  };
  silences: {
    list(): readonly Silence[];
    get(silenceId: string): Silence | undefined;
    /** The journal's entries about the silence, oldest first; empty for one that is not known. */
    story(silenceId: string): Promise<readonly JournalEntry[]>;
    act(command: SilenceCommand): Promise<SilenceCommandResult>;
  };
  followUps: {
    list(): readonly FollowUp[];
    get(followUpId: string): FollowUp | undefined;
    /** The journal's entries about the follow-up, oldest first; empty for one that is not known. */
    story(followUpId: string): Promise<readonly JournalEntry[]>;
    open(request: OpenFollowUpRequest): Promise<OpenFollowUpAnswer>;
    /** The slice of an alert's main cause, if its points can prove a fix; otherwise null. */
    causeOf(alert: Alert): string | null;
    /** `not_found` is about the metric. */
    openByHand(request: OpenByHandRequest): Promise<OpenFollowUpAnswer>;
    act(command: FollowUpCommand): Promise<FollowUpAnswer>;
  };
  /** What a stretch of time has brought; `until` is now unless told, and `lasting` gives its start. */
  digest(request: DigestRequest): WrittenDigest;
  /** What the service needs in order to work, each with how it is; it is ready when all are `ok`. */
  readiness(): Promise<readonly ReadinessCheck[]>;
  /** Reads the configuration again and answers whether it is taken. */
  reload(): Promise<ReloadAnswer>;
  /** The Prometheus registry's text. */
  prometheus(): Promise<string>;
  slack: SlackPorts;
}

/** Whether a configuration that was read again is about to take effect, or what is wrong with it. */
export type ReloadAnswer =
  | { outcome: 'refused'; problems: readonly ConfigurationProblem[] }
  | { outcome: 'taken'; warnings: readonly ConfigurationProblem[]; orphans: readonly Orphan[] };

/** One thing that is wrong with a configuration, and where. */
interface ConfigurationProblem {
  file: string;
  line: number;
  column: number;
  path: string;
  message: string;
}

/** What people who do something in Slack are answered by, and what is asked there about them. */
export interface SlackPorts extends SlackOutward {
  publishHome(personId: string, view: HomeView): Promise<void>;
  /** Whether the configuration lets a person act on something. */
  mayAct(personId: string, about: ActedOn): Promise<'yes' | 'no' | 'unknown'>;
  /** Who is told of alerts at all, by any step of any policy. */
  toldOfAlerts: readonly Target[];
  /** Who hears of every follow-up. */
  toldOfFollowUps: readonly Target[];
  owners: readonly Owner[];
  displayOf(metric: string): MetricDisplay;
  /** The alert's chart as PNG; null where there is nothing to draw. */
  drawChart(alert: Alert): Promise<Buffer | null>;
  /** The alert as its own message shows it. */
  show(alert: Alert): SlackMessage;
}

/** What people act on: who owns it and who hears of it. */
export interface ActedOn {
  owner: string;
  told: readonly Target[];
}

/** One heading of an analysis with its lines. */
export interface AnalysisWords {
  heading: string;
  lines: readonly string[];
}

/** What somebody asks to be explained. */
export interface ExplainRequest {
  metric: string;
  slice: SliceLabels;
  span: Span;
  against: 'previous' | 'last-week' | 'expected' | Span;
  /** Null for those of the metric and the standing ones. */
  dimensions: readonly string[] | null;
}

export type AlertAnswer =
  | { outcome: 'done'; alert: Alert }
  | { outcome: 'refused'; reason: AlertRefusal; alert: Alert }
  | { outcome: 'not_found' };

export interface DigestRequest {
  until: Instant | undefined;
  lasting(to: Instant): Instant;
  /** An owner's id; null for everybody. */
  owner: string | null;
  timezone: string | undefined;
}

/** The digest, as people read it as well. */
export interface WrittenDigest {
  digest: Digest;
  markdown: string;
  blocks: readonly object[];
}

/** As the desk takes it, with the alert by its id. */
export type OpenFollowUpRequest = Omit<OpenFollowUp, 'alert' | 'samples' | 'on'> & {
  alertId: string;
  /** What it is to be proven on: the alert's slice or one within it. Absent for the main cause's, where it can be. */
  slice?: string | undefined;
};

/** What a person knows of a series that no alert speaks of; the rest is found in its points. */
export type OpenByHandRequest = Pick<
  OpenByHand,
  'metric' | 'slice' | 'actor' | 'title' | 'owner' | 'priority' | 'note'
> & {
  direction?: OpenByHand['direction'] | undefined;
  since?: Instant | undefined;
};

/** `not_found` is about the alert; a refusal shows the follow-up that there is, if that is the reason. */
export type OpenFollowUpAnswer =
  | { outcome: 'done'; followUp: FollowUp }
  | Extract<OpenFollowUpResult, { outcome: 'refused' }>
  | { outcome: 'not_found' };

export type FollowUpAnswer =
  | { outcome: 'done'; followUp: FollowUp }
  | { outcome: 'refused'; reason: FollowUpCommandRefusal; followUp: FollowUp }
  | { outcome: 'not_found' };

/** A command without what every command has. */
export type AskedOfFollowUp = FollowUpCommand extends infer Each
  ? Each extends FollowUpCommand
    ? Omit<Each, 'followUpId' | 'version' | 'actor'>
    : never
  : never;

export interface ReadinessCheck {
  /** `store`, `kafka`, … */
  name: string;
  ok: boolean;
  /** Why it is not; empty when it is. */
  reason: string;
}
