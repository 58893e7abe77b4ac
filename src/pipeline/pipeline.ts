import type { AlertDesk } from '../alerts/desk.js';
import type { Observation } from '../alerts/metric-desk.js';
import { carriers } from '../analysis/carriers.js';
import { detectorsHealth } from '../detection/faults.js';
import type { JudgedPoint, Judging } from '../detection/judging.js';
import { explanations, speakersFirst } from '../detection/story.js';
import type { FollowUpDesk } from '../followups/desk.js';
import type { DigestDesk } from '../followups/digest-desk.js';
import type { Evidence, EvidenceRequest } from '../followups/measure/evidence.js';
import { bucketEnd, bucketStart, bucketStarts, MOST_MADE_AT_ONCE } from '../metrics/buckets.js';
import type { PointMaker } from '../metrics/point-maker.js';
import { DAY, type Instant, SECOND } from '../model/clock.js';
import type { BusyTargets, DeliveryRequest } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import { type MetricDefinition, nominalSeconds } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import type { DecisionLog } from '../store/decision-log.js';
import type { SampleRequest } from './follow-up-samples.js';

export interface PipelineParts {
  metrics: readonly MetricDefinition[];
  points: Pick<PointMaker, 'make'>;
  judging: Judging;
  alerts: AlertDesk;
  followUps: FollowUpDesk;
  digests: DigestDesk;
  log: Pick<DecisionLog, 'judged' | 'append' | 'flush'>;
  /** Reads the history that a fix is verified by. */
  evidence(request: EvidenceRequest): Promise<Evidence>;
  /** Makes the analyses of alerts that have fired, and answers those that are ready; absent where nobody reads them. */
  analyse?(now: Instant): Promise<readonly JournalEntry[]>;
  /** Cases that a follow-up which opens by itself shows. */
  samples(request: SampleRequest): Promise<readonly string[]>;
  /** Sends what is due, and answers what became of it as journal entries. */
  deliver(now: Instant): Promise<void>;
  /** The targets that something is being sent to just now; absent where all sending is waited for. */
  underway?: BusyTargets;
  /** The end of the last bucket that each metric has been judged for. */
  progress: Map<string, Instant>;
  /** The event time up to which everything is believed to be there, at a moment; null when nothing is known. */
  completeUntil(now: Instant, metric: MetricDefinition): Instant | null;
  /** The first moment that there is something to judge at; null while there is nothing. */
  findBeginning(): Promise<Instant | null>;
  /**
   * Nothing is decided as if it were earlier than this; by default everything is decided at its own moment. It is asked
   * each time, because a clock may jump and a process may be suspended.
   */
  notBefore?(): Instant;
  /** Called when what was due has been delivered. */
  afterDelivery?(pipeline: Pipeline): void;
  /** Judges a bucket of a metric's; whoever gives it can see how long that takes. */
  duringJudging?: (<Result>(metric: string, judge: () => Result) => Result) | undefined;
  /** Told after each moment that had buckets to close. */
  onMoment?(moment: Instant, judged: readonly JudgedPoint[]): void | Promise<void>;
}

/** Buckets of so much time are made in one go when there is much to catch up, but no more than may be. */
const LONGEST_STRETCH = 7 * DAY;
/** A bucket that closed longer before it could be judged is history: whoever loads a year wants no year of alerts. */
const OLDEST_NEWS = DAY;

const judgeAtOnce = <Result>(_metric: string, judge: () => Result): Result => judge();

/** The reasons of the entries with which an episode begins or goes on. */
const FIRED: ReadonlySet<string> = new Set(['fired', 'reopened', 'inhibited', 'joined_group']);

/** A metric's buckets that close at the same moment. */
interface Closing {
  moment: Instant;
  metric: MetricDefinition;
  until: Instant;
  points: Point[];
  /** False for the bucket in the middle of which the history begins. */
  isComplete: boolean;
}

