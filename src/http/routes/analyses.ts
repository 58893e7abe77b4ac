import { z } from 'zod';
import { parseSlice, type SliceLabels } from '../../model/slice.js';
import { AlertAnalysisSchema, AnalysisAnswerSchema, analysisAnswer } from '../analysis-wire.js';
import { defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { InstantInput, instantText } from '../instant-text.js';
import type { ServicePorts } from '../ports.js';
import { ANSWERS, IdParams } from './common.js';

const SliceInput = z
  .string()
  .max(2_000)
  .default('all')
  .transform((text, context): SliceLabels => {
    try {
      return parseSlice(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  })
  .describe('Within which slice, such as `category=toys,region=GB`.');

const SpanInput = z
  .strictObject({ from: InstantInput, to: InstantInput })
  .refine(({ from, to }) => from < to, { error: 'must end after it begins' });

const ExplainBody = z.strictObject({
  metric: z.string().min(1).max(256),
  span: SpanInput,
  slice: SliceInput,
  against: z
    .union([z.enum(['previous', 'last-week', 'expected']), SpanInput])
    .default('previous')
    .describe("The time just before, a week before, of the four weeks before, or a span of one's own."),
  dimensions: z.array(z.string().min(1).max(256)).min(1).max(12).nullable().default(null),
});

/** Where and why metrics moved: what came with an alert, and what anybody asks. */
export function analysisEndpoints(
  analyses: ServicePorts['analyses'],
  alerts: Pick<ServicePorts['alerts'], 'get'>,
): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/alerts/:id/analysis',
      access: 'read',
      summary: 'Where and why an alert is, as it was found when it fired.',
      params: IdParams,
      answers: {
        200: { description: 'The analysis, or why there is none.', schema: AlertAnalysisSchema },
        404: ANSWERS.notFound,
      },
      async handle({ params: { id } }) {
        if (alerts.get(id) === undefined) return fault(404, 'not_found', `there is no alert '${id}'`);
        const analysis = analyses.ofAlert(id);
        if (analysis === undefined) return fault(404, 'not_found', `the alert '${id}' has not been analysed`);
        const { alertId, at, outcome } = analysis;
        return {
          status: 200,
          body: {
            alert_id: alertId,
            at: instantText(at),
            outcome: analysisAnswer(outcome, analyses.words(outcome)),
          },
        };
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/explain',
      access: 'read',
      summary: 'Where and why a metric moved in a span of time. Nothing is stored.',
      body: ExplainBody,
      answers: {
        200: { description: 'The analysis, or why there is none.', schema: AnalysisAnswerSchema },
        400: ANSWERS.invalid,
        503: ANSWERS.unavailable,
      },
      async handle({ body }) {
        const outcome = await analyses.explain(body);
        return { status: 200, body: analysisAnswer(outcome, analyses.words(outcome)) };
      },
    }),
  ];
}
