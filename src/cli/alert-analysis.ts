import type { z } from 'zod';
import { AlertAnalysisSchema } from '../http/analysis-wire.js';
import { RedressError } from '../model/errors.js';
import { oneLine } from '../notify/wording.js';
import type { ServiceClient } from './service-client.js';

type AlertAnalysisWire = z.infer<typeof AlertAnalysisSchema>;

/** The analysis that came with an alert; null while there is none. */
export async function analysisOf(
  client: ServiceClient,
  alertPath: string,
): Promise<AlertAnalysisWire | null> {
  try {
    return await client.get(`${alertPath}/analysis`, AlertAnalysisSchema);
  } catch (error) {
    if (error instanceof RedressError && error.code === 'not_found') return null;
    throw error;
  }
}

/** The analysis for a person: a heading a part, or why there is none; empty while there is none. */
export function analysisText(analysis: AlertAnalysisWire | null): string {
  if (analysis === null) return '';
  const { outcome } = analysis;
  if (outcome.status === 'refused') return `Where it comes from cannot be said: ${outcome.detail}.`;
  return outcome.words
    .map(({ heading, lines }) => [heading, ...lines.map((line) => `  ${oneLine(line)}`)].join('\n'))
    .join('\n');
}
