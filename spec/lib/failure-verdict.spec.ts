import { describe, expect, it } from '@jest/globals';
import { dropped } from '../../lib/failure-verdict.js';

describe('dropped', () => {
  it.each([
    ['connection_reset', 'request', 'connection_error', 'connection_reset'],
    ['connection_reset', 'body', 'stream_interrupted', 'interrupted'],
    ['truncated', 'body', 'stream_interrupted', 'truncated'],
    ['protocol_error', 'body', 'stream_interrupted', 'protocol_error'],
  ] as const)('takes %s in the %s for %s, %s', (code, phase, errorType, expected) => {
    expect(dropped(code, 'SIGNATURE', phase)).toEqual([errorType, expected, expect.stringContaining('SIGNATURE')]);
  });
});
