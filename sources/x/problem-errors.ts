import { classifyAnswer, type FailedAnswer, statusOf } from '../../lib/classify-status.js';
import { StreamError } from '../../lib/errors.js';
import { problemOf, readProblem } from '../../lib/problem.js';
import { readDirectWait, readRetryAfter } from '../../lib/retry-after.js';
import { problemVerdict, type ProblemVerdict, type XErrorCode } from './problem-verdict.js';

type Members = Readonly<Record<string, unknown>>;
type Verdict = Pick<ProblemVerdict, 'errorType' | 'code'>;

/** How much of what X says a message may quote. */
const quoteLength = 200;

/**
 * A problem that came inside a stream, as an error. Most ask for a reconnect at once (`stream_interrupted`); throttling and
 * a forced disconnect for a wait as after a 5xx (`server_error`); `invalid_rules` for a person.
 */
export function noticeError(problem: Members): StreamError<XErrorCode> {
  const { errorType, code } = problemVerdict(problem) ?? verdictOfStatus(problem['status']);
  const said = problemOf(problem)?.summary?.slice(0, quoteLength) ?? 'a problem without a text';
  return new StreamError(`X says: ${said}${capOf(code, problem)}`, { errorType, code, phase: 'body' });
}

/** Something new: worth another try after a wait, unless it carries a status that says otherwise. */
function verdictOfStatus(status: unknown): Verdict {
  if (typeof status === 'number' && status >= 400 && status < 600) return statusOf(status);
  return { errorType: 'server_error', code: 'unexpected' };
}

/**
 * X's own reading of an answer that is no stream; `undefined` where its status says it all. For `StreamRequest.classify`.
 *
 * A 429 is a rate limit, a limit of connections or a spent plan, and each needs something else: `x-rate-limit-reset` counts
 * for the first alone. X sends a spent plan as 402, 403 and 429.
 */
export function classifyXAnswer(answer: FailedAnswer): StreamError<XErrorCode> | undefined {
  const members = readProblem(answer.body)?.members ?? {};
  const verdict = answerVerdict(answer.status, members);
  if (verdict === undefined) return undefined;
  const plain = classifyAnswer(answer);
  return new StreamError(`${plain.message}${capOf(verdict.code, members)}`, {
    ...verdict,
    statusCode: plain.statusCode,
    responseBody: plain.responseBody,
    retryAfter: waitOf(verdict, answer),
    phase: plain.phase,
    requestId: plain.requestId,
  });
}

function answerVerdict(status: number, members: Members): Verdict | undefined {
  // 420 is what API 1.1 answered in place of 429.
  if (status === 420) return { errorType: 'rate_limited', code: 'rate_limited' };
  if (status === 429 && members['title'] === 'ConnectionException' && members['connection_issue'] === undefined) {
    return { errorType: 'rate_limited', code: 'too_many_connections' };
  }
  const verdict = problemVerdict(members);
  if (verdict === undefined) return undefined;
  const { errorType, code } = verdict;
  // A reconnect at once is for streams that were open; after a refusal it would be a loop.
  if (errorType === 'stream_interrupted') return { errorType: 'server_error', code };
  const isTransient = errorType === 'server_error' || errorType === 'rate_limited';
  // Whatever the body of a 5xx accuses us of, the server itself says that it failed; a spent plan stays spent.
  return status >= 500 && !isTransient && code !== 'usage_capped' ? undefined : { errorType, code };
}

function waitOf({ errorType, code }: Verdict, { headers }: FailedAnswer): number | undefined {
  if (code === 'rate_limited') return readRetryAfter(headers);
  // Waiting for the rate limit's reset would idle for minutes: X frees the place of a dead socket within seconds.
  return errorType === 'rate_limited' || errorType === 'server_error' ? readDirectWait(headers) : undefined;
}

/** ` (Monthly, Product)`: which cap is spent. */
function capOf(code: XErrorCode, { period, scope }: Members): string {
  if (code !== 'usage_capped') return '';
  const words = [period, scope].filter((word) => typeof word === 'string' && /^\w{1,20}$/.test(word));
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