/**
 * The loop through all stages. `advance(to)` does everything that is due up to `to`, each thing at its own
 * moment and in the order of time: buckets that close, escalations, reminders, deliveries. It is the same
 * whether `to` is a second away or a year, so a replay is a run.
 *
 * Time never runs backwards: what becomes known late, because a source lags or the process was away, is decided
 * when it is known. Otherwise people would be told of an alert and of its escalations in the same second.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #stretch: number;
  readonly #commands: { at: Instant; run: (now: Instant) => readonly JournalEntry[] }[] = [];
  #judgedSinceFlush = false;
  #beginning: Instant | null = null;
  /** The latest moment at which anything may have been decided. */
  #reached = Number.NEGATIVE_INFINITY;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    const shortest = Math.min(...parts.metrics.map(({ bucket }) => nominalSeconds(bucket) * SECOND));
    this.#stretch = Math.min(LONGEST_STRETCH, MOST_MADE_AT_ONCE * shortest);
  }

  /** Has a person's command carried out at a moment to come: what simulated people do. */
  schedule(at: Instant, run: (now: Instant) => readonly JournalEntry[]): void {
    this.#commands.push({ at, run });
    this.#commands.sort((a, b) => a.at - b.at);
  }

  /** When the first bucket closes that is closed by `now`; null when none is. */
  nextClosing(now: Instant): Instant | null {
    const moments = this.#parts.metrics.flatMap((metric) => {
      const complete = this.#parts.completeUntil(now, metric);
      const start = this.#openBucket(metric);
      if (start === null || complete === null) return [];
      const moment = bucketEnd(start, metric) + metric.allowedLateness;
      return moment <= complete ? [moment] : [];
    });
    return moments.length === 0 ? null : Math.min(...moments);
  }

  /** Does everything that is due up to and at `to`. */
  async advance(to: Instant): Promise<void> {
    this.#beginning ??= await this.#parts.findBeginning();
    this.#reached = Math.max(this.#reached, this.#parts.notBefore?.() ?? this.#reached);
    for (;;) {
      const from = this.nextClosing(to);
      const stretch = Math.min(to, from === null ? to : from + this.#stretch);
      const closings = from === null ? [] : await this.#close(stretch, to);
      for (const group of byMoment(closings)) {
        const moment = Math.max(group.moment, this.#reached);
        await this.#runDue(moment);
        await this.#judge(moment, group.closings, moment - group.moment > OLDEST_NEWS);
      }
      await this.#runDue(stretch);
      await this.#endUnjudged(stretch);
      await this.#addLateAnalyses(stretch);
      await this.#flush(stretch);
      if (stretch >= to) return;
    }
  }

  /** The next moment at which something other than a bucket is due. */
  #nextTimer(): Instant | null {
    const { alerts, digests, followUps } = this.#parts;
    const due = [
      alerts.nextDue(this.#parts.underway),
      followUps.nextDue(),
      digests.nextDue(this.#reached),
      this.#commands[0]?.at ?? null,
    ];
    const known = due.filter((at) => at !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  #openBucket(metric: MetricDefinition): Instant | null {
    const judgedUntil = this.#parts.progress.get(metric.id);
    if (judgedUntil !== undefined) return judgedUntil;
    return this.#beginning === null ? null : bucketStart(this.#beginning, metric);
  }

  /** Makes the points of all buckets that close up to `until`. */
  async #close(until: Instant, now: Instant): Promise<Closing[]> {
    const closings: Closing[] = [];
    for (const metric of this.#parts.metrics) {
      const first = this.#openBucket(metric);
      const known = this.#parts.completeUntil(now, metric);
      if (first === null || known === null) continue;
      const complete = Math.min(until, known);
      const starts = bucketStarts(first, complete, metric).filter(
        (start) => bucketEnd(start, metric) + metric.allowedLateness <= complete,
      );
      if (starts.length === 0) continue;
      const points = new Map<Instant, Point[]>();
      for (const point of await this.#parts.points.make(metric, starts)) {
        const bucket = points.get(point.bucketStart);
        if (bucket === undefined) points.set(point.bucketStart, [point]);
        else bucket.push(point);
      }
      for (const start of starts) {
        const end = bucketEnd(start, metric);
        closings.push({
          moment: end + metric.allowedLateness,
          metric,
          until: end,
          points: points.get(start) ?? [],
          isComplete: start >= (this.#beginning ?? start),
        });
      }
    }
    return closings;
  }

  /** `isHistory`: so long ago that it teaches the judges, and is nothing to tell people of any more. */
  async #judge(moment: Instant, closings: readonly Closing[], isHistory: boolean): Promise<void> {
    const { judging, alerts, followUps, progress, duringJudging: during = judgeAtOnce } = this.#parts;
    const entries: JournalEntry[] = [];
    const decided: Verdict[] = [];
    const judged: JudgedPoint[] = [];
    for (const { metric, points, until, isComplete } of closings) {
      const bucket = during(metric.id, () => judging.judgeBucket(metric, points, isComplete));
      if (!isHistory) entries.push(...alerts.detectorsHealth(detectorsHealth(metric, bucket), moment));
      const explained = explanations(bucket);
      for (const { point, verdicts, combined } of speakersFirst(bucket, explained)) {
        decided.push(...verdicts, combined);
        const observation: Observation = {
          metric,
          point,
          verdict: combined,
          carriers: combined.status === 'anomalous' ? carriers({ point, combined }, bucket) : [],
          explainedBy: explained.get(point.slice) ?? '',
        };
        const transitions = isHistory ? [] : alerts.observe(observation, moment);
        entries.push(...transitions, ...(await this.#recurrences(transitions, moment)));
        const seen = { point, verdict: combined };
        const wanted = followUps.evidenceFor(seen, moment);
        const evidence = wanted === null ? undefined : await this.#parts.evidence(wanted);
        const watched = followUps.observe(seen, moment, evidence);
        entries.push(...watched.entries, ...this.#tell(watched.tell, moment));
      }
      judged.push(...bucket);
      progress.set(metric.id, until);
    }
    await this.#parts.log.judged(decided);
    if (decided.length > 0) this.#judgedSinceFlush = true;
    if (entries.length > 0) await this.#parts.log.append([...entries, ...progressEntries(progress, moment)]);
    await this.#deliver(moment);
    await this.#parts.onMoment?.(moment, judged);
  }

  /** What an alert that fires means for the follow-ups of the same series. */
  async #recurrences(transitions: readonly JournalEntry[], now: Instant): Promise<JournalEntry[]> {
    const { alerts, followUps } = this.#parts;
    const recurred: JournalEntry[] = [];
    for (const entry of transitions) {
      if (entry.stream !== 'alert' || !FIRED.has(entry.reason)) continue;
      const alert = alerts.alert(entry.id);
      if (alert === undefined) continue;
      const opens = followUps.opensByRule(alert, now);
      const samples = opens ? await this.#parts.samples({ ...alert, from: alert.startedAt, to: now }) : [];
      const { entries, tell } = followUps.recurrence(alert, now, samples);
      recurred.push(...entries, ...this.#tell(tell, now));
    }
    return recurred;
  }

  #tell(requests: readonly DeliveryRequest[], now: Instant): JournalEntry[] {
    return requests.length === 0 ? [] : this.#parts.alerts.notify(requests, now);
  }

  /** Runs the timers that are due up to and at `until`, each at its own moment. */
  async #runDue(until: Instant): Promise<void> {
    for (let due = this.#nextTimer(); due !== null && due <= until; due = this.#nextTimer()) {
      const { alerts, digests, followUps } = this.#parts;
      const at = Math.max(due, this.#reached);
      const entries: JournalEntry[] = [];
      while (this.#commands[0] !== undefined && this.#commands[0].at <= at)
        entries.push(...(this.#commands.shift()?.run(at) ?? []));
      entries.push(...alerts.due(at));
      const reminders = followUps.due(at);
      entries.push(...reminders.entries, ...this.#tell([...reminders.tell, ...digests.due(at)], at));
      await this.#parts.log.append(entries);
      await this.#deliver(at);
    }
    this.#reached = Math.max(this.#reached, until);
  }

  /** What is told of detectors that the configuration has no more is over, also where no bucket is closed any more. */
  async #endUnjudged(now: Instant): Promise<void> {
    const { alerts, metrics, log } = this.#parts;
    const ended = alerts.detectorsConfigured(metrics, now);
    if (ended.length === 0) return;
    await log.append(ended);
    await this.#deliver(now);
  }

  /** What was not ready when its alert was told of goes out as soon as it is. */
  async #addLateAnalyses(now: Instant): Promise<void> {
    const late = await this.#parts.analyse?.(now);
    if (late === undefined || late.length === 0) return;
    await this.#parts.log.append(late);
    await this.#runDue(now);
  }

  /** Messages show where the trouble sits, if that is known in time. */
  async #deliver(now: Instant): Promise<void> {
    await this.#parts.log.append((await this.#parts.analyse?.(now)) ?? []);
    await this.#parts.deliver(now);
    this.#parts.afterDelivery?.(this);
  }

  /** Writes what is held back, and how far the metrics have been judged. */
  async #flush(now: Instant): Promise<void> {
    const { log, progress } = this.#parts;
    if (this.#judgedSinceFlush) await log.append(progressEntries(progress, now));
    this.#judgedSinceFlush = false;
    await log.flush();
  }
}

/** How far each metric has been judged; written in the same insert as the transitions that came of it. */
function progressEntries(progress: ReadonlyMap<string, Instant>, now: Instant): JournalEntry[] {
  return [...progress].map(([metric, judgedUntil]) => ({
    stream: 'progress',
    id: metric,
    version: 1,
    at: now,
    actor: 'system',
    reason: 'judged',
    body: { judgedUntil },
  }));
}

function byMoment(closings: readonly Closing[]): { moment: Instant; closings: Closing[] }[] {
  const groups = new Map<Instant, Closing[]>();
  for (const closing of closings)
    groups.set(closing.moment, [...(groups.get(closing.moment) ?? []), closing]);
  return [...groups].sort(([a], [b]) => a - b).map(([moment, group]) => ({ moment, closings: group }));
}
