import { stringify } from 'yaml';

/** An alert of Prometheus's about the service itself. */
export interface PrometheusRule {
  alert: string;
  expr: string;
  /** How long it must hold. */
  for: string;
  labels: { severity: 'critical' | 'warning' };
  annotations: { summary: string; description: string };
}

const rule = (
  alert: string,
  expr: string,
  lasting: string,
  severity: 'critical' | 'warning',
  summary: string,
  description: string,
): PrometheusRule => ({
  alert,
  expr,
  for: lasting,
  labels: { severity },
  annotations: { summary, description },
});

/** A counter that was not there before has grown as well, which `increase` does not see: it wants two samples of it. */
const grewInAnHour = (counter: string): string =>
  `increase(${counter}[1h]) > 0 or (${counter} unless ${counter} offset 1h) > 0`;

/** What an operator wants to be woken for, and what can wait for the morning. */
export const PROMETHEUS_RULES: readonly PrometheusRule[] = [
  rule(
    'RedressIsDown',
    'up{job="redress"} == 0',
    '2m',
    'critical',
    'Redress does not answer',
    'Nobody is warned of anything while it is down. What comes in meanwhile waits in Kafka.',
  ),
  rule(
    'RedressDoesNotDecide',
    // Of several processes one decides, and the others never look for work.
    'sum(increase(redress_tick_seconds_count[5m])) == 0',
    '5m',
    'critical',
    'Redress has looked for no work for five minutes',
    'It answers, but makes no points and no alerts. /readyz says what is wrong.',
  ),
  rule(
    'RedressMessagesWait',
    'redress_deliveries_oldest_seconds > 300',
    '5m',
    'critical',
    'A message has waited for more than five minutes',
    'A target cannot be reached, or sends back to wait. The dashboard "Redress pipeline" has the messages by target.',
  ),
  rule(
    'RedressMessagesGivenUp',
    grewInAnHour('redress_deliveries_total{state="failed"}'),
    '0m',
    'warning',
    'Messages were given up',
    'People who should have been told were not. The table deliveries has each with its reason.',
  ),
  rule(
    'RedressFallsBehind',
    // Every instance shows all partitions.
    'sum(max by (topic, partition) (redress_kafka_partition_lag)) > 100000',
    '15m',
    'warning',
    'More than 100,000 messages wait in Kafka',
    'Events come faster than they are stored. Start more instances with --role ingest.',
  ),
  rule(
    'RedressMissesMessages',
    grewInAnHour('redress_kafka_messages_lost_total'),
    '0m',
    'critical',
    'Kafka deleted messages before Redress read them',
    'What they told is counted nowhere. The log has topic, partition and offsets. Keep messages longer, or read faster.',
  ),
  rule(
    'RedressRejectsMuch',
    'sum(rate(redress_events_rejected_total[15m])) / (sum(rate(redress_events_accepted_total[15m])) + sum(rate(redress_events_rejected_total[15m]))) > 0.05',
    '15m',
    'warning',
    'More than one event in twenty is rejected',
    'A producer has changed its form. redress rejected lists them with their reasons.',
  ),
  rule(
    'RedressJudgesLate',
    'histogram_quantile(0.9, sum by (metric, le) (rate(redress_bucket_delay_seconds_bucket[6h]))) > 14400',
    '30m',
    'warning',
    'Buckets of a metric are judged hours after their end',
    'A source is late, or holds the others up. The dashboard "Redress pipeline" shows how fresh each is.',
  ),
  rule(
    'RedressDetectorFails',
    grewInAnHour('redress_detector_errors_total'),
    '0m',
    'warning',
    'A detector fails',
    'The others go on, and its points are not evaluable. The log has the cause.',
  ),
  rule(
    'RedressIsSlow',
    'nodejs_eventloop_lag_p99_seconds{job="redress"} > 0.5',
    '10m',
    'warning',
    'Redress is busy with something for half a second and more',
    'Clicks in Slack may be answered too late. Give it a processor more, or fewer series: max_series.',
  ),
  rule(
    'RedressHeartbeatFails',
    'increase(redress_heartbeats_total{outcome!="sent"}[15m]) > 3',
    '0m',
    'warning',
    'Signs of life do not arrive, or are held back',
    'Either the address cannot be reached or /readyz is not ready.',
  ),
];

export const PROMETHEUS_RULES_YAML = `# Written by 'redress dashboards'. Alert rules for Prometheus over what /metrics shows; the job is called redress.
${stringify({ groups: [{ name: 'redress', rules: PROMETHEUS_RULES }] }, { lineWidth: 0 })}`;
