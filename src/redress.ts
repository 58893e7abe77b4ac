import type { AlertDesk } from './alerts/desk.js';
import type { Configuration } from './config/configuration.js';
import type { FollowUpDesk } from './followups/desk.js';
import type { Restated } from './metrics/late-events.js';
import type { PointMaker } from './metrics/point-maker.js';
import type { Annotation, KeptAnnotation } from './model/annotation.js';
import type { Instant } from './model/clock.js';
import type { JournalEntry } from './model/journal.js';
import type { Outbox } from './notify/outbox.js';
import type { Commands } from './pipeline/commands.js';
import type { SampleRequest } from './pipeline/follow-up-samples.js';
import type { Pipeline } from './pipeline/pipeline.js';
import type { StaleBuckets } from './pipeline/stale-buckets.js';
import type { EventLog } from './store/event-log.js';
import type { Journal } from './store/journal.js';
import type { PointTable } from './store/point-table.js';

/** Everything that decides, put together over one store. */
export interface Redress {
  /** What is announced is among its annotations. */
  configuration: Configuration;
  annotations: { calendar: readonly Annotation[]; kept: readonly KeptAnnotation[] };
  events: EventLog;
  points: PointTable;
  maker: PointMaker;
  journal: Journal;
  alerts: AlertDesk;
  followUps: FollowUpDesk;
  commands: Commands;
  /** Cases that were counted while a series was wrong, the newest first. */
  samples(request: SampleRequest): Promise<readonly string[]>;
  pipeline: Pipeline;
  /** Writes entries together or not at all. */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** The end of the last bucket that each metric has been judged for. */
  progress: ReadonlyMap<string, Instant>;
  outbox: Outbox;
  staleBuckets: StaleBuckets;
  /** Judges points that late events have changed again, and all that came after them. */
  judgeAgain(restated: readonly Restated[]): Promise<void>;
  /** Stores what the judges know, so that a restart goes on where it stopped. */
  saveJudges(): Promise<void>;
}
