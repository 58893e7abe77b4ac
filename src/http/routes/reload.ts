import { z } from 'zod';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import type { ServicePorts } from '../ports.js';

export const ProblemSchema = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  path: z.string(),
  message: z.string(),
});

export const ReloadedSchema = z.object({
  warnings: z.array(ProblemSchema),
  orphans: z
    .array(
      z.object({
        alert_id: z.string(),
        metric: z.string(),
        slice: z.string(),
        missing: z.enum(['metric', 'slice']),
      }),
    )
    .describe('Open alerts that no point will end any more.'),
});

/** Taking a new configuration, for those who have no terminal on the service's machine. */
export function reloadEndpoints(reload: ServicePorts['reload']): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'POST',
      path: '/v1/reload',
      access: 'operate',
      summary:
        'Reads the configuration again; it takes effect a moment after the answer, or is refused whole.',
      answers: {
        202: { description: 'It is right and about to take effect.', schema: ReloadedSchema },
        422: {
          description: 'It is wrong, and the old one goes on.',
          schema: z.object({
            error: z.object({ code: z.string(), message: z.string() }),
            problems: z.array(ProblemSchema),
          }),
        },
      },
      async handle() {
        const answer = await reload();
        if (answer.outcome === 'taken') {
          const orphans = answer.orphans.map(({ alertId, ...orphan }) => ({ alert_id: alertId, ...orphan }));
          return { status: 202, body: { warnings: answer.warnings, orphans } };
        }
        const { problems } = answer;
        const message = `the configuration has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; the old one goes on`;
        return { status: 422, body: { error: { code: 'config_invalid', message }, problems } };
      },
    }),
  ];
}
