import { DateTime } from 'luxon';
import { DAY, MINUTE, SECOND } from '../model/clock.js';
import { nominalSeconds } from '../model/metric.js';
import { didYouMean } from './did-you-mean.js';
import type { KnownDetector, PlugIns } from './plug-ins.js';
import type { Problem } from './problems.js';
import { checkSchema, keysAt, listWords, unknownKey } from './schema-check.js';
import { BucketSchema, isTimezone } from './text-forms.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

/** The parts of a metric that belong to its kind, and nothing else does. */
const PARTS_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  count: ['of'],
  sum: ['of'],
  mean: ['of'],
  quantile: ['of', 'level'],
  distinct: ['of', 'distinct'],
  ratio: ['numerator', 'denominator'],
  breach: ['opened', 'answered'],
};

/** Kinds whose deviation is not counted in events. */
const WITHOUT_EVENTS: readonly string[] = ['mean', 'quantile', 'sum'];

/** A mean or a quantile is of a number, which has a default. */
const KINDS_WITH_VALUE: readonly string[] = ['mean', 'quantile'];

/**
 * What a schema of one field cannot see in `metrics.yaml`: fields that contradict each other, and detectors.
 * It reads the plain data, not the schema's result, so that a metric with a wrong field is still checked.
 */
export function checkMetrics(
  source: YamlSource,
  detectors: readonly KnownDetector[],
  plugIns: PlugIns,
): Problem[] {
  const problems: Problem[] = [...plugIns.problems];
  const seen = new Map<string, number>();
  for (const [index, metric] of itemsOf(source.value).entries()) {
    if (!isRecord(metric)) continue;
    const report = (path: SettingPath, message: string, at?: 'value' | 'key'): void => {
      problems.push(source.problem([index, ...path], message, at));
    };
    if (typeof metric.id === 'string') {
      const first = seen.get(metric.id);
      if (first === undefined) seen.set(metric.id, index);
      else report(['id'], `'${metric.id}' is already the id of metric ${first + 1} in this file`);
    }
    checkKind(metric, report);
    checkBucket(metric, report);
    checkSlices(metric, report);
    problems.push(...checkDetectors(source, index, metric, detectors, plugIns));
  }
  return problems;
}

type Report = (path: SettingPath, message: string, at?: 'value' | 'key') => void;

function checkKind(metric: Record<string, unknown>, report: Report): void {
  const kind = String(metric.kind);
  const parts = PARTS_OF_KIND[kind];
  if (parts === undefined) return;
  for (const part of parts) {
    if (metric[part] === undefined)
      report([part], `is missing: a ${kind} metric needs ${parts.join(' and ')}`);
  }
  for (const part of new Set(Object.values(PARTS_OF_KIND).flat())) {
    if (metric[part] !== undefined && !parts.includes(part)) {
      report(
        [part],
        `'${part}' does not belong to a ${kind} metric, which has ${parts.join(' and ')}`,
        'key',
      );
    }
  }
  if (metric.value !== undefined && !KINDS_WITH_VALUE.includes(kind))
    report(['value'], `'value' does not belong to a ${kind} metric: it is for mean and quantile`, 'key');
  const rate = kind === 'ratio' || kind === 'breach' || KINDS_WITH_VALUE.includes(kind);
  if (!rate && metric.min_denominator !== undefined) {
    report(
      ['min_denominator'],
      `a ${kind} metric has no denominator: use min_expected instead of min_denominator`,
      'key',
    );
  }
  if (rate && metric.min_expected !== undefined) {
    report(
      ['min_expected'],
      `min_expected is for count, sum and distinct: a ${kind} metric has min_denominator`,
      'key',
    );
  }
  if (rate && metric.empty !== undefined) {
    report(
      ['empty'],
      `empty is for count, sum and distinct: a ${kind} metric has no value in an empty bucket`,
      'key',
    );
  }
  if (isRecord(metric.alert) && WITHOUT_EVENTS.includes(kind))
    for (const key of ['critical_min_events', 'critical_events'])
      if (metric.alert[key] !== undefined)
        report(['alert', key], `the impact of a ${kind} is not a number of events`, 'key');
  const { denominator } = metric;
  if (isRecord(denominator) && denominator.lag !== undefined && denominator.over === undefined)
    report(
      ['denominator', 'lag'],
      'needs over: it moves the time that the denominator is counted over',
      'key',
    );
  if (kind === 'breach' && metric.date !== undefined && metric.date !== 'due_at') {
    report(['date'], 'must be due_at: a breach metric counts the cases that fall due in a bucket');
  }
}

