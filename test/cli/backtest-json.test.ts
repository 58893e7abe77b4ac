import { expect, it } from 'vitest';
import { backtestJson } from '../../src/cli/backtest-json.js';
import { figuresOf } from '../../src/detection/backtest/score.js';
import type { Alert } from '../../src/model/alert.js';
import { HOUR, WEEK } from '../../src/model/clock.js';
import { episode, T0 } from '../detection/backtest-fixtures.js';

it('calls an alert that was held back neither right nor wrong, because nobody was told of it', () => {
  const first = { bucketStart: T0, value: 0.3, expected: 0.1, lower: 0, upper: 0.2, score: 2 };
  const told = episode({ openedAt: T0 + HOUR, first } as Partial<Alert>);
  const held = { ...told, alert: { ...told.alert, alertId: 'held', slice: 'region=GB' }, announcedAt: [] };
  const counted = { from: T0, to: T0 + WEEK };
  const run = { episodes: [told, held], metrics: [], judged: new Map(), origins: new Map() };
  const rows = backtestJson({
    evaluation: {
      run,
      counted,
      outcomes: [],
      right: new Set<string>(),
      leftOut: [],
      overall: figuresOf(run.episodes, [], counted),
      byMetric: new Map(),
    },
    compared: null,
    charts: new Map(),
    seconds: 1,
  });
  expect(rows).toContainEqual(expect.objectContaining({ kind: 'alert', slice: 'all', right: false }));
  expect(rows).toContainEqual(
    expect.objectContaining({ kind: 'alert', slice: 'region=GB', held_back: true, right: null }),
  );
});
