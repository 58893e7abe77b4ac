import { describe, expect, test } from 'vitest';
import { routingFor } from '../../src/alerts/routing.js';
import type { EscalationPolicy, Route } from '../../src/model/alert.js';
import type { Labels } from '../../src/model/matchers.js';
import { desk, fireAt, reasons, told } from './desk-words.js';
import { afterHour, HOUR, hour, MINUTE, POLICY, ROUTES, seen } from './fixtures.js';

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

describe('a tree of routes', () => {
  const to = (id: string, changes: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
    ...POLICY,
    ...{ id, steps: [{ delay: 0, targets: [`webhook:${id}`] }] },
    ...changes,
  });
  const policies = [to('all'), to('money'), to('night'), to('audit', { ackTimeout: HOUR })];
  const grouping = { by: ['region'], wait: 0, interval: HOUR };
  const where = (labels: Labels, routes: Route[]) => {
    const { policy, route } = routingFor(labels, routes, policies);
    return { policy: policy.id, route };
  };

  test('takes an alert by the finest route that matches, and gives it what the coarser ones say', () => {
    const routes: Route[] = [
      {
        match: { metric: { prefix: ['refund'] } },
        policy: 'money',
        fallback: ['console'],
        repeatInterval: 4 * HOUR,
        routes: [
          { match: { region: ['GB'] }, grouping, repeatInterval: null },
          { match: { severity: { not: ['critical'] } }, policy: 'night' },
        ],
      },
      { match: {}, policy: 'all' },
    ];
    expect(where({ metric: 'refund_rate', region: 'GB', severity: 'warning' }, routes)).toEqual({
      policy: 'money',
      route: { grouping, repeatInterval: null, fallback: ['console'] },
    });
    expect(where({ metric: 'refund_rate', region: 'FR', severity: 'warning' }, routes)).toEqual({
      policy: 'night',
      route: { grouping: null, repeatInterval: 4 * HOUR, fallback: ['console'] },
    });
    // No finer one matches: the coarser one takes it itself.
    expect(where({ metric: 'refund_rate', region: 'FR', severity: 'critical' }, routes).policy).toBe('money');
    expect(where({ metric: 'orders', region: 'GB', severity: 'warning' }, routes).policy).toBe('all');
  });

  test('that continues lets the next ones be asked, and then their policies run side by side', () => {
    const slow: EscalationPolicy = {
      ...to('slow'),
      steps: [
        { delay: 10 * MINUTE, targets: ['slack:#leads'] },
        { delay: 20 * MINUTE, targets: ['slack:#directors'] },
      ],
      ackTimeout: 8 * HOUR,
    };
    const routes: Route[] = [
      { match: { severity: ['critical'] }, policy: 'audit', continue: true, fallback: ['console'] },
      { match: {}, policy: 'slow' },
      { match: {}, policy: 'all' },
    ];
    const { policy, route } = routingFor({ severity: 'critical' }, routes, [...policies, slow]);
    expect(policy.steps).toEqual([
      { delay: 0, targets: ['webhook:audit'] },
      { delay: 10 * MINUTE, targets: ['slack:#leads'] },
      { delay: 20 * MINUTE, targets: ['slack:#directors'] },
    ]);
    // The shorter acknowledgement holds, and the first route settles the rest.
    expect(policy.ackTimeout).toEqual({ info: HOUR, warning: HOUR, critical: HOUR });
    expect(route.fallback).toEqual(['console']);
    expect(routingFor({ severity: 'info' }, routes, [...policies, slow]).policy.id).toBe('slow');
  });

  test('that continues within a finer level stays within it', () => {
    const routes: Route[] = [
      {
        match: { metric: ['refund_rate'] },
        policy: 'all',
        routes: [
          { match: { region: ['GB'] }, policy: 'money', continue: true },
          { match: { severity: ['critical'] }, policy: 'night' },
        ],
      },
      { match: {}, policy: 'audit' },
    ];
    expect(where({ metric: 'refund_rate', region: 'GB', severity: 'critical' }, routes).policy).toBe(
      'money+night',
    );
    expect(where({ metric: 'refund_rate', region: 'GB', severity: 'info' }, routes).policy).toBe('money');
  });
});
