import { validateBlocks, validateView } from './validate-blocks.js';

/**
 * What Slack would not take of an answer: of a message for one person alone (docs.slack.dev, "Handling user
 * interaction", "Slash commands") or of what becomes of a modal ("Modals"). Empty for a sound one, which an empty one is.
 */
export function validateAnswer(json: unknown): string[] {
  const answer = json as Record<string, unknown> | null;
  if (answer === null) return [];
  if (typeof answer !== 'object') return ['must be an object'];
  if (Object.keys(answer).length === 0 || typeof answer.challenge === 'string') return [];
  switch (answer.response_action) {
    case undefined:
      return validateReply(answer);
    case 'update':
    case 'push':
      return validateView(answer.view, 'modal');
    case 'errors': {
      const errors = Object.entries((answer.errors ?? {}) as Record<string, unknown>);
      const sound = errors.every(
        ([field, error]) => field !== '' && typeof error === 'string' && error !== '',
      );
      return errors.length > 0 && sound ? [] : ['errors must say of fields what is wrong with them'];
    }
    default:
      return [`unknown response_action: ${String(answer.response_action)}`];
  }
}

function validateReply({ response_type, text, blocks }: Record<string, unknown>): string[] {
  if (response_type !== 'ephemeral') return ['everybody in the channel would see it'];
  if (text !== undefined && typeof text !== 'string') return ['text must be a string'];
  if ((text ?? '').length > 40_000) return ['msg_too_long'];
  if (blocks === undefined) return text ? [] : ['no_text'];
  return validateBlocks(blocks);
}
