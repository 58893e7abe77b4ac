import { expectRates } from '../../src/analysis/expectation.js';
import { explain } from '../../src/analysis/explain.js';
import type { JudgedLeaves } from '../../src/analysis/leaves.js';
import type { Explanation } from '../../src/model/analysis.js';
import { blurForecast, makeCounts } from '../analysis/made-counts.js';
import { makeMarket } from '../analysis/made-market.js';
import { oracleSeparates } from '../analysis/oracle.js';
import { countCases, hasRootCauseData, hits, rateCases, SetScore, sliceKey } from '../analysis/root-cause.js';
import { explainTenMillion } from './analysis-events.js';
import { print, printTable } from './measure.js';

/** Where a change sits: against labelled incidents, cases made from them, and made marketplaces; and how fast. */
export async function run(): Promise<void> {
  for (const part of Object.values(analysisParts)) await part();
}

/** The parts, each of which can be run alone: `npm run bench analysis-tables`. */
export const analysisParts: Readonly<Record<string, () => Promise<void>>> = {
  'analysis-tables': tables,
  'analysis-marketplaces': marketplaces,
  'analysis-events': explainTenMillion,
};

async function tables(): Promise<void> {
  if (!hasRootCauseData) return print('  skipped: there is no ../shared/data/root-cause');
  await rates();
  await counts();
}

async function rates(): Promise<void> {
  const tally = new Map<string, { causes: number; first: number; three: number }>();
  for (const { dimensions, causes, load } of rateCases()) {
    const { slices } = explain(await load());
    for (const name of [`${dimensions} dimensions`, 'all']) {
      const row = tally.get(name) ?? { causes: 0, first: 0, three: 0 };
      tally.set(name, row);
      row.causes += causes.length;
      row.first += hits(slices, causes, 1);
      row.three += hits(slices, causes, 3);
    }
  }
  printTable([
    ['rates: recall of the true slice', 'slices', 'in first place', 'among three'],
    ...[...tally]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { causes, first, three }]) => [
        name,
        `${causes}`,
        (first / causes).toFixed(3),
        (three / causes).toFixed(3),
      ]),
    ['RobustSpot (published, all 135)', '', '0.720', '0.874'],
    ['pooled G-test (published, all 135)', '', '0.566', '0.825'],
  ]);
}

async function counts(): Promise<void> {
  const loaded = await Promise.all(
    countCases().map(async ({ causes, load }) => ({ causes, leaves: await load() })),
  );
  const rows: string[][] = [];
  const judge = (name: string, cases: Iterable<{ leaves: JudgedLeaves; causes: readonly string[] }>) => {
    const score = new SetScore();
    const times: number[] = [];
    for (const { leaves, causes } of cases) {
      const { answer, milliseconds } = timed(leaves);
      times.push(milliseconds);
      score.add(answer.slices, causes);
    }
    rows.push([name, score.f1.toFixed(3), score.exact.toFixed(3), ...milliseconds(times)]);
  };
  judge('the 60 cases', loaded);
  for (const error of [0.02, 0.05, 0.1])
    judge(
      `with a forecast error of ${100 * error} %`,
      loaded.map(({ causes, leaves }, seed) => ({ causes, leaves: blurForecast(leaves, error, seed) })),
    );
  for (const depth of [1, 2, 3])
    for (const causes of [1, 2, 3])
      judge(
        `made: depth ${depth}, ${causes} ${causes === 1 ? 'cause' : 'causes'}, error 5 %`,
        loaded
          .filter((_, index) => index % 3 === 0)
          .map(({ leaves }, index) =>
            makeCounts(leaves, { depth, causes, error: 0.05, seed: 100 * index + 10 * depth + causes }),
          ),
      );
  print('');
  printTable([
    ['counts: 21,600 leaves', 'F1', 'exact sets', 'ms (median)', 'ms (p95)', 'ms (slowest)'],
    ...rows,
    ['RiskLoc (published, all 300 of B0)', '0.97'],
    ['AutoRoot (published, all 300 of B0)', '0.95'],
    ['Adtributor (published, all 300 of B0)', '0.53'],
  ]);
}

const MARKETS = 60;

async function marketplaces(): Promise<void> {
  const rows = (
    [
      ['nothing happened', 0, false],
      ['only the mix shifted', 0, true],
      ['one cause', 1, false],
      ['one cause, and the mix shifted', 1, true],
      ['two causes', 2, false],
      ['three causes', 3, false],
    ] as const
  ).map(([name, causes, mixShift], kind) => {
    const score = new SetScore();
    const times: number[] = [];
    const separable = new SetScore();
    let quiet = 0;
    for (let index = 0; index < MARKETS; index++) {
      const market = makeMarket({ seed: 10_000 + 1_000 * kind + index, causes, mixShift });
      const { answer, milliseconds } = timed(expectRates(market.leaves, market.now, market.history));
      times.push(milliseconds);
      const truth = market.causes.map(sliceKey);
      score.add(answer.slices, truth);
      if (causes > 0 && oracleSeparates(market)) separable.add(answer.slices, truth);
      if (answer.slices.every(({ cause }) => !cause)) quiet++;
    }
    return [
      name,
      causes === 0 ? '' : score.f1.toFixed(3),
      score.exact.toFixed(3),
      ...(causes === 0
        ? ['', '', '']
        : [`${separable.cases}`, separable.f1.toFixed(3), separable.exact.toFixed(3)]),
      (quiet / MARKETS).toFixed(3),
      ...milliseconds(times),
    ];
  });
  print('');
  printTable([
    [
      'made marketplaces',
      'F1',
      'exact sets',
      'separable',
      'F1',
      'exact sets',
      'no cause named',
      'ms (median)',
      'ms (p95)',
      'ms (slowest)',
    ],
    ...rows,
  ]);
}

function timed(leaves: JudgedLeaves): { answer: Explanation; milliseconds: number } {
  const begun = performance.now();
  const answer = explain(leaves);
  return { answer, milliseconds: performance.now() - begun };
}

function milliseconds(times: number[]): string[] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
  return [at(0.5), at(0.95), at(1)];
}
