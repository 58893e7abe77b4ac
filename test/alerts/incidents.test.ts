import { describe, expect, test } from 'vitest';
import { audit } from '../../src/alerts/audit.js';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { Alert, EscalationPolicy, Route } from '../../src/model/alert.js';
import { SECOND } from '../../src/model/clock.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { naming } from './analyses.js';
import { afterHour, DAY, HOUR, hour, MINUTE, metric, POLICY, seen, T0 } from './fixtures.js';

const PAGER = {
  id: 'pager',
  steps: [{ delay: 0, targets: ['webhook:duty'] }],
  ackTimeout: HOUR,
} satisfies EscalationPolicy;
const PLAIN: Route[] = [{ match: {}, policy: POLICY.id }];
const GB = { slice: { region: 'GB' } };
const START = afterHour(T0);

/** A desk with its journal, whose messages arrive as soon as they are asked to. */
class Story {
  readonly journal: JournalEntry[] = [];
  desk: AlertDesk;
  readonly #settings: ConstructorParameters<typeof AlertDesk>[0];

  constructor(routes: readonly Route[] = PLAIN) {
    this.#settings = { policies: [POLICY, PAGER], routes, sameCauseWithin: 7 * DAY };
    this.desk = new AlertDesk(this.#settings);
  }

  note(entries: readonly JournalEntry[]): void {
    this.journal.push(...entries);
  }

  /** The alert of a metric on a slice, which fires in an hour. */
  fire(of: string, { slice = 'all', index = 0, score = 2, at = afterHour(hour(index)) } = {}): Alert {
    const observed = seen(hour(index), 'up', { slice, score, of: metric({ id: of, title: of }) });
    this.note(this.desk.observe(observed, at));
    return this.alert(of, slice);
  }

  calm(of: string, index: number): void {
    for (const at of [index, index + 1])
      this.note(
        this.desk.observe(
          seen(hour(at), 'normal', { of: metric({ id: of, title: of }) }),
          afterHour(hour(at)),
        ),
      );
  }

  explain(alert: Alert, now = START, outcome = naming(GB)): void {
    this.note(this.desk.explained({ alertId: alert.alertId, at: now, outcome }, now));
  }

  deliver(now = START): void {
    // A channel takes one message a second.
    for (let moment = now; moment < now + 10 * SECOND; moment += SECOND)
      for (const { deliveryId, subject } of this.desk.dueDeliveries(moment)) {
        const messageRef = `C1:${subject.id}`;
        this.note(this.desk.recordAttempt(deliveryId, { outcome: 'sent', messageRef }, moment));
      }
  }

  restart(): void {
    this.desk = new AlertDesk(this.#settings);
    this.desk.restore(this.journal);
  }

  alert(of: string, slice = 'all'): Alert {
    const found = this.desk.alerts().find((each) => each.metric === of && each.slice === slice);
    if (found === undefined) throw new Error(`no alert for ${of}`);
    return found;
  }

  /** What has arrived: `reason → target (whose message)`. */
  told(): string[] {
    return this.journal
      .filter(({ stream, reason }) => stream === 'delivery' && reason === 'sent')
      .map(({ body }) => body as unknown as Delivery)
      .map(({ reason, target, subject }) => `${reason} → ${target} (${subject.id.split('-')[0]})`);
  }

  mismatches() {
    return audit(this.journal, { since: T0, now: START, patience: HOUR });
  }
}

describe('alerts whose analyses name the same cause', () => {
  test('are one message when the analyses come before it is sent', () => {
    const story = new Story();
    const [first, second] = [story.fire('disputes'), story.fire('refunds')];
    story.explain(second);
    story.explain(first);
    story.deliver();
    expect(story.told()).toEqual([
      'first_notification → slack:#disputes (disputes)',
      'analysed → slack:#disputes (disputes)',
    ]);
    expect(story.desk.group(story.alert('disputes').groupId).map((alert) => alert.metric)).toEqual([
      'disputes',
      'refunds',
    ]);
    expect(story.alert('refunds')).toMatchObject({
      leadsGroup: false,
      sameCause: { alertId: first.alertId, slice: 'region=GB' },
    });
    expect(story.mismatches()).toEqual([]);
  });

  test('are told of in the message of the first; the later one’s says where it goes on, and both only there', () => {
    const story = new Story();
    const first = story.fire('disputes');
    story.explain(first);
    story.deliver();
    const second = story.fire('refunds');
    story.deliver();
    story.explain(second);
    story.deliver();
    expect(story.told().slice(2)).toEqual([
      'first_notification → slack:#disputes (refunds)',
      'group_changed → slack:#disputes (disputes)',
      'joined_incident → slack:#disputes (refunds)',
    ]);
    expect(story.mismatches()).toEqual([]);
    // Only the first goes on escalating.
    story.note(story.desk.due(START + 15 * MINUTE));
    story.deliver(START + 15 * MINUTE);
    expect(story.told().slice(5)).toEqual([
      'escalated → slack:#disputes (disputes)',
      'escalated → slack:#leads (disputes)',
      'analysed → slack:#leads (disputes)',
    ]);
  });

  test('join whichever analysis comes last, and the one that people know longer stays', () => {
    const story = new Story();
    const first = story.fire('disputes');
    story.deliver();
    const second = story.fire('refunds', { index: 1 });
    story.explain(second, afterHour(hour(1)));
    story.deliver(afterHour(hour(1)));
    story.explain(first, afterHour(hour(1)) + MINUTE);
    expect(story.alert('disputes').leadsGroup).toBe(true);
    expect(story.alert('refunds').leadsGroup).toBe(false);
  });

  test('stay together over a restart, and end when the last of them does', () => {
    const story = new Story();
    const [first, second] = [story.fire('disputes'), story.fire('refunds')];
    story.explain(first);
    story.explain(second);
    story.deliver();
    story.restart();
    story.calm('disputes', 1);
    expect(story.alert('refunds').leadsGroup).toBe(true);
    story.restart();
    story.deliver(afterHour(hour(2)));
    expect(story.told().filter((line) => line.startsWith('resolved'))).toEqual([]);
    story.calm('refunds', 3);
    story.deliver(afterHour(hour(4)));
    expect(story.told().filter((line) => line.startsWith('resolved'))).toEqual([
      'resolved → slack:#disputes (disputes)',
      'resolved → slack:#leads (disputes)',
    ]);
    // Whichever comes back comes back into the message that is known.
    story.fire('refunds', { index: 6 });
    story.deliver(afterHour(hour(6)));
    expect(story.told().slice(-2)).toEqual([
      'reopened → slack:#disputes (disputes)',
      'reopened → slack:#leads (disputes)',
    ]);
    expect(audit(story.journal, { since: T0, now: afterHour(hour(6)), patience: DAY })).toEqual([]);
  });

  test('are acknowledged as one, whenever they join and whichever of them was taken', () => {
    const story = new Story();
    const first = story.fire('disputes');
    story.explain(first);
    const done = story.desk.act({ kind: 'acknowledge', alertId: first.alertId, actor: 'amira' }, START);
    if (done.outcome === 'done') story.note(done.entries);
    story.explain(story.fire('refunds'));
    expect(story.alert('refunds')).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'amira' });

    const other = new Story();
    const [older, newer] = [other.fire('disputes'), other.fire('refunds', { index: 1 })];
    other.desk.act({ kind: 'acknowledge', alertId: newer.alertId, actor: 'amira' }, afterHour(hour(1)));
    other.explain(newer, afterHour(hour(1)));
    other.explain(older, afterHour(hour(1)));
    expect(other.alert('disputes')).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'amira' });
  });

  test('leave a graver one open that nobody has taken', () => {
    const story = new Story();
    const [older, newer] = [story.fire('disputes', { score: 5 }), story.fire('refunds', { index: 1 })];
    story.desk.act({ kind: 'acknowledge', alertId: newer.alertId, actor: 'amira' }, afterHour(hour(1)));
    story.explain(newer, afterHour(hour(1)));
    story.explain(older, afterHour(hour(1)));
    expect(story.alert('disputes').state).toBe('firing');
  });

  test('tell everybody of the incident whom one of them would have told', () => {
    const routes = [{ match: { metric: ['refunds'] }, policy: PAGER.id }, ...PLAIN];
    const story = new Story(routes);
    story.explain(story.fire('disputes'));
    story.deliver();
    story.explain(story.fire('refunds'));
    story.deliver();
    expect(story.told().slice(2)).toEqual([
      'first_notification → webhook:duty (disputes)',
      'analysed → webhook:duty (disputes)',
      'group_changed → slack:#disputes (disputes)',
    ]);
    expect(story.mismatches()).toEqual([]);
  });

  test('go on by the policy of the gravest, from its first step', () => {
    const routes = [{ match: { severity: ['critical'] }, policy: PAGER.id }, ...PLAIN];
    const story = new Story(routes);
    story.explain(story.fire('disputes'));
    story.deliver();
    story.explain(story.fire('refunds', { score: 5, at: START + MINUTE }), START + MINUTE);
    story.deliver(START + MINUTE);
    expect(story.told().slice(2)).toEqual([
      'group_changed → slack:#disputes (disputes)',
      'escalated → webhook:duty (disputes)',
      'analysed → webhook:duty (disputes)',
    ]);
    expect(story.alert('disputes').escalation.policy.id).toBe(PAGER.id);
    expect(story.mismatches()).toEqual([]);
  });

  test('that are grouped bring their whole groups', () => {
    const grouping = { by: ['metric'], wait: 30 * SECOND, interval: 5 * MINUTE };
    const story = new Story([{ match: {}, policy: POLICY.id, grouping }]);
    for (const slice of ['region=GB', 'region=DE']) story.fire('disputes', { slice });
    for (const slice of ['region=GB', 'region=FR']) story.fire('refunds', { slice });
    story.explain(story.alert('disputes', 'region=GB'), START, naming({ slice: { channel: 'app' } }));
    story.explain(story.alert('refunds', 'region=GB'), START, naming({ slice: { channel: 'app' } }));
    story.note(story.desk.due(START + 30 * SECOND));
    story.deliver(START + 30 * SECOND);
    expect(story.told().map((line) => line.split(' ')[0])).toEqual(['first_notification', 'analysed']);
    expect(story.desk.group(story.alert('disputes', 'region=GB').groupId)).toHaveLength(4);
    expect(story.mismatches()).toEqual([]);
  });

  test('are two while one of them is silenced, and one when that is over', () => {
    const story = new Story();
    story.explain(story.fire('disputes'));
    story.deliver();
    const match = { metric: ['refunds'] };
    story.desk.silence({ kind: 'make', actor: 'amira', match, reason: '', endsAt: hour(9) }, START);
    const second = story.fire('refunds');
    story.explain(second);
    expect(story.alert('refunds').groupId).toBe('');
    story.note(story.desk.due(hour(9)));
    story.deliver(hour(9));
    expect(story.alert('refunds').groupId).toBe(story.alert('disputes').groupId);
    expect(story.told().filter((line) => line.endsWith('(refunds)'))).toEqual([]);
  });

  test('say where it goes on as well in a message that was on its way when they became one', () => {
    const story = new Story();
    story.explain(story.fire('disputes'));
    story.deliver();
    const second = story.fire('refunds');
    const [onItsWay] = story.desk.dueDeliveries(START + MINUTE);
    story.explain(second);
    const arrived = { outcome: 'sent', messageRef: 'C1:late' } as const;
    story.note(story.desk.recordAttempt(onItsWay?.deliveryId ?? '', arrived, START + MINUTE));
    story.deliver(START + MINUTE);
    expect(story.told().filter((line) => line.endsWith('(refunds)'))).toEqual([
      'first_notification → slack:#disputes (refunds)',
      'joined_incident → slack:#disputes (refunds)',
    ]);
    expect(story.mismatches()).toEqual([]);
  });
});
