import { z } from 'zod';
import type { Analysis, AnalysisOutcome, SampleCase, Span } from '../model/analysis.js';
import { formatSlice } from '../model/slice.js';
import { InstantText, instantText } from './instant-text.js';

const SpanWireSchema = z.object({ from: InstantText, to: InstantText });

const SampleCaseWireSchema = z.object({
  case_id: z.string(),
  order_id: z.string(),
  event_id: z.string(),
  occurred_at: InstantText,
  amount: z.number().nullable(),
});

/** Where and why a metric moved, as the API shows it. */
const AnalysisWireSchema = z
  .object({
    metric: z.string(),
    slice: z.string().describe('What was looked within.'),
    span: SpanWireSchema,
    baseline: z.array(SpanWireSchema),
    observed: z.number(),
    expected: z.number(),
    excess: z.number(),
    whole: z.enum(['moved', 'flat']).describe('`flat`: causes, if there are any, cancel out.'),
    slices: z.array(
      z.object({
        rank: z.int(),
        slice: z.string(),
        observed: z.number(),
        expected: z.number(),
        excess: z.number(),
        excess_amount: z.number().nullable(),
        explained: z.number().nullable().describe("Its excess as a share of the whole's."),
        confidence: z.number(),
        cause: z.boolean().describe('True for the slices that together are the answer.'),
      }),
    ),
    unexplained: z.number().nullable(),
    rate_or_mix: z
      .object({
        dimension: z.string(),
        change: z.number(),
        rate: z.number(),
        mix: z.number(),
        words: z.string(),
      })
      .nullable(),
    says: z.array(
      z.object({
        term: z.string(),
        texts: z.int(),
        texts_before: z.int(),
        score: z.number(),
        examples: z.array(z.string()),
      }),
    ),
    alongside: z.array(
      z.object({
        metric: z.string(),
        slice: z.string(),
        lag_seconds: z.number().describe('Below 0 it moved before.'),
        value: z.number(),
        expected: z.number(),
        score: z.number(),
      }),
    ),
    facts: z.array(z.object({ at: InstantText, kind: z.string(), title: z.string(), scope: z.string() })),
    common: z.array(
      z.object({ dimension: z.string(), value: z.string(), share: z.number(), share_before: z.number() }),
    ),
    evidence: z.object({
      slice: z.string(),
      cases: z.int(),
      newest: z.array(SampleCaseWireSchema),
      costliest: z.array(SampleCaseWireSchema),
      query: z.string().describe('SQL on the table `events` that lists all of them.'),
    }),
  })
  .meta({ id: 'Analysis' });

/** The same in words, part by part. */
const WordsSchema = z.array(z.object({ heading: z.string(), lines: z.array(z.string()) }));

/** An answer, or why there is none. */
export const AnalysisAnswerSchema = z.union([
  z.object({ status: z.literal('explained'), analysis: AnalysisWireSchema, words: WordsSchema }),
  z.object({ status: z.literal('refused'), reason: z.string(), detail: z.string() }),
]);

export const AlertAnalysisSchema = z.object({
  alert_id: z.string(),
  at: InstantText,
  outcome: AnalysisAnswerSchema,
});

type AnalysisWire = z.infer<typeof AnalysisWireSchema>;

export function analysisAnswer(
  outcome: AnalysisOutcome,
  words: readonly { heading: string; lines: readonly string[] }[],
): z.infer<typeof AnalysisAnswerSchema> {
  if (outcome.status === 'refused') return outcome;
  return {
    status: 'explained',
    analysis: analysisWire(outcome.analysis),
    words: words.map(({ heading, lines }) => ({ heading, lines: [...lines] })),
  };
}

function analysisWire(analysis: Analysis): AnalysisWire {
  const { explanation, meanAmount, evidence } = analysis;
  const { observed, expected, excess, whole, unexplained, split } = explanation;
  return {
    metric: analysis.metric,
    slice: analysis.slice,
    span: spanWire(analysis.span),
    baseline: analysis.baseline.map(spanWire),
    ...{ observed, expected, excess, whole, unexplained },
    slices: explanation.slices.map(({ slice, ...each }) => ({
      ...each,
      slice: formatSlice(slice),
      excess_amount: meanAmount === null ? null : each.excess * meanAmount,
    })),
    rate_or_mix:
      split === null
        ? null
        : {
            dimension: split.dimension,
            change: split.change,
            rate: split.rate,
            mix: split.mix,
            words: split.words,
          },
    says: analysis.says.map(({ textsBefore, ...said }) => ({ ...said, texts_before: textsBefore })),
    alongside: analysis.alongside.map(({ metric, slice, lag, value, expected, score }) => ({
      ...{ metric, slice, value, expected, score },
      lag_seconds: lag / 1_000,
    })),
    facts: analysis.facts.map(({ at, ...fact }) => ({ ...fact, at: instantText(at) })),
    common: analysis.common.map(({ shareBefore, ...value }) => ({ ...value, share_before: shareBefore })),
    evidence: {
      slice: evidence.slice,
      cases: evidence.cases,
      newest: evidence.newest.map(caseWire),
      costliest: evidence.costliest.map(caseWire),
      query: evidence.query,
    },
  };
}

function spanWire({ from, to }: Span): { from: string; to: string } {
  return { from: instantText(from), to: instantText(to) };
}

function caseWire({
  caseId,
  orderId,
  eventId,
  occurredAt,
  amount,
}: SampleCase): z.infer<typeof SampleCaseWireSchema> {
  return {
    case_id: caseId,
    order_id: orderId,
    event_id: eventId,
    occurred_at: instantText(occurredAt),
    amount,
  };
}
