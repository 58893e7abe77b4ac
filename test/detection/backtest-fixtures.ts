import { fingerprintOf } from '../../src/alerts/fingerprint.js';
import type { Episode, Label } from '../../src/detection/backtest/labels.js';
import type { Alert } from '../../src/model/alert.js';
import { HOUR } from '../../src/model/clock.js';

export const T0 = Date.UTC(2026, 2, 3);

/** An alert of which a test says only what matters to it: it fires once, and ends after three hours. */
export function episode(overrides: Partial<Alert> = {}): Episode {
  const { metric = 'dispute_rate', slice = 'all', direction = 'up' } = overrides;
  const openedAt = overrides.openedAt ?? T0;
  const startedAt = overrides.startedAt ?? openedAt;
  const fingerprint = fingerprintOf({ metric, slice, direction });
  const alert = {
    alertId: `${fingerprint}-${startedAt}`,
    kind: 'metric',
    fingerprint,
    metric,
    slice,
    direction,
    startedAt,
    openedAt,
    resolvedAt: openedAt + 3 * HOUR,
    ...overrides,
  } as Alert;
  return { alert, announcedAt: [openedAt] };
}

export function label(overrides: Partial<Label> = {}): Label {
  return {
    metric: 'dispute_rate',
    slice: {},
    from: T0,
    to: T0 + 6 * HOUR,
    title: 'a label',
    place: 'labels.csv:2',
    ...overrides,
  };
}
