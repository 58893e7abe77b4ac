import type { Configuration } from './config/configuration.js';
import type { ReportFault } from './detection/judging.js';
import { notificationOf } from './messages/notifications.js';
import { nextBucketStart } from './metrics/buckets.js';
import { PointMaker, type ReportLeftOut } from './metrics/point-maker.js';
import type { Instant } from './model/clock.js';
import type { JournalEntry } from './model/journal.js';
import type { MetricDefinition } from './model/metric.js';
import type { Router } from './notify/index.js';
import { Outbox, type OutboxParts } from './notify/outbox.js';
import { Uncertain } from './notify/uncertain.js';
import { AlertAnalyses } from './pipeline/alert-analyses.js';
import { withAnnounced } from './pipeline/announcements.js';
import { catchUp } from './pipeline/catch-up.js';
import { Commands, linkedBy } from './pipeline/commands.js';
import { createDeciders } from './pipeline/deciding.js';
import { analysisSources } from './pipeline/explanation.js';
import { evidenceFor } from './pipeline/follow-up-evidence.js';
import { type SampleRequest, sampleCases } from './pipeline/follow-up-samples.js';
import { holidaysAround } from './pipeline/holidays.js';
import { Pipeline, type PipelineParts } from './pipeline/pipeline.js';
import { judgeAgain } from './pipeline/restated-points.js';
import { StaleBuckets } from './pipeline/stale-buckets.js';
import type { Redress } from './redress.js';
import { AnnotationTable } from './store/annotation-table.js';
import { DecisionLog, type DecisionLogParts } from './store/decision-log.js';
import { EventLog } from './store/event-log.js';
import { Journal } from './store/journal.js';
import { JudgeStateTable } from './store/judge-state-table.js';
import { PointTable } from './store/point-table.js';
import type { Store } from './store/store.js';
import { VerdictTable } from './store/verdict-table.js';

export interface Surroundings {
  router: Router;
  completeUntil: PipelineParts['completeUntil'];
  onMoment?: PipelineParts['onMoment'];
  afterDelivery?: PipelineParts['afterDelivery'];
  reportFault: ReportFault;
  duringJudging?: PipelineParts['duringJudging'];
  reportLeftOut?: ReportLeftOut;
  write: DecisionLogParts['write'];
  /** How a live service sends; everything is waited for by default. */
  sending?: Pick<OutboxParts, 'underway' | 'patience'>;
  /** Told of what has just been written to the journal, and of what had been when the parts are put together. */
  onJournal?: (entries: readonly JournalEntry[], when: 'restored' | 'written') => void;
  /** How long a first message waits for its analysis, ms; absent, it waits for as long as it takes. */
  analysisPatience?: number;
  /** Told of an analysis that failed; absent, it is thrown. */
  reportAnalysisFailure?: (alertId: string, error: unknown) => void;
  /** Where the first buckets are, when nothing has been judged yet; the store's first event by default. */
  beginning?: Instant;
  notBefore?: PipelineParts['notBefore'];
}

