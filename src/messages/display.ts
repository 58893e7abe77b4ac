import type { Configuration } from '../config/configuration.js';
import { isLevel, isRate, type MetricDefinition } from '../model/metric.js';
import type { MetricDisplay } from '../notify/contract.js';

/** How the values of a configured metric are shown; `title` is for one that is not configured any more. */
export function displayFor(
  { metrics, service }: Pick<Configuration, 'metrics' | 'service'>,
  id: string,
  title = id,
): MetricDisplay {
  return displayOf(
    metrics.find((metric) => metric.id === id),
    title,
    service.currency,
  );
}

/** How a metric's values are shown to people. An alert may outlive its metric's definition. */
export function displayOf(
  metric: MetricDefinition | undefined,
  title: string,
  currency: string,
): MetricDisplay {
  const kind = metric?.measure.kind ?? 'count';
  return {
    title: metric?.title ?? title,
    counted: metric === undefined ? 'events' : countedOf(metric),
    unit: isRate(kind) ? 'rate' : isMoney(metric) ? 'amount' : 'count',
    timezone: metric?.timezone ?? 'UTC',
    currency,
  };
}

function isMoney(metric: MetricDefinition | undefined): boolean {
  const measure = metric?.measure;
  return (
    measure?.kind === 'sum' || (measure !== undefined && 'value' in measure && measure.value === 'amount')
  );
}

/** The plural of what a metric's events are about: `dispute.opened` counts disputes. */
function countedOf({ measure }: MetricDefinition): string {
  if (isLevel(measure.kind)) return '';
  const selector =
    measure.kind === 'ratio' ? measure.numerator : measure.kind === 'breach' ? measure.opened : measure.of;
  const nouns = new Set(selector.event.map((type) => `${type.split('.', 1)[0]}s`));
  return [...nouns].join(' or ').replaceAll('_', ' ');
}