/**
 * Daylight saving must shift a zone by whole buckets. Otherwise one bucket of that day would be cut or
 * stretched, and its count would look like an incident twice a year.
 */
function checkBucket(metric: Record<string, unknown>, report: Report): void {
  const bucket = BucketSchema.safeParse(metric.bucket ?? '1h');
  const timezone = metric.timezone ?? 'UTC';
  if (!bucket.success || typeof timezone !== 'string' || !isTimezone(timezone)) return;
  const width = nominalSeconds(bucket.data) * SECOND;
  if (width >= DAY) return;
  const shift = daylightSavingShift(timezone);
  if (shift % width === 0) return;
  const remedy = 'use 1h or less, 1d, or a zone without daylight saving such as UTC';
  report(
    ['bucket'],
    `daylight saving in ${timezone} moves the clock by ${shift / MINUTE} min and would cut such buckets; ${
      shift % (60 * MINUTE) === 0 ? remedy : 'use 30m or less, 1d, or UTC'
    }`,
  );
}

function daylightSavingShift(zone: string): number {
  // Any one year shows the rule of today; a fixed one keeps the check free of the clock.
  const offsets = Array.from({ length: 12 }, (_, month) => {
    return DateTime.fromObject({ year: 2025, month: month + 1, day: 15 }, { zone }).offset;
  });
  return (Math.max(...offsets) - Math.min(...offsets)) * MINUTE;
}

function checkSlices(metric: Record<string, unknown>, report: Report): void {
  const seen = new Map<string, string>();
  for (const [index, slice] of itemsOf(metric.slices).entries()) {
    const dimensions = itemsOf(slice).filter((dimension) => typeof dimension === 'string');
    for (const [position, dimension] of dimensions.entries()) {
      if (dimensions.indexOf(dimension) < position) {
        report(['slices', index, position], `dimension '${dimension}' is named twice in one slice`);
      }
    }
    const shown = `[${dimensions.join(', ')}]`;
    const key = [...new Set(dimensions)].sort().join(',');
    const earlier = seen.get(key);
    if (earlier !== undefined)
      report(['slices', index], `${shown} is the same slice as ${earlier} before it`);
    else seen.set(key, shown);
  }
}

function checkDetectors(
  source: YamlSource,
  index: number,
  metric: Record<string, unknown>,
  detectors: readonly KnownDetector[],
  plugIns: PlugIns,
): Problem[] {
  const problems: Problem[] = [];
  const uses = itemsOf(metric.detect);
  for (const [position, entry] of uses.entries()) {
    if (!isRecord(entry) || typeof entry.use !== 'string' || entry.use === '') continue;
    const path: SettingPath = [index, 'detect', position];
    const names = detectors.map((detector) => detector.name);
    const detector = detectors.find((known) => known.name === entry.use) ?? plugIns.byUse.get(entry.use);
    if (detector === undefined) {
      if (plugIns.failed.has(entry.use)) continue;
      const known = `known are ${listWords(names).replace(' or ', ' and ')}`;
      const message = `no detector is called '${entry.use}'${didYouMean(entry.use, names)}; ${known}`;
      problems.push(source.problem([...path, 'use'], message));
      continue;
    }
    const twin = uses.findIndex((other) => isRecord(other) && other.use === entry.use);
    if (twin < position) {
      problems.push(source.problem([...path, 'use'], `'${entry.use}' is used twice by one metric`));
    }
    const { use: _, ...params } = entry;
    // A schema that is not strict would drop a mistyped parameter and go on with its default.
    const known = keysAt(detector.parameters, []);
    const strangers = known === null ? [] : Object.keys(params).filter((key) => !known.includes(key));
    for (const key of strangers) {
      const message = `${unknownKey(key, known ?? [])} of detector ${entry.use}`;
      problems.push(source.problem([...path, key], message, 'key'));
      delete params[key];
    }
    problems.push(...checkSchema(detector.parameters, source, params, path).problems);
  }
  const { combine } = metric;
  const voters = metric.detect === 'auto' ? 1 : uses.length;
  if (isRecord(combine) && typeof combine.at_least === 'number' && combine.at_least > voters) {
    const message = `cannot be ${combine.at_least}, because the metric has ${voters} detectors`;
    problems.push(source.problem([index, 'combine', 'at_least'], message));
  }
  return problems;
}
