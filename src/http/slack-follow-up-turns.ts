import { z } from 'zod';
import type { FollowUpCommand } from '../followups/command.js';
import type { Clock, Instant } from '../model/clock.js';
import type { FollowUp } from '../model/follow-up.js';
import { FOLLOW_UP_ACTION, FOLLOW_UP_TURNS, type FollowUpTurn, turnForm } from '../notify/slack-actions.js';
import { followUpTurnForm } from '../notify/slack-follow-up-forms.js';
import { formView } from '../notify/slack-form.js';
import { endOfDay, spanOfDay } from '../notify/wording.js';
import { refusedTurn, UNKNOWN_FOLLOW_UP } from './click-words.js';
import { FOLLOW_UP_REFUSALS } from './follow-up-refusals.js';
import type { AskedOfFollowUp, ServicePorts } from './ports.js';
import { type AnySlackForm, defineSlackForm, type SlackAction, type SlackPerson } from './slack-inbound.js';
import { actedOnFollowUp, type SlackPermit } from './slack-permit.js';

type Ports = Pick<ServicePorts, 'alerts' | 'followUps' | 'slack'>;

/** The buttons under a follow-up: a step that needs no word is taken at once, the others open a form. */
export function followUpTurnActions(ports: Ports, permit: SlackPermit): readonly SlackAction[] {
  const step = (id: string, kind: 'acknowledge' | 'start' | 'reopen'): SlackAction => ({
    id,
    async take({ subject, person }) {
      const followUp = ports.followUps.get(subject.id);
      if (followUp === undefined) return UNKNOWN_FOLLOW_UP;
      const about = { followUp, version: subject.version };
      const said = await ask(ports, permit, about, { kind }, person);
      return said?.text ?? null;
    },
  });
  const form = (id: string, turnOf: (value: string) => FollowUpTurn | undefined): SlackAction => ({
    id,
    async take({ subject, value, person, triggerId }) {
      const followUp = ports.followUps.get(subject.id);
      const turn = turnOf(value);
      if (followUp === undefined) return UNKNOWN_FOLLOW_UP;
      if (turn === undefined) return null;
      const refusal = await permit(person, actedOnFollowUp(followUp, ports));
      if (refusal !== null) return refusal;
      // The form shows how it stands now, whatever the message that was clicked on shows.
      await ports.slack.openModal(triggerId, formView(followUpTurnForm(turn, followUp, ports.slack.owners)));
      return null;
    },
  });
  return [
    step(FOLLOW_UP_ACTION.acknowledge, 'acknowledge'),
    step(FOLLOW_UP_ACTION.start, 'start'),
    step(FOLLOW_UP_ACTION.reopen, 'reopen'),
    form(FOLLOW_UP_ACTION.shipFix, () => 'ship_fix'),
    form(FOLLOW_UP_ACTION.more, (value) => FOLLOW_UP_TURNS.find((turn) => turn.value === value)?.value),
  ];
}

const SubjectSchema = z.object({ followUpId: z.string().min(1), version: z.int().min(1) });
const text = z.string().min(1, 'Please say something.').max(3_000, 'Please keep it to 3,000 characters.');
const maybe = z.string().max(3_000, 'Please keep it to 3,000 characters.').default('');
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'Choose a day.');

/** What is done with each of the forms. */
export function followUpTurnForms(ports: Ports, permit: SlackPermit, clock: Clock): readonly AnySlackForm[] {
  const zoneOf = ({ owner }: FollowUp) =>
    ports.slack.owners.find(({ id }) => id === owner)?.timezone ?? 'UTC';
  const form = <Values>(
    turn: FollowUpTurn,
    values: z.ZodType<Values>,
    asked: (values: Values, followUp: FollowUp) => AskedOfFollowUp,
    fieldOf: Readonly<Partial<Record<string, string>>> = {},
  ) =>
    defineSlackForm({
      id: turnForm(turn),
      subject: SubjectSchema,
      values,
      async submit({ followUpId, version }, given, person) {
        const followUp = ports.followUps.get(followUpId);
        if (followUp === undefined) return { outcome: 'refused', text: UNKNOWN_FOLLOW_UP };
        const said = await ask(ports, permit, { followUp, version }, asked(given, followUp), person);
        if (said === null) return { outcome: 'done' };
        const field = said.reason === null ? undefined : fieldOf[said.reason];
        return field === undefined || said.reason === null
          ? { outcome: 'refused', text: said.text }
          : { outcome: 'invalid', fields: { [field]: sentence(FOLLOW_UP_REFUSALS[said.reason]) } };
      },
    });
  return [
    form(
      'ship_fix',
      z.object({ day: z.union([z.literal(''), day]).default('') }),
      (given, followUp) => ({
        kind: 'ship_fix',
        shippedAt: shippedAt(given.day, zoneOf(followUp), clock.now()),
      }),
      { shipped_at_wrong: 'day' },
    ),
    form('note', z.object({ text }), (given) => ({ kind: 'note', text: given.text })),
    form(
      'assign',
      z.object({ owner: z.string().min(1, 'Choose somebody.'), reason: maybe }),
      ({ owner, reason }) => ({ kind: 'assign', owner, reason }),
      { unknown_owner: 'owner' },
    ),
    form(
      'set_due',
      z.object({ day, reason: text }),
      (given, followUp) => ({
        kind: 'set_due',
        dueAt: endOfDay(given.day, zoneOf(followUp)),
        reason: given.reason,
      }),
      { due_in_past: 'day', reason_required: 'reason' },
    ),
    form(
      'set_priority',
      z.object({ priority: z.enum(['low', 'normal', 'high', 'urgent'], 'Choose a priority.'), reason: text }),
      ({ priority, reason }) => ({ kind: 'set_priority', priority, reason }),
      { already_done: 'priority', reason_required: 'reason' },
    ),
    form('set_action', z.object({ action: text }), ({ action }) => ({ kind: 'set_action', action })),
    form('wont_do', z.object({ reason: text }), ({ reason }) => ({ kind: 'wont_do', note: reason }), {
      reason_required: 'reason',
    }),
  ];
}

/** Of an earlier day its end: what came later has surely seen the fix. Today is not over, and stands for now. */
function shippedAt(chosen: string, timezone: string, now: Instant): Instant | undefined {
  if (chosen === '') return undefined;
  const { from, to } = spanOfDay(chosen, timezone);
  return from <= now && now < to ? undefined : to;
}

type Said = { text: string; reason: keyof typeof FOLLOW_UP_REFUSALS | null };

/** Carries out what a person asks for; answers what they are told when it was not done, null when it was. */
async function ask(
  ports: Ports,
  permit: SlackPermit,
  { followUp, version }: { followUp: FollowUp; version: number },
  asked: AskedOfFollowUp,
  person: SlackPerson,
): Promise<Said | null> {
  const refusal = await permit(person, actedOnFollowUp(followUp, ports));
  if (refusal !== null) return { text: refusal, reason: null };
  const { followUpId } = followUp;
  const command = { ...asked, followUpId, version, actor: person.name } as FollowUpCommand;
  const answer = await ports.followUps.act(command);
  if (answer.outcome === 'done') return null;
  if (answer.outcome === 'not_found') return { text: UNKNOWN_FOLLOW_UP, reason: null };
  const since = (await ports.followUps.story(followUpId)).filter(
    (entry) => entry.stream === 'follow_up' && entry.version > version,
  );
  return { text: refusedTurn(answer, since), reason: answer.reason };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
