import { builtinDetectors } from '../../detectors/index.js';
import type { Detector } from '../../src/detection/contract.js';
import { print, printTable } from './measure.js';
import { type NabSeries, nabIsThere, readNab } from './nab-corpus.js';
import { NAB_PROFILES, scoreNab } from './nab-scorer.js';

/** On this half, from the published score files: standard, low false alarms, low misses. */
const PUBLISHED: readonly (readonly string[])[] = [
  ['ARTime (published)', '76.2', '66.4', '81.9'],
  ['Numenta HTM (published)', '65.8', '58.2', '70.3'],
  ['CAD OSE (published)', '63.9', '60.8', '67.3'],
  ['random cut forest (published)', '44.2', '34.5', '54.3'],
  ['windowed Gaussian (published)', '33.9', '11.4', '43.0'],
];

const LEFT_OUT: Readonly<Record<string, string>> = {
  threshold: 'it has no limit unless somebody chooses one',
  'burn-rate': 'it judges rates, and these are values',
};

/** Every detector with its defaults on every series: what a series is called is not told to them. */
export async function run(): Promise<void> {
  if (!nabIsThere) {
    process.stdout.write('skipped: there is no ../shared/data/nab\n');
    return;
  }
  const corpus = readNab();
  const contestants = builtinDetectors.filter(({ name }) => !(name in LEFT_OUT));
  const rows = contestants.map((detector) => {
    const begun = performance.now();
    const scores = corpus.map((series) => scoresOf(detector, series));
    const seconds = (performance.now() - begun) / 1_000;
    const results = Object.values(NAB_PROFILES).map((profile) => scoreNab(corpus, scores, profile));
    const [standard] = results;
    return [
      detector.name,
      ...results.map(({ score }) => score.toFixed(1)),
      `${standard?.hits} of ${corpus.reduce((sum, { windows }) => sum + windows.length, 0)}`,
      `${standard?.falseRows}`,
      standard?.threshold.toFixed(3) ?? '',
      seconds.toFixed(1),
    ];
  });
  printTable([
    ['', ...Object.keys(NAB_PROFILES), 'windows found', 'false rows', 'threshold', 'seconds'],
    ...rows,
    ...PUBLISHED,
  ]);
  for (const [name, why] of Object.entries(LEFT_OUT)) print(`  ${name} is left out: ${why}`);
}

/** The scores of one series, judged online; 0 where the detector is still cold. */
export function scoresOf(detector: Detector, series: NabSeries): Float64Array {
  const context = { kind: 'value', bucketSeconds: bucketOf(series.times), timezone: 'UTC' } as const;
  const judge = detector.create(detector.parameters.parse({}), context);
  return Float64Array.from(series.values, (value, at) => {
    const bucketStart = series.times[at] as number;
    const judgement = judge.observe({
      bucketStart,
      value,
      numerator: value,
      denominator: null,
      annotations: [],
    });
    return judgement.status === 'judged' ? judgement.score : 0;
  });
}

/** The middle one of the steps between rows, in seconds. */
function bucketOf(times: readonly number[]): number {
  const steps = times.slice(1).map((time, at) => (time - (times[at] as number)) / 1_000);
  return Math.max(1, steps.sort((a, b) => a - b)[steps.length >> 1] ?? 1);
}
