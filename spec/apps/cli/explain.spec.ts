import { describe, expect, it } from '@jest/globals';
import { CliError, exitCodeHelp, exitCodeOf, exitCodes, usageError } from '../../../apps/cli/exit-codes.js';
import { explain } from '../../../apps/cli/explain.js';
import { StreamError, StreamErrorType } from '../../../lib/index.js';

describe('the exit code', () => {
  it.each([
    ['authentication_error', 3],
    ['client_error', 4],
    ['connection_error', 5],
    ['timeout', 5],
    ['server_error', 5],
    ['rate_limited', 5],
    ['stream_interrupted', 5],
    ['fatal_error', 6],
  ] as const)('of %s is %i', (errorType, code) => {
    expect(exitCodeOf(new StreamError('x', { errorType, code: 'y' }))).toBe(code);
  });

  it('of a refused option is 2, and of anything unknown 6', () => {
    expect(Object.values(StreamErrorType)).toHaveLength(8);
    expect([usageError('x'), new TypeError('x'), new Error('x'), 'x'].map(exitCodeOf)).toEqual([2, 2, 6, 6]);
    expect(exitCodeOf(new CliError('x', { exitCode: 4 }))).toBe(4);
  });

  it('is in the help, whatever it is', () => {
    for (const code of Object.values(exitCodes)) expect(exitCodeHelp).toMatch(new RegExp(`^  ${code} `, 'm'));
  });
});

describe('the line about an error', () => {
  it('is one line that cannot steer the terminal and holds no secret', () => {
    const error = new StreamError('said\n\u001b[2J canary-1 \u2028', {
      errorType: 'client_error',
      code: 'bad_request',
    });
    expect(explain(error, 'x', ['canary-1'])).toBe('tailrace: said [2J [redacted]');
  });

  it('names the fix, also for the error behind giving up', () => {
    const last = new StreamError('busy', {
      errorType: 'rate_limited',
      code: 'too_many_connections',
      retryAfter: 7_000,
    });
    const details = { errorType: 'rate_limited', code: 'retries_exhausted', retryAfter: 7_000, cause: last } as const;
    const line = explain(new StreamError('gave up', details), 'x', []);
    expect(line).toMatch(/^tailrace: gave up; the server asks for a wait of 7\.0 s \(.*connections terminate\)$/);
  });

  it('speaks of the options as they are typed', () => {
    const message = 'X stream "sample" has no option "startTime"; it has backfillMinutes, expansions';
    expect(explain(new TypeError(message), 'x', [])).toBe(
      'tailrace: X stream "sample" has no --start; it has --backfill, --expansions',
    );
  });

  it('names no function of the library, and its modes as options', () => {
    const message = 'DurableStream.create: give either option "ttlSeconds" or option "expiresAt", not both';
    expect(explain(new TypeError(message), 'durable', [])).toBe(
      'tailrace: give either --ttl or --expires-at, not both',
    );
    const details = { errorType: 'client_error', code: 'content_type_mismatch' } as const;
    const error = new StreamError("the stream is not JSON; read it with mode: 'bytes' or mode: 'text'", details);
    expect(explain(error, 'durable', [])).toContain('read it with --mode bytes or --mode text (');
  });

  it('repeats nothing of an error that is not ours', () => {
    expect(explain(new Error('payload'), 'tail', [])).toBe('tailrace: unexpected Error');
    expect(explain('payload', 'tail', [])).toBe('tailrace: unexpected string');
  });
});
