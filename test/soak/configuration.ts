import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUCKET } from './judgement.js';

/** Two metrics on 81 slices each, judged by two detectors; the store is in the same folder. */
export function writeConfiguration(folder: string): void {
  const files = {
    'redress.yaml': [
      `clickhouse: { data: ${JSON.stringify(join(folder, 'store'))}, port: 0 }`,
      'http: { port: 0, requests_per_minute: 1000000 }',
      '',
    ].join('\n'),
    'metrics.yaml': [
      ...metric('dispute_rate', [
        'kind: ratio',
        'numerator: { event: dispute.opened }',
        'denominator: { event: order.delivered }',
        'min_denominator: 20',
      ]),
      ...metric('deliveries', ['kind: count', 'of: { event: order.delivered }', 'bad: down']),
    ].join('\n'),
    'escalation.yaml': [
      'policies: [{ id: standard, steps: [{ tell: [console] }, { after: 5m, tell: [console] }] }]',
      'routes: [{ policy: standard }]',
      '',
    ].join('\n'),
    'owners.yaml': '- { id: ann, name: Ann, timezone: UTC }\n',
    'calendar.yaml': '[]\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function metric(id: string, lines: readonly string[]): string[] {
  return [
    `- id: ${id}`,
    ...[
      ...lines,
      `bucket: ${BUCKET}m`,
      'timezone: UTC',
      'owner: ann',
      'allowed_lateness: 30s',
      'slices: [[], [region], [category], [region, category]]',
      // Windows that are full before anything is measured.
      'detect: [{ use: z-score, window: 6, warm_up: 5 }, { use: cusum, warm_up: 5 }]',
      'alert: { for: 1, recover: 1, merge_gap: 5m }',
    ].map((line) => `  ${line}`),
    '',
  ];
}
