import { z } from 'zod';
import type { Alert } from '../../model/alert.js';
import { costWords } from '../../notify/story-words.js';
import { AlertListSchema, AlertStateSchema, AlertStorySchema, alertWire, storyWire } from '../alert-wire.js';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { instantText } from '../instant-text.js';
import type { ServicePorts } from '../ports.js';
import { alertCommandEndpoints, unknownAlert } from './alert-commands.js';
import { ANSWERS, IdParams, stateQuery } from './common.js';

const AlertQuery = stateQuery(AlertStateSchema.options, ['firing', 'acknowledged']).extend({
  group: z.string().max(300).optional().describe('Those of one incident group.'),
});

export function alertEndpoints({
  alerts,
  slack: { displayOf },
}: Pick<ServicePorts, 'alerts' | 'slack'>): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/alerts',
      access: 'read',
      summary: 'Alerts, newest first.',
      query: AlertQuery,
      answers: { 200: { description: 'The alerts.', schema: AlertListSchema }, 400: ANSWERS.invalid },
      async handle({ query: { state, group, limit } }) {
        const chosen = alerts
          .list()
          .filter((alert) => state === undefined || state.has(alert.state))
          .filter(({ groupId }) => group === undefined || groupId === group);
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
        const display = displayOf(alert.metric);
        const story = storyWire(await alerts.story(id), display);
        const impact = costWords(alert, display);
        const found = await alerts.notEvaluable(alert);
        const not_evaluable =
          found === null ? null : { bucket_start: instantText(found.bucketStart), reason: found.reason };
        return { status: 200, body: { alert: alertWire(alert), not_evaluable, impact, story } };
      },
    }),
    ...alertCommandEndpoints(alerts),
  ];
}

function newestFirst(a: Alert, b: Alert): number {
  return b.startedAt - a.startedAt || (a.alertId < b.alertId ? -1 : 1);
}
