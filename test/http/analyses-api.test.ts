import { beforeEach, describe, expect, it } from 'vitest';
import { AlertAnalysisSchema } from '../../src/http/analysis-wire.js';
import { DAY } from '../../src/model/clock.js';
import { makeAnalysis } from '../support/analysis.js';
import { application, FakeService, NOW } from './fake-service.js';

let service: FakeService;
beforeEach(() => {
  service = new FakeService();
});

const get = (url: string) => application(service).inject({ method: 'GET', url });
const explain = (payload: object) =>
  application(service).inject({ method: 'POST', url: '/v1/explain', payload });

describe('GET /v1/alerts/ID/analysis', () => {
  it('is what was found when the alert fired, for programs and in words', async () => {
    const outcome = { status: 'explained', analysis: makeAnalysis() } as const;
    service.knownAnalyses = [{ alertId: 'alert-1', at: NOW, outcome }];
    const answer = await get('/v1/alerts/alert-1/analysis');
    expect(answer.statusCode).toBe(200);
    expect(AlertAnalysisSchema.parse(answer.json())).toMatchObject({
      alert_id: 'alert-1',
      at: new Date(NOW).toISOString(),
      outcome: {
        analysis: {
          slices: [
            { slice: 'category=toys,region=GB', excess: 50, excess_amount: 1_000, cause: true },
            { slice: 'channel=phone' },
            { slice: 'region=GB', cause: false },
          ],
          rate_or_mix: { dimension: 'region', rate: 0.012, mix: -0.002 },
          alongside: [{ metric: 'refund_rate', lag_seconds: -7_200 }],
          evidence: { newest: [{ case_id: 'c-9', amount: 20 }] },
        },
        words: [{ heading: 'Where' }],
      },
    });
  });

  it('tells an alert that nobody knows from one that has none yet', async () => {
    expect((await get('/v1/alerts/nobody/analysis')).json().error.message).toBe("there is no alert 'nobody'");
    expect((await get('/v1/alerts/alert-1/analysis')).json().error.message).toContain(
      'has not been analysed',
    );
  });
});

describe('POST /v1/explain', () => {
  const span = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };

  it('asks for what the body says, and answers a refusal as an answer', async () => {
    const answer = await explain({ metric: 'dispute_rate', span, slice: 'region=GB', against: 'last-week' });
    expect(answer.json()).toMatchObject({ status: 'refused', reason: 'no_baseline' });
    const from = Date.parse(span.from);
    expect(service.explained).toEqual([
      {
        metric: 'dispute_rate',
        span: { from, to: from + DAY },
        slice: { region: 'GB' },
        against: 'last-week',
        dimensions: null,
      },
    ]);
  });

  it.each([
    [
      'a span that ends before it begins',
      { span: { from: span.to, to: span.from } },
      'span: must end after it begins',
    ],
    ['a slice that is none', { slice: 'toys' }, "slice: slice 'toys'"],
    ['a baseline that nobody knows', { against: 'yesterday' }, 'against'],
  ])('refuses %s', async (_what, changes, words) => {
    const answer = await explain({ metric: 'dispute_rate', span, ...changes });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'invalid_request']);
    expect(answer.json().error.message).toContain(words);
  });
});
