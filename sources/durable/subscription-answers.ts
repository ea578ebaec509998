import * as z from 'zod';
import { classifyAnswer, type FailedAnswer } from '../../lib/classify-status.js';
import { classifyDurable } from './answers.js';
import { type DurableErrorCode, DurableStreamError } from './errors.js';

const errorBody = z.object({
  error: z.object({ code: z.string(), current_holder: z.unknown().optional(), generation: z.unknown().optional() }),
});

type ErrorBody = z.output<typeof errorBody>['error'];

interface Verdict {
  readonly code: DurableErrorCode;
  /** @default the status and what the server says */
  readonly message?: ((body: ErrorBody) => string) | undefined;
}

const tokenLost: Verdict = {
  code: 'lease_lost',
  message: () => 'the token of the claim is not valid, or not any more',
};

/** Codes of the protocol's bodies (draft 1.0, subscriptions) that say more than their status. */
const verdicts: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ['SUBSCRIPTION_NOT_FOUND', { code: 'subscription_not_found', message: () => 'there is no such subscription' }],
  [
    'SUBSCRIPTION_ALREADY_EXISTS',
    { code: 'subscription_exists', message: () => 'the subscription exists with another configuration' },
  ],
  ['ALREADY_CLAIMED', { code: 'already_claimed', message: (body) => `the subscription is claimed${holderOf(body)}` }],
  ['NO_PENDING_WORK', { code: 'no_pending_work', message: () => 'the subscription has no pending work' }],
  [
    'FENCED',
    { code: 'fenced', message: () => 'the claim is fenced: its lease is over, and another wake may have been raised' },
  ],
  ['INVALID_OFFSET', { code: 'invalid_offset' }],
  ['TOKEN_INVALID', tokenLost],
  ['TOKEN_EXPIRED', tokenLost],
]);

/** The subscription calls' reading of an answer: the code in its body, then what the protocol says of its status. */
export function classifySubscription(answer: FailedAnswer): DurableStreamError | undefined {
  const body = bodyOf(answer.body);
  const verdict = verdicts.get(body?.code ?? '');
  if (body === undefined || verdict === undefined) return classifyDurable('subscription')(answer);
  const { statusCode, responseBody, phase, requestId, message } = classifyAnswer(answer);
  const said = verdict.message?.(body) ?? message;
  return new DurableStreamError(said, {
    ...{ errorType: 'client_error', code: verdict.code, statusCode, responseBody, phase, requestId },
  });
}

function bodyOf(text: string): ErrorBody | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return errorBody.safeParse(JSON.parse(text)).data?.error;
  } catch {
    return undefined;
  }
}

/** A worker's name is another program's text: only a plain one may stand in a log. */
function holderOf({ current_holder: holder, generation }: ErrorBody): string {
  const by = typeof holder === 'string' && /^[\w.:@-]{1,64}$/.test(holder) ? ` by "${holder}"` : ' by another worker';
  return Number.isSafeInteger(generation) ? `${by} (generation ${String(generation)})` : by;
}
