import { z } from 'zod';
import type { AlertCommand, AlertRefusal } from '../../alerts/command.js';
import type { Alert } from '../../model/alert.js';
import {
  AlertAnswerSchema,
  AlertListSchema,
  AlertStateSchema,
  AlertStorySchema,
  AlertWireSchema,
  alertWire,
  storyEntryWire,
} from '../alert-wire.js';
import { type Answer, defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import type { ServicePorts } from '../ports.js';
import { Actor, ANSWERS, ErrorSchema, IdParams, SeenVersion, stateQuery } from './common.js';

const AlertQuery = stateQuery(AlertStateSchema.options, ['firing', 'acknowledged']);
const CommandBody = z.strictObject({ actor: Actor, version: SeenVersion });

export function alertEndpoints(alerts: ServicePorts['alerts']): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/alerts',
      access: 'read',
      summary: 'Alerts, newest first.',
      query: AlertQuery,
      answers: { 200: { description: 'The alerts.', schema: AlertListSchema }, 400: ANSWERS.invalid },
      async handle({ query: { state, limit } }) {
        const chosen = alerts.list().filter((alert) => state === undefined || state.has(alert.state));
        const newest = chosen.sort(newestFirst).slice(0, limit);
        return { status: 200, body: { alerts: newest.map(alertWire) } };
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/alerts/:id',
      access: 'read',
      summary: 'One alert, and what happened to it, oldest first.',
      params: IdParams,
      answers: {
        200: { description: 'The alert and its story.', schema: AlertStorySchema },
        404: ANSWERS.notFound,
      },
      async handle({ params: { id } }) {
        const alert = alerts.get(id);
        if (alert === undefined) return unknownAlert(id);
        const story = await alerts.story(id);
        return { status: 200, body: { alert: alertWire(alert), story: story.map(storyEntryWire) } };
      },
    }),
    commandEndpoint(alerts, 'acknowledge', 'Acknowledge an alert: its escalation pauses.'),
    commandEndpoint(alerts, 'resolve', 'Resolve an alert by hand.'),
  ];
}

function commandEndpoint(
  alerts: ServicePorts['alerts'],
  kind: AlertCommand['kind'],
  summary: string,
): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: `/v1/alerts/:id/${kind}`,
    access: 'operate',
    summary,
    params: IdParams,
    body: CommandBody,
    answers: {
      200: { description: 'Done.', schema: AlertAnswerSchema },
      400: ANSWERS.invalid,
      404: ANSWERS.notFound,
      409: {
        description: 'Refused: the alert as it is does not allow it.',
        schema: ErrorSchema.extend({ reason: z.string(), alert: AlertWireSchema }),
      },
      503: ANSWERS.unavailable,
    },
    async handle({ params: { id }, body: { actor, version } }) {
      const answer = await alerts.act({
        kind,
        alertId: id,
        actor,
        ...(version === undefined ? {} : { version }),
      });
      switch (answer.outcome) {
        case 'done':
          return { status: 200, body: { alert: alertWire(answer.alert) } };
        case 'refused':
          return fault(409, 'refused', REFUSALS[answer.reason], {
            reason: answer.reason,
            alert: alertWire(answer.alert),
          });
        case 'not_found':
          return unknownAlert(id);
      }
    },
  });
}

const REFUSALS: Readonly<Record<AlertRefusal, string>> = {
  not_firing: 'the alert has not fired',
  already_acknowledged: 'the alert is acknowledged already',
  already_resolved: 'the alert is resolved already',
  state_changed: 'the alert has changed since the version that you saw',
};

export function unknownAlert(id: string): Answer {
  return fault(404, 'not_found', `there is no alert '${id}'`);
}

function newestFirst(a: Alert, b: Alert): number {
  return b.startedAt - a.startedAt || (a.alertId < b.alertId ? -1 : 1);
}
