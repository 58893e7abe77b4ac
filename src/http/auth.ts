import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../config/check-service.js';
import type { Access, Answer } from './endpoint.js';
import { fault } from './endpoint.js';

export type Role = 'ingest' | 'read' | 'operate';

export interface AuthSettings {
  tokens: readonly { role: Role; token: string }[];
  /** What the service listens on: anything but loopback needs tokens, configured or not. */
  host: string;
}

/** The headers that say who calls and from where. */
export interface CallerHeaders {
  authorization?: string | undefined;
  host?: string | undefined;
  origin?: string | undefined;
}

/** The answer that refuses a caller, or null for one who may go on. Decided before the body is read. */
export type Guard = (access: Access, headers: CallerHeaders) => Answer | null;

/** Who operates may read; who only ingests may do neither. */
const ROLES_FOR: Readonly<Record<Role, readonly Role[]>> = {
  ingest: ['ingest'],
  read: ['read', 'operate'],
  operate: ['operate'],
};

export function createGuard(settings: AuthSettings): Guard {
  const tokens = settings.tokens.map(({ role, token }) => ({ role, digest: digestOf(token) }));
  const needsToken = tokens.length > 0 || !isLoopback(settings.host);
  return (access, headers) => {
    if (access === 'open' || access === 'signed') return null;
    if (!needsToken) return refuseWebPages(headers);
    const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    if (given === undefined) return unauthorized('send a token: Authorization: Bearer …');
    const digest = digestOf(given);
    // Every token is compared, so that the time taken says nothing about which one was nearly right.
    const roles = tokens.filter((known) => timingSafeEqual(known.digest, digest)).map(({ role }) => role);
    if (roles.length === 0) return unauthorized('this token is not known');
    if (roles.some((role) => ROLES_FOR[access].includes(role))) return null;
    return fault(403, 'forbidden', `this token's role is ${roles.join(', ')}; '${access}' is needed`);
  };
}

/**
 * Without tokens, being on the same machine is the permission; but a web page in a browser there is too, and
 * can send requests, also under a name of its own that it has resolve to loopback.
 */
function refuseWebPages({ host, origin }: CallerHeaders): Answer | null {
  const called = `http://${host ?? ''}`;
  if (URL.canParse(called) && isLoopback(new URL(called).hostname.replace(/^\[|\]$/g, ''))) {
    if (origin === undefined || origin === new URL(called).origin) return null;
  }
  return fault(403, 'forbidden', 'without tokens, only programs on this machine may call, not web pages');
}

function unauthorized(message: string): Answer {
  return { ...fault(401, 'unauthorized', message), headers: { 'www-authenticate': 'Bearer' } };
}

/** Digests have one length, which constant-time comparison needs and which hides the token's. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
