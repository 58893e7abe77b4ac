import { describe, expect, test } from 'vitest';
import type { EscalationPolicy } from '../../src/model/alert.js';
import { desk, fireAt, reasons, told } from './desk-words.js';
import { afterHour, HOUR, hour, POLICY, ROUTES, seen } from './fixtures.js';

describe('routes and policies', () => {
  test('the first route whose labels all match decides, by metric, severity and slice', () => {
    const urgent: EscalationPolicy = {
      ...POLICY,
      id: 'urgent',
      steps: [{ delay: 0, targets: ['webhook:pager'] }],
    };
    const alerts = desk(
      [POLICY, urgent],
      [{ match: { severity: ['critical'], region: ['GB', 'IE'] }, policy: 'urgent' }, ...ROUTES],
    );
    const critical = { slice: 'region=GB', score: 5 };
    expect(told(alerts.observe(seen(hour(0), 'up', critical), afterHour(hour(0))))).toEqual([
      'first_notification → webhook:pager',
    ]);
    const elsewhere = { slice: 'region=DE', score: 5 };
    expect(told(alerts.observe(seen(hour(0), 'up', elsewhere), afterHour(hour(0))))).toEqual([
      'first_notification → slack:#disputes',
    ]);
  });

  test('a step with nobody to tell is recorded and falls through at once', () => {
    const steps = [
      { delay: 0, targets: [] },
      { delay: HOUR, targets: ['slack:#leads'] },
    ];
    const entries = fireAt(desk([{ ...POLICY, steps }]), 0);
    expect(reasons(entries)).toEqual(['fired', 'nobody_to_tell', 'first_notification']);
    expect(told(entries)).toEqual(['first_notification → slack:#leads']);
  });

  test('a policy without steps is recorded as nobody to tell, not as silence', () => {
    expect(reasons(fireAt(desk([{ ...POLICY, steps: [] }]), 0))).toEqual(['fired', 'nobody_to_tell']);
    expect(reasons(fireAt(desk([], []), 0))).toEqual(['fired', 'nobody_to_tell']);
  });
});
