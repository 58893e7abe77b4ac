import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import { configuration, write } from './folder.js';

const IN_SLACK = { SLACK_BOT_TOKEN: 'xoxb-1-2', SLACK_SIGNING_SECRET: 'signed' };

describe('an escalation', () => {
  it('is read with every setting as it was written', async () => {
    await write(
      'owners.yaml',
      '[{ id: ann, name: Ann, slack: U0ANNA }, { id: bob, name: Bob, slack: U0BOBB, lead: ann }]',
    );
    await write(
      'metrics.yaml',
      '- { id: orders, kind: count, of: { event: order.placed }, slices: [[], [region, category]] }',
    );
    await write('redress.yaml', 'webhooks: { pager: "https://pager.example.org/hook" }');
    await write(
      'escalation.yaml',
      `
policies:
  - id: standard
    steps:
      - { tell: [owner, "slack:#alerts"], wait_for_work: [info, warning] }
      - { after: 15m, tell: [owner_lead, "schedule:on-call", "webhook:pager", console] }
    ack_timeout: { info: 1d, warning: 8h, critical: 30m }
    repeat: { after: 2h, times: 3 }
    worsen_by: 0.5
  - { id: quiet, steps: [{ tell: [console] }], ack_timeout: 90m, repeat: { after: 1h } }
routes:
  - match: { severity: critical, region: { not: [GB, DE] }, category: { prefix: toy } }
    policy: standard
    group_by: [metric, region]
    group_wait: 45s
    group_interval: 10m
    repeat_interval: 6h
    fallback: ["slack:C0FALLBACK", console]
    continue: true
    routes:
      - { match: { metric: orders }, policy: quiet, group_by: [], continue: false }
  - { policy: quiet }
schedules:
  - id: on-call
    timezone: Europe/Berlin
    rotation: [ann, bob]
    starts: 2026-01-05
    turn: day
    hand_over: "07:30"
    hours: { days: [mon, sat], from: "08:00", to: "20:15" }
    overrides:
      - { owner: bob, from: 2026-02-01T00:00:00Z, to: 2026-02-02T00:00:00Z }
      - { from: 2026-03-01T00:00:00Z, to: 2026-03-02T00:00:00Z }
inhibit:
  - { source: { severity: critical }, target: { severity: [info, warning] }, equal: [metric, region] }
flapping: { changes: 4, within: 12h }
same_cause: { within: 3d }
silences: { idle_after: 5d }
deliveries: { fall_back_after: 20m, give_up_after: 2d }
`,
    );
    const read = await configuration(IN_SLACK);
    expect(read.policies).toEqual([
      {
        id: 'standard',
        steps: [
          { delay: 0, targets: ['owner', 'slack:#alerts'], waitsForWork: ['info', 'warning'] },
          { delay: 15 * MINUTE, targets: ['owner_lead', 'schedule:on-call', 'webhook:pager', 'console'] },
        ],
        ackTimeout: { info: DAY, warning: 8 * HOUR, critical: 30 * MINUTE },
        repeat: { after: 2 * HOUR, times: 3 },
        worsenBy: 0.5,
      },
      {
        id: 'quiet',
        steps: [{ delay: 0, targets: ['console'] }],
        ackTimeout: 90 * MINUTE,
        repeat: { after: HOUR, times: null },
      },
    ]);
    expect(read.routes).toEqual([
      {
        match: { severity: ['critical'], region: { not: ['GB', 'DE'] }, category: { prefix: ['toy'] } },
        policy: 'standard',
        grouping: { by: ['metric', 'region'], wait: 45_000, interval: 10 * MINUTE },
        repeatInterval: 6 * HOUR,
        fallback: ['slack:C0FALLBACK', 'console'],
        continue: true,
        routes: [
          {
            match: { metric: ['orders'] },
            policy: 'quiet',
            // All of the route together, as long as a group waits unless told.
            grouping: { by: [], wait: 30_000, interval: 5 * MINUTE },
            continue: false,
          },
        ],
      },
      { match: {}, policy: 'quiet' },
    ]);
    expect(read.schedules).toEqual([
      {
        id: 'on-call',
        timezone: 'Europe/Berlin',
        rotation: ['ann', 'bob'],
        startsOn: '2026-01-05',
        turnDays: 1,
        handOver: 7 * 60 + 30,
        hours: { days: [1, 6], from: 8 * 60, to: 20 * 60 + 15 },
        overrides: [
          { owner: 'bob', from: Date.UTC(2026, 1, 1), to: Date.UTC(2026, 1, 2) },
          { owner: '', from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 2) },
        ],
      },
    ]);
    expect(read).toMatchObject({
      inhibit: [
        {
          source: { severity: ['critical'] },
          target: { severity: ['info', 'warning'] },
          equal: ['metric', 'region'],
        },
      ],
      flapping: { changes: 4, within: 12 * HOUR },
      sameCauseWithin: 3 * DAY,
      silenceIdleAfter: 5 * DAY,
      deliveries: { fallBackAfter: 20 * MINUTE, giveUpAfter: 2 * DAY },
    });
  });

  it('can do without what is on unless told', async () => {
    await write(
      'escalation.yaml',
      'policies: [{ id: one, steps: [{ tell: [console] }] }]\nflapping: null\nsame_cause: null',
    );
    expect(await configuration()).toMatchObject({
      routes: [{ match: {}, policy: 'one' }],
      flapping: null,
      sameCauseWithin: null,
      silenceIdleAfter: 2 * DAY,
      deliveries: { fallBackAfter: 15 * MINUTE, giveUpAfter: DAY },
    });
  });
});

it('an entry of the calendar mutes what it concerns where it says so', async () => {
  await write(
    'calendar.yaml',
    `
- { id: move, kind: outage, title: Moving house, scope: { region: GB }, metrics: [orders], effect: hold, mute: true, starts_at: 2026-04-01T00:00:00Z, ends_at: 2026-04-02T00:00:00Z }
- { id: sale, kind: campaign, title: Spring sale, starts_at: 2026-05-01T00:00:00Z, ends_at: 2026-05-02T00:00:00Z }
`,
  );
  expect((await configuration()).annotations).toEqual([
    {
      annotationId: 'move',
      kind: 'outage',
      title: 'Moving house',
      scope: 'region=GB',
      metrics: ['orders'],
      effect: { kind: 'hold' },
      mutes: true,
      startsAt: Date.UTC(2026, 3, 1),
      endsAt: Date.UTC(2026, 3, 2),
    },
    {
      annotationId: 'sale',
      kind: 'campaign',
      title: 'Spring sale',
      scope: 'all',
      startsAt: Date.UTC(2026, 4, 1),
      endsAt: Date.UTC(2026, 4, 2),
    },
  ]);
});

it('who may act in Slack is read as it was written', async () => {
  await write(
    'redress.yaml',
    'slack: { may_act: [channel_members, owners, S0ONCALL, U0ANNA], charts: none }',
  );
  const { service } = await configuration(IN_SLACK);
  expect(service.slack).toMatchObject({
    mayAct: ['channel_members', 'owners', 'S0ONCALL', 'U0ANNA'],
    charts: 'none',
  });
});
