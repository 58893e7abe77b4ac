import { z } from 'zod';
import type { Clock } from '../../model/clock.js';
import { isChartAddress } from '../chart-address.js';
import { defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import type { ServicePorts } from '../ports.js';
import { ANSWERS, ErrorSchema, IdParams } from './common.js';

const ChartQuery = z.object({
  version: z.coerce.number().int().min(1),
  expires: z.coerce.number().int(),
  signature: z.string().max(128),
});

/** The pictures that Slack's messages show by their address. */
export function chartEndpoints(
  { alerts, slack }: Pick<ServicePorts, 'alerts' | 'slack'>,
  secrets: readonly string[],
  clock: Clock,
): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/charts/:id',
      access: 'signed',
      summary: "An alert's chart as PNG, at an address that a message of ours has.",
      params: IdParams,
      query: ChartQuery,
      answers: {
        200: { description: 'The picture.' },
        400: ANSWERS.invalid,
        403: { description: 'Not an address of ours, or not any more.', schema: ErrorSchema },
        404: ANSWERS.notFound,
      },
      async handle({ params: { id }, query: { version, expires, signature } }) {
        const chart = { alertId: id, version, expires };
        if (!isChartAddress(secrets, chart, signature, clock.now()))
          return fault(403, 'bad_signature', 'this address was not given out, or does not hold any more');
        const alert = alerts.get(id);
        const picture = alert === undefined ? null : await slack.drawChart(alert);
        if (picture === null) return fault(404, 'not_found', 'there is no such chart');
        const headers = { 'content-type': 'image/png', 'cache-control': 'private, max-age=86400' };
        return { status: 200, body: picture, headers };
      },
    }),
  ];
}
