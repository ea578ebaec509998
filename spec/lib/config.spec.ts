import { describe, expect, it } from '@jest/globals';
import { checkRetryConfig, checkStreamConfig, scheduleRules, streamRules } from '../../lib/config.js';

const durations = [
  'initialBackoff',
  'maxBackoff',
  'backoffStep',
  'maxRetryAfter',
  'resetAfter',
  'maxElapsed',
  'timeout',
];
const whole = [...durations, 'maxRetries', 'chunkSize'];
const numeric = [...whole, 'backoffMultiplier'];
const nonsense: readonly unknown[] = [Number.NaN, Infinity, -Infinity, '5', null, -2, true, {}];

/** The options are given as a caller in plain JavaScript gives them. */
const check = (options: Record<string, unknown>) => (): unknown =>
  Reflect.apply(checkStreamConfig, undefined, ['stream', options]);

describe('checkStreamConfig', () => {
  it.each(numeric.flatMap((name) => nonsense.map((value) => [name, value] as const)))(
    'refuses %s: %p',
    (name, value) => {
      expect(check({ [name]: value })).toThrow(TypeError);
      expect(check({ [name]: value })).toThrow(`stream: option "${name}" must be`);
    },
  );

  it.each(whole)('refuses a fraction for %s', (name) => {
    expect(check({ [name]: 1.5 })).toThrow(`option "${name}" must be a whole number`);
  });

  it.each(durations)('refuses 2 ** 31 for %s, where timers wrap, and any negative', (name) => {
    expect(check({ [name]: 2 ** 31 })).toThrow(`option "${name}"`);
    expect(check({ [name]: -1 })).toThrow(`option "${name}"`);
  });

  it('takes -1 for no end of retries and a fraction for the multiplier, but none below 1', () => {
    expect(check({ maxRetries: -1, backoffMultiplier: 1.5 })).not.toThrow();
    expect(check({ backoffMultiplier: 0.5 })).toThrow(
      '"backoffMultiplier" must be a finite number, 1 or more, got 0.5',
    );
  });

  it('knows every option as numeric or not', () => {
    const others = ['schedules', 'immediateFirst', 'onComplete', 'retryBudget', 'circuitBreaker', 'monitor', 'random'];
    const calls = [
      'shouldRetry',
      'scheduler',
      'jitter',
      'onConnect',
      'onDisconnect',
      'onReconnect',
      'onError',
      'onWarning',
    ];
    expect(Object.keys(streamRules).sort()).toEqual([...numeric, ...others, ...calls].sort());
  });

  it.each([
    [{ jitter: 'some' }, 'jitter'],
    [{ onComplete: 'repeat' }, 'onComplete'],
    [{ immediateFirst: 1 }, 'immediateFirst'],
    [{ onConnect: 'x' }, 'onConnect'],
    [{ random: 0.5 }, 'random'],
    [{ scheduler: 5 }, 'scheduler'],
    [{ schedules: 5 }, 'schedules'],
    [{ monitor: null }, 'monitor'],
  ])('refuses %o', (options, name) => {
    expect(check(options)).toThrow(`option "${name}" must be`);
  });

  it('refuses a key that does not exist and lists those that do', () => {
    expect(check({ maxRetrys: 3 })).toThrow(/unknown option "maxRetrys"; known are .*maxRetries/);
  });

  it('refuses a longest wait below the first, given or default', () => {
    expect(check({ initialBackoff: 10, maxBackoff: 5 })).toThrow(
      '"maxBackoff" (5) must not be less than "initialBackoff" (10)',
    );
    expect(check({ maxBackoff: 5 })).toThrow('must not be less than "initialBackoff" (1000)');
    expect(check({ initialBackoff: 70_000 })).toThrow('"maxBackoff" (64000)');
    expect(check({ initialBackoff: 10, maxBackoff: 10 })).not.toThrow();
  });

  it('checks every schedule as it will run, with what it takes from the config', () => {
    expect(check({ schedules: { rate_limited: { initialBackoff: -1 } } })).toThrow(
      'stream: schedules.rate_limited: option "initialBackoff"',
    );
    expect(check({ schedules: { dns: { maxRetries: 1 } } })).toThrow('schedules.dns: unknown option "maxRetries"');
    expect(check({ schedules: { dns: null } })).toThrow('schedules.dns: options must be an object');
    expect(check({ maxBackoff: 5_000, schedules: { dns: { initialBackoff: 6_000 } } })).toThrow(
      'schedules.dns: option',
    );
    expect(
      check({ maxBackoff: 5_000, schedules: { dns: { initialBackoff: 6_000, maxBackoff: 6_000 } } }),
    ).not.toThrow();
  });
});

describe('checkRetryConfig', () => {
  it('knows nothing of time limits and chunks', () => {
    const call = (): unknown => Reflect.apply(checkRetryConfig, undefined, ['retry', { timeout: 5 }]);
    expect(call).toThrow('retry: unknown option "timeout"');
  });

  it('lets an empty config pass', () => {
    expect(() => checkRetryConfig('retry', {})).not.toThrow();
    expect(Object.keys(scheduleRules)).toHaveLength(5);
  });
});
