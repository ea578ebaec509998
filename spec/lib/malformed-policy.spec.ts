import { describe, expect, it } from '@jest/globals';
import { checkOptions } from '../../lib/check-options.js';
import { malformed } from '../../lib/decode.js';
import { malformedPolicy, malformedRules } from '../../lib/malformed-policy.js';
import { createMonitor, type StreamWarning } from '../../lib/state.js';

const bad = malformed('{"secret":', { code: 'invalid_json', message: 'not JSON: ends too early' });

describe('malformedPolicy', () => {
  it('counts and reports each frame, and goes on', () => {
    const monitor = createMonitor();
    const seen: string[] = [];
    const policy = malformedPolicy({ onInvalid: (one) => void seen.push(one.raw()) }, monitor.report);
    expect([policy.bad(bad), policy.bad(bad)]).toEqual([undefined, undefined]);
    expect(seen).toEqual([bad.raw(), bad.raw()]);
    expect(monitor.state.malformed).toBe(2);
  });

  it('ends the stream with the first frame where it is told to, without a word of its text', () => {
    const error = malformedPolicy({ malformed: 'error' }, undefined).bad(bad);
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'malformed', phase: 'body', isRetryable: false });
    expect(`${error?.message} ${JSON.stringify(error)}`).not.toContain('secret');
  });

  it('ends it after so many in a row, and a good frame starts the row again', () => {
    const policy = malformedPolicy({ maxMalformedInARow: 2 }, undefined);
    expect(policy.bad(bad)).toBeUndefined();
    policy.good();
    expect(policy.bad(bad)).toBeUndefined();
    expect(policy.bad(bad)).toMatchObject({ code: 'malformed', message: expect.stringContaining('2 in a row') });
  });

  it('takes 100 in a row for another format unless told otherwise', () => {
    const policy = malformedPolicy({}, undefined);
    const ends = Array.from({ length: 100 }, () => policy.bad(bad)).map((error) => error?.code);
    expect(ends.indexOf('malformed')).toBe(99);
  });

  it('survives a callback that throws, and warns of it', () => {
    const monitor = createMonitor();
    const warnings: StreamWarning[] = [];
    monitor.events$.subscribe((event) => event.type === 'warning' && warnings.push(event.warning));
    const onInvalid = (): void => {
      throw new Error('broken');
    };
    expect(malformedPolicy({ onInvalid }, monitor.report).bad(bad)).toBeUndefined();
    expect(warnings).toMatchObject([{ kind: 'callback_failed' }]);
    expect(malformedPolicy({ onInvalid }, undefined).bad(bad)).toBeUndefined();
  });

  it.each([{ malformed: 'ignore' }, { onInvalid: 1 }, { maxMalformedInARow: 0 }, { maxMalformedInARow: Number.NaN }])(
    'has rules that refuse %j',
    (options) => {
      const untyped = () => JSON.parse(JSON.stringify(options));
      expect(() => checkOptions('test', malformedRules, untyped())).toThrow(Object.keys(options)[0]);
    },
  );
});