/** Puts the stages together and takes up the state where the store has left it. */
export async function assemble(
  configured: Configuration,
  store: Store,
  surroundings: Surroundings,
): Promise<Redress> {
  const annotationTable = new AnnotationTable(store);
  const events = new EventLog(store);
  const judgeStates = new JudgeStateTable(store);
  const journal = new Journal(store);
  // All at once: a start is waited for, and each of them mostly waits for the store.
  const [kept, holidays, entries, saved] = await Promise.all([
    annotationTable.kept(),
    holidaysAround(configured, events, surroundings.notBefore?.()),
    journal.read(),
    judgeStates.read(),
  ]);
  await annotationTable.write([...configured.annotations, ...holidays]);
  const configuration = withAnnounced(configured, kept);
  const { metrics, annotations } = configuration;
  const points = new PointTable(store);
  const maker = new PointMaker(points, {
    annotations,
    ...(surroundings.reportLeftOut === undefined ? {} : { reportLeftOut: surroundings.reportLeftOut }),
  });
  const { judging, alerts, followUps, digests } = createDeciders(configuration, {
    saved,
    // A replay's events are all there before it begins; nothing comes late.
    restateHorizon: surroundings.write === 'later' ? 0 : configuration.service.ingest.restateHorizon,
    reportFault: surroundings.reportFault,
  });
  alerts.restore(entries);
  followUps.restore(entries);
  digests.restore(entries);
  const progress = progressOf(entries, metrics);
  const findBeginning = async () => surroundings.beginning ?? events.first();
  await catchUp({ judging, metrics, points, progress, findBeginning });

  surroundings.onJournal?.(entries, 'restored');

  const verdicts = new VerdictTable(store);
  const log = new DecisionLog({
    journal,
    verdicts,
    write: surroundings.write,
    ...(surroundings.onJournal === undefined
      ? {}
      : { onWritten: (written) => surroundings.onJournal?.(written, 'written') }),
  });
  const append = (written: readonly JournalEntry[]) => log.append(written);
  const commands = new Commands(alerts, followUps, (id, slice) => {
    const metric = metrics.find((each) => each.id === id);
    return metric !== undefined && judging.acceptLevel(metric, slice);
  });
  const outbox = new Outbox({
    router: surroundings.router,
    due: (now) => alerts.dueDeliveries(now),
    delivery: (id) => alerts.delivery(id),
    notificationOf: (delivery) => notificationOf(delivery, { configuration, alerts, followUps }),
    recordAttempt: (id, outcome, now) => [
      ...alerts.recordAttempt(id, outcome, now),
      ...linkedBy(commands, alerts.delivery(id), outcome, now),
    ],
    append,
    uncertain: new Uncertain(entries),
    underway: surroundings.sending?.underway ?? new Map(),
    patience: surroundings.sending?.patience ?? null,
  });
  const analyses = new AlertAnalyses({
    metrics,
    sources: analysisSources(store, metrics),
    alerts,
    patience: surroundings.analysisPatience ?? null,
    ...(surroundings.reportAnalysisFailure === undefined
      ? {}
      : { reportFailure: surroundings.reportAnalysisFailure }),
  });
  const samples = (request: SampleRequest) => sampleCases(request, metrics, store);
  const pipeline = new Pipeline({
    metrics,
    points: maker,
    judging,
    alerts,
    followUps,
    digests,
    log,
    evidence: (request) => evidenceFor(request, configuration, points, alerts),
    analyse: (now) => analyses.settle(now),
    samples,
    deliver: (now) => outbox.send(now),
    ...(surroundings.sending === undefined ? {} : { underway: surroundings.sending.underway }),
    progress,
    completeUntil: surroundings.completeUntil,
    findBeginning,
    ...(surroundings.notBefore === undefined ? {} : { notBefore: surroundings.notBefore }),
    duringJudging: surroundings.duringJudging,
    ...(surroundings.onMoment === undefined ? {} : { onMoment: surroundings.onMoment }),
    ...(surroundings.afterDelivery === undefined ? {} : { afterDelivery: surroundings.afterDelivery }),
  });
  return {
    configuration,
    annotations: { calendar: configured.annotations, kept },
    events,
    points,
    maker,
    journal,
    alerts,
    followUps,
    commands,
    samples,
    pipeline,
    append,
    progress,
    outbox,
    staleBuckets: new StaleBuckets(points, verdicts),
    judgeAgain: (restated) => judgeAgain(restated, { judging, points, verdicts, judgeStates, progress }),
    saveJudges: async () => judgeStates.write(judging.saving()),
  };
}

/**
 * Until when each metric is judged. One that has been given other buckets goes on with the next that is whole:
 * part of the one between was judged in the old ones.
 */
function progressOf(
  entries: readonly JournalEntry[],
  metrics: readonly MetricDefinition[],
): Map<string, Instant> {
  const progress = new Map<string, Instant>();
  for (const { stream, id, body } of entries)
    if (stream === 'progress') progress.set(id, (body as { judgedUntil: Instant }).judgedUntil);
  for (const metric of metrics) {
    const until = progress.get(metric.id);
    if (until !== undefined) progress.set(metric.id, nextBucketStart(until, metric));
  }
  return progress;
}
