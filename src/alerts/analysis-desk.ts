import { type AlertAnalysis, isWorthTelling } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { type AlertRecord, isMember, isOpen } from './record.js';

/** What is known of where and why alerts are: one analysis for each, as it was made. */
export class AnalysisDesk {
  readonly #analyses = new Map<string, AlertAnalysis>();

  apply({ stream, body }: JournalEntry): void {
    if (stream !== 'analysis') return;
    const analysis = body as unknown as AlertAnalysis;
    this.#analyses.set(analysis.alertId, analysis);
  }

  analysis(alertId: string): AlertAnalysis | undefined {
    return this.#analyses.get(alertId);
  }

  /** True for an alert that people are to be told of and whose analysis has not been made. */
  isWanted(alert: AlertRecord): boolean {
    if (alert.kind !== 'metric' || !isOpen(alert) || this.#analyses.has(alert.alertId)) return false;
    // One analysis speaks for a group, as one alert does: hundreds that fire together would each ask the store.
    return alert.heldBy === '' && !isMember(alert);
  }

  /** True when there is more to tell of the alert than where it is itself. */
  hasNews(alertId: string): boolean {
    return isWorthTelling(this.#analyses.get(alertId)?.outcome ?? null);
  }

  entryOf(analysis: AlertAnalysis, now: Instant): JournalEntry {
    return {
      stream: 'analysis',
      id: analysis.alertId,
      version: 1,
      at: now,
      actor: 'system',
      reason: 'analysed',
      body: analysis as unknown as Json,
    };
  }
}
