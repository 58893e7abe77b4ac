import { setTimeout as wait } from 'node:timers/promises';
import type { AlertDesk } from '../alerts/desk.js';
import { type AnalysisSources, explainMetric } from '../analysis/explain-metric.js';
import { alertBaseline } from '../analysis/question.js';
import { bucketEnd } from '../metrics/buckets.js';
import type { Alert } from '../model/alert.js';
import type { AlertAnalysis, AnalysisOutcome } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import { isLevel, isRate, type MetricDefinition } from '../model/metric.js';
import { parseSlice } from '../model/slice.js';

export interface AlertAnalysesParts {
  metrics: readonly MetricDefinition[];
  sources: AnalysisSources;
  alerts: Pick<AlertDesk, 'unexplained' | 'explained'>;
  /**
   * How long a first message waits for its analysis, ms; what takes longer is added when it is ready. Null waits for
   * all of them, as a replay does, whose messages must not depend on how fast the machine is.
   */
  patience: number | null;
  /** Told of an analysis that failed; its alert goes without, until the service starts again. Absent, it is thrown. */
  reportFailure?(alertId: string, error: unknown): void;
}

/** So many are made at the same time; more would only take the store from each other. */
const AT_ONCE = 2;

/** Makes the analysis of every alert that people are to be told of: once, and as things were when it fired. */
export class AlertAnalyses {
  readonly #parts: AlertAnalysesParts;
  readonly #begun = new Set<string>();
  readonly #queue: { alert: Alert; now: Instant }[] = [];
  #ready: AlertAnalysis[] = [];
  #working: Promise<void>[] = [];

  constructor(parts: AlertAnalysesParts) {
    this.#parts = parts;
  }

  /**
   * Begins the analyses that are wanted at `now`, waits for them as long as there is patience, and answers the
   * entries of all that are ready, late ones of earlier calls among them.
   */
  async settle(now: Instant): Promise<JournalEntry[]> {
    const wanted = this.#parts.alerts.unexplained().filter(({ alertId }) => !this.#begun.has(alertId));
    for (const alert of wanted) {
      this.#begun.add(alert.alertId);
      this.#queue.push({ alert, now });
    }
    while (this.#working.length < AT_ONCE && this.#queue.length > 0) this.#work();
    const { patience } = this.#parts;
    if (patience === null) while (this.#working.length > 0) await Promise.all(this.#working);
    // What waits already has kept a message waiting once; no other message waits for it.
    else if (wanted.length > 0) await this.#waitFor(patience);
    const ready = this.#ready;
    this.#ready = [];
    return ready.flatMap((analysis) => this.#parts.alerts.explained(analysis, now));
  }

  /** One worker, which takes what waits until nothing does. */
  #work(): void {
    const working = this.#takeAll().finally(() => {
      this.#working = this.#working.filter((other) => other !== working);
    });
    this.#working.push(working);
  }

  async #takeAll(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { alert, now } = next;
      try {
        const outcome = await this.#explain(alert, now);
        if (outcome !== null) this.#ready.push({ alertId: alert.alertId, at: now, outcome });
      } catch (error) {
        if (this.#parts.reportFailure === undefined) throw error;
        this.#parts.reportFailure(alert.alertId, error);
      }
    }
  }

  async #waitFor(patience: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([
      Promise.all(this.#working),
      wait(patience, undefined, { signal: enough.signal }).catch(() => {}),
    ]);
    enough.abort();
  }

  /** From the first bucket that was out of band to the last one; null for a metric that is configured no more. */
  async #explain(alert: Alert, now: Instant): Promise<AnalysisOutcome | null> {
    const { metrics, sources } = this.#parts;
    const metric = metrics.find(({ id }) => id === alert.metric);
    if (metric === undefined) return null;
    const span = { from: alert.startedAt, to: bucketEnd(alert.last.bucketStart, metric) };
    const { kind } = metric.measure;
    const question = {
      metric,
      span,
      baseline: alertBaseline(span, isRate(kind) || isLevel(kind)),
      slice: parseSlice(alert.slice),
      dimensions: null,
    };
    return explainMetric(sources, question, ({ allowedLateness }) => now - allowedLateness);
  }
}
