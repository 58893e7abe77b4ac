import { RedressError } from '../model/errors.js';
import { type Answer, fault } from './endpoint.js';
import { TOO_MANY } from './rate-limit.js';

/** How long a caller should wait before sending again what failed for a passing reason, seconds. */
const RETRY_AFTER = 5;

/**
 * The answer for anything that was thrown. What is wrong on our side is said in general words only: addresses
 * and stack traces belong in the log.
 */
export function answerForError(error: unknown): Answer {
  if (error instanceof RedressError) return answerForRedress(error);
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return INTERNAL;
  if (statusCode === 413)
    return fault(413, 'too_large', 'the body is larger than is taken; send it in parts');
  if (statusCode === 429) return TOO_MANY;
  if (statusCode === 415) return fault(415, 'unsupported_media_type', 'send application/json');
  return fault(statusCode, 'invalid_request', String(message));
}

const INTERNAL = fault(500, 'internal', 'something went wrong here; the log says what');

function answerForRedress(error: RedressError): Answer {
  if (error.retryable) {
    const answer = fault(503, error.code, 'this could not be done just now; send it again');
    return { ...answer, headers: { 'retry-after': String(RETRY_AFTER) } };
  }
  if (error.code === 'usage') return fault(400, 'invalid_request', error.message);
  if (error.code === 'not_found') return fault(404, 'not_found', error.message);
  if (error.code === 'conflict') return fault(409, 'conflict', error.message);
  return INTERNAL;
}
