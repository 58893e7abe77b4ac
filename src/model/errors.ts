/** The closed list of what can go wrong; callers decide by code, never by the text of a message. */
export type ErrorCode =
  | 'usage'
  | 'config_invalid'
  | 'secret_missing'
  | 'input_unreadable'
  | 'store_unavailable'
  | 'store_locked'
  | 'store_rejected'
  | 'store_outdated'
  | 'broker_unavailable'
  | 'target_unavailable'
  | 'port_in_use'
  | 'not_found'
  | 'conflict'
  | 'bug';

/** The base of every error that Redress throws on purpose. */
export class RedressError extends Error {
  override readonly name = 'RedressError';
  readonly code: ErrorCode;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The message of anything that was thrown, for logs and reports. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
