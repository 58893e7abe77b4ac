import { type ZodType, z } from 'zod';
import type { AlertAction } from '../../alerts/command.js';
import { ALERT_REFUSALS } from '../alert-refusals.js';
import {
  AlertAnswerSchema,
  AlertWireSchema,
  alertWire,
  FeedbackVerdictSchema,
  StoryEntryWireSchema,
  storyEntryWire,
} from '../alert-wire.js';
import { type Answer, defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { InstantInput } from '../instant-text.js';
import type { AlertAnswer, ServicePorts } from '../ports.js';
import { Actor, ANSWERS, ErrorSchema, IdParams, SeenVersion } from './common.js';

type Alerts = Pick<ServicePorts['alerts'], 'act' | 'story'>;

const Note = z.string().trim().max(2_000).optional().describe('What to remember of it.');
const WhoAndWhat = { actor: Actor, version: SeenVersion };

/** What people do to an alert: one address each. */
export function alertCommandEndpoints(alerts: Alerts): readonly Endpoint[] {
  return [
    command(
      alerts,
      'acknowledge',
      'Acknowledge an alert: its escalation pauses.',
      z.strictObject(WhoAndWhat),
      () => ({
        kind: 'acknowledge',
      }),
    ),
    command(alerts, 'resolve', 'Resolve an alert by hand.', z.strictObject(WhoAndWhat), () => ({
      kind: 'resolve',
    })),
    command(
      alerts,
      'snooze',
      'Mute one alert until a time, or until it is resolved.',
      z.strictObject({
        ...WhoAndWhat,
        until: z.union([InstantInput, z.literal('resolved')], {
          error: () => 'must be ISO 8601 with an offset, or resolved',
        }),
        note: Note,
      }),
      ({ until, note }) => ({ kind: 'snooze', until, note }),
    ),
    command(
      alerts,
      'feedback',
      'Say what an alert was worth; the last word counts.',
      z.strictObject({ ...WhoAndWhat, verdict: FeedbackVerdictSchema, note: Note }),
      ({ verdict, note }) => ({ kind: 'feedback', verdict, note }),
    ),
    command(
      alerts,
      'hand-over',
      'Give an alert to another owner.',
      z.strictObject({ ...WhoAndWhat, owner: z.string().min(1).max(256) }),
      ({ owner }) => ({ kind: 'hand_over', owner }),
    ),
  ];
}

function command<Body extends { actor: string; version?: number | undefined }>(
  alerts: Alerts,
  path: string,
  summary: string,
  body: ZodType<Body>,
  actionOf: (body: Body) => AlertAction,
): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: `/v1/alerts/:id/${path}`,
    access: 'operate',
    summary,
    params: IdParams,
    body,
    answers: {
      200: { description: 'Done.', schema: AlertAnswerSchema },
      400: ANSWERS.invalid,
      404: ANSWERS.notFound,
      409: {
        description: 'Refused: the alert as it is does not allow it, or it has changed meanwhile.',
        schema: ErrorSchema.extend({
          reason: z.string(),
          alert: AlertWireSchema,
          meanwhile: z.array(StoryEntryWireSchema).describe('What happened since the version that was seen.'),
        }),
      },
      503: ANSWERS.unavailable,
    },
    async handle({ params: { id }, body: asked }) {
      const { actor, version } = asked;
      const seen = version === undefined ? {} : { version };
      const answer = await alerts.act({ alertId: id, actor, ...seen, ...actionOf(asked) });
      switch (answer.outcome) {
        case 'done':
          return { status: 200, body: { alert: alertWire(answer.alert) } };
        case 'refused':
          return refusal(alerts, answer, version);
        case 'not_found':
          return unknownAlert(id);
      }
    },
  });
}

async function refusal(
  alerts: Alerts,
  { reason, alert }: Extract<AlertAnswer, { outcome: 'refused' }>,
  seen: number | undefined,
): Promise<Answer> {
  const story = seen === undefined ? [] : await alerts.story(alert.alertId);
  const meanwhile = story.filter(({ stream, version }) => stream === 'alert' && version > (seen ?? 0));
  return fault(409, 'refused', ALERT_REFUSALS[reason], {
    reason,
    alert: alertWire(alert),
    meanwhile: meanwhile.map(storyEntryWire),
  });
}

export function unknownAlert(id: string): Answer {
  return fault(404, 'not_found', `there is no alert '${id}'`);
}
