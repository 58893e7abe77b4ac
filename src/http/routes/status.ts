import { Registry } from 'prom-client';
import { z } from 'zod';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import type { ServicePorts } from '../ports.js';

const HealthSchema = z.object({ status: z.literal('ok') });
const ReadinessSchema = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string() })),
});

/** What probes, scrapers and curious people ask. None of it needs a token, and none of it shows data. */
export function statusEndpoints(
  ports: Pick<ServicePorts, 'readiness' | 'prometheus'>,
  describe: () => object,
): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/healthz',
      access: 'open',
      summary: 'Whether the process answers at all.',
      answers: { 200: { description: 'It does.', schema: HealthSchema } },
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    defineEndpoint({
      method: 'GET',
      path: '/readyz',
      access: 'open',
      summary: 'Whether the service can work, and if not, why.',
      answers: {
        200: { description: 'It can.', schema: ReadinessSchema },
        503: { description: 'It cannot; the checks say why.', schema: ReadinessSchema },
      },
      async handle() {
        const checks = await ports.readiness();
        const ready = checks.every(({ ok }) => ok);
        return { status: ready ? 200 : 503, body: { ready, checks } };
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/metrics',
      access: 'open',
      summary: "The service's own figures, in Prometheus's text format.",
      answers: { 200: { description: 'The figures.' } },
      handle: async () => ({
        status: 200,
        body: await ports.prometheus(),
        headers: { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE },
      }),
    }),
    defineEndpoint({
      method: 'GET',
      path: '/openapi.json',
      access: 'open',
      summary: 'This description.',
      answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
      handle: async () => ({ status: 200, body: describe() }),
    }),
  ];
}
