import { randomUUID } from 'node:crypto';
import type { Configuration } from '../config/configuration.js';
import type { OpenFollowUpAnswer, ServicePorts } from '../http/ports.js';
import { writeDigest } from '../messages/digest.js';
import type { AnnotationAnswer, KeptAnnotation } from '../model/annotation.js';
import type { Clock, Instant } from '../model/clock.js';
import { type AnnotationState, announce, endAnnotation, listAnnotations } from '../pipeline/announcements.js';
import type { Carried } from '../pipeline/commands.js';
import { explainPort, wordsOf } from '../pipeline/explanation.js';
import { openingByHand } from '../pipeline/follow-up-evidence.js';
import { openingOfAlert, provableCause } from '../pipeline/follow-up-opening.js';
import type { Redress } from '../redress.js';
import type { Store } from '../store/store.js';
import { VerdictTable } from '../store/verdict-table.js';

export type DecideAnnotation = (
  state: AnnotationState,
  now: Instant,
) => { answer: AnnotationAnswer; keep: KeptAnnotation | null };

/** What a person wants done, with what is decided and at a moment. */
export type Command<Result> = (redress: Redress, now: Instant) => Carried<Result> | Promise<Carried<Result>>;

/** What the service lends to HTTP and to Slack's clicks. */
export interface ServicePortsParts
  extends Pick<ServicePorts, 'ingest' | 'slack' | 'reload' | 'readiness' | 'prometheus'> {
  store: Store;
  configuration: Configuration;
  clock: Clock;
  /** What is decided; throws while it is being read again. */
  known(): Redress;
  /** What happened to an alert, a silence or a follow-up, once all that was decided is written. */
  story: ServicePorts['alerts']['story'];
  /** Decides about an annotation; resolves once what it changes is kept and is judged with. */
  annotate(decide: DecideAnnotation): Promise<AnnotationAnswer>;
  /** Carries out a person's command; resolves once it is durable and its messages have been tried. */
  command<Result>(run: Command<Result>): Promise<Result>;
}

/** What can be asked of a live service, and what it can be told. */
export function servicePorts(parts: ServicePortsParts): ServicePorts {
  const { store, configuration, clock, known, story, command, annotate } = parts;
  return {
    ingest: parts.ingest,
    alerts: {
      list: () => known().alerts.alerts(),
      get: (id) => known().alerts.alert(id),
      story,
      notEvaluable: async (alert) => {
        if (alert.kind !== 'metric' || alert.state === 'resolved') return null;
        const { metric, slice, last } = alert;
        const newest = await new VerdictTable(store).newest(metric, slice, last.bucketStart);
        return newest?.status === 'not_evaluable' ? newest : null;
      },
      act: (asked) => command((redress, now) => redress.commands.alert(asked, now)),
    },
    analyses: {
      ofAlert: (id) => known().alerts.analysis(id),
      words: (outcome) => wordsOf(outcome, configuration),
      explain: async (request) => explainPort(store, request, known().configuration.metrics),
    },
    annotations: {
      list: (span) => {
        const { annotations, configuration: current } = known();
        return listAnnotations({ ...annotations }, current.holidaysOf, span);
      },
      announce: (announcement) => annotate((state, now) => announce(announcement, state, now, randomUUID())),
      end: (request) => annotate((state, now) => endAnnotation(request, state, now)),
    },
    silences: {
      list: () => known().alerts.silences(),
      get: (id) => known().alerts.silenceById(id),
      story,
      act: (asked) => command((redress, now) => redress.commands.silence(asked, now)),
    },
    followUps: {
      list: () => known().followUps.followUps(),
      get: (id) => known().followUps.followUp(id),
      open: ({ alertId, ...request }) =>
        command<OpenFollowUpAnswer>(async (redress, now) => {
          const alert = redress.alerts.alert(alertId);
          if (alert === undefined) return { result: { outcome: 'not_found' }, entries: [] };
          return redress.commands.openFollowUp(await openingOfAlert(alert, request, redress, now), now);
        }),
      story,
      openByHand: (request) =>
        command<OpenFollowUpAnswer>(async (redress, now) => {
          const opening = await openingByHand(request, redress, now);
          return opening === null
            ? { result: { outcome: 'not_found' }, entries: [] }
            : redress.commands.openByHand(opening, now);
        }),
      act: (asked) => command((redress, now) => redress.commands.followUp(asked, now)),
      causeOf: (alert) => provableCause(alert, known().alerts, known().configuration.metrics),
    },
    digest: (request) => writeDigest(request, known(), clock.now()),
    readiness: parts.readiness,
    prometheus: parts.prometheus,
    slack: parts.slack,
    reload: parts.reload,
  };
}
