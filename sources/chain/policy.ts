import { checkOptions, duration, oneOf } from '../../lib/check-options.js';
import { type ChainNoticeCode, EventStreamerConnectionError, EventStreamerError } from './errors.js';
import type { StreamingError } from './messages.js';

/**
 * What to do: `reconnect`, with `wait` as the least wait; `continue`, as if nothing had been said; `end` with the message's error; `recover`, which is
 * what the toolkit knows to do about the code: make the subscription anew (`SUBSCRIPTION_NOT_FOUND`), another token
 * (`INVALID_RESUME_TOKEN`), ask for the processing status first (`PROCESSING_STOPPED`); with other codes it reconnects.
 */
export interface ChainErrorRule {
  readonly action: 'recover' | 'reconnect' | 'continue' | 'end';
  /** The least wait before the next connection, in milliseconds; a `Retry-After` of the service goes before it. @default the schedule's */
  readonly wait?: number | undefined;
}

/** Rules by error code, of the service's or unknown ones. */
export type ChainErrorPolicy = Readonly<Record<string, ChainErrorRule>>;

/** What the service's own guide asks for: 30 s for its breaker, a minute for its limits. */
const defaults: Readonly<Record<ChainNoticeCode, ChainErrorRule>> = {
  CONNECTION_LOST: { action: 'reconnect' },
  SUBSCRIPTION_NOT_FOUND: { action: 'recover' },
  CIRCUIT_BREAKER_OPEN: { action: 'reconnect', wait: 30_000 },
  RATE_LIMITED: { action: 'reconnect', wait: 60_000 },
  PROCESSING_STOPPED: { action: 'recover' },
  INVALID_RESUME_TOKEN: { action: 'recover' },
  STREAM_ERROR: { action: 'reconnect' },
};

/** Refuses rules that cannot be. Errors: `TypeError` that names the code. */
export function checkPolicy(where: string, policy: ChainErrorPolicy | undefined): void {
  const rules = { action: oneOf('recover', 'reconnect', 'continue', 'end'), wait: duration() };
  for (const [code, rule] of Object.entries(policy ?? {})) {
    checkOptions(`${where}: policy.${code}`, rules, rule);
    if (rule.action === undefined) throw new TypeError(`${where}: policy.${code}: option "action" is missing`);
  }
}

/** The rule for a code; `undefined` where there is none. */
export function ruleFor(code: string, policy: ChainErrorPolicy | undefined): ChainErrorRule | undefined {
  const own = policy !== undefined && Object.hasOwn(policy, code) ? policy[code] : undefined;
  return own ?? new Map<string, ChainErrorRule>(Object.entries(defaults)).get(code);
}

/** The rule for a message. What is unknown is told, and ends the stream only where the service says that it must. */
export function ruleForMessage(message: StreamingError, policy: ChainErrorPolicy | undefined): ChainErrorRule {
  return ruleFor(message.errorCode, policy) ?? { action: message.recoverable ? 'continue' : 'end' };
}

/** The error as one after which it is tried again, not sooner than the rule says. */
export function retryable(error: EventStreamerError, { wait }: Pick<ChainErrorRule, 'wait'> = {}): EventStreamerError {
  const least = error.retryAfter ?? wait;
  if (error.isRetryable && least === error.retryAfter) return error;
  const errorType = error.isRetryable ? error.errorType : 'stream_interrupted';
  const details = { ...detailsOf(error), errorType, retryAfter: least };
  return errorType === 'rate_limited'
    ? new EventStreamerError(error.message, details)
    : new EventStreamerConnectionError(error.message, details);
}

/** The error as one that nothing follows. */
export function final(error: EventStreamerError): EventStreamerError {
  if (!error.isRetryable) return error;
  return new EventStreamerError(error.message, { ...detailsOf(error), errorType: 'fatal_error' });
}

type Kept = Pick<
  EventStreamerError,
  'code' | 'statusCode' | 'responseBody' | 'retryAfter' | 'phase' | 'requestId' | 'cause' | 'operation'
>;

function detailsOf(error: EventStreamerError): Kept {
  const { code, statusCode, responseBody, retryAfter, phase, requestId, cause, operation } = error;
  return { code, statusCode, responseBody, retryAfter, phase, requestId, cause, operation };
}
