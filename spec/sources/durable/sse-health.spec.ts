import { describe, expect, it } from '@jest/globals';
import { StreamError } from '../../../lib/errors.js';
import { sseHealth } from '../../../sources/durable/sse-health.js';

const reset = new StreamError('cut', { errorType: 'stream_interrupted', code: 'interrupted', phase: 'body' });
const silent = new StreamError('silent', { errorType: 'timeout', code: 'idle_timeout', phase: 'body' });
const unanswered = new StreamError('late', { errorType: 'timeout', code: 'headers_timeout', phase: 'request' });

/** On a clock of its own, without chance. */
function clocked(probeInterval = 1_000) {
  const clock = { now: 0 };
  const health = sseHealth({ probeInterval, random: () => 0.5, now: () => clock.now });
  const connection = (lived: number, error: unknown, hears = false): unknown => {
    health.opened();
    if (hears) health.heard();
    clock.now += lived;
    return health.ended(error);
  };
  return { clock, health, connection };
}

describe('sseHealth', () => {
  it.each([
    ['ends', undefined],
    ['is cut', reset],
  ])('lets a connection that has lived and spoken be followed at once when it %s', (_, error) => {
    expect(clocked().connection(1_000, error, true)).toBeUndefined();
  });

  it('makes a retry wait after a short one that has spoken, and never takes it for one that is held back', () => {
    const { connection, health } = clocked();
    for (let n = 0; n < 5; n += 1) expect(connection(10, undefined, true)).toMatchObject({ code: 'stream_ended' });
    expect(connection(10, reset, true)).toBe(reset);
    expect(health.isUsable()).toBe(true);
  });

  it('gives up after three short ones in a row without an event, and tries again later', () => {
    const { connection, health, clock } = clocked();
    expect(connection(10, undefined)).toMatchObject({ code: 'stream_ended' });
    expect(connection(10, reset)).toBe(reset);
    expect(health.isUsable()).toBe(true);
    expect(connection(10, undefined)).toBeUndefined();
    expect(health.isUsable()).toBe(false);
    clock.now += 999;
    expect(health.isUsable()).toBe(false);
    clock.now += 1;
    expect(health.isUsable()).toBe(true);
  });

  it('waits twice as long after each probe that does not get through, up to an hour, and starts anew after one that does', () => {
    const { connection, health, clock } = clocked();
    const untilUsable = (): number => {
      const start = clock.now;
      while (!health.isUsable()) clock.now += 1_000;
      return clock.now - start;
    };
    for (let n = 0; n < 3; n += 1) connection(10, undefined);
    const waits = [untilUsable()];
    for (let n = 0; n < 14; n += 1) {
      expect(connection(10, undefined)).toBeUndefined();
      waits.push(untilUsable());
    }
    expect(waits.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(waits.at(-1)).toBe(3_600_000);
    connection(5_000, undefined, true);
    for (let n = 0; n < 3; n += 1) connection(10, undefined);
    expect(untilUsable()).toBe(1_000);
  });

  it('gives up at once on one that stays silent to its limit, or gets no answer, or is answered by something else', () => {
    for (const error of [silent, unanswered, ...[406, 501].map(refused), otherType()]) {
      const { health, clock } = clocked();
      if (error === silent) health.opened();
      clock.now += 45_000;
      expect(health.ended(error)).toBeUndefined();
      expect(health.isUsable()).toBe(false);
    }
  });

  it('passes on what the server says, and what is wrong with its events', () => {
    const broken = new StreamError('bad', { errorType: 'fatal_error', code: 'parse_error', phase: 'body' });
    expect(clocked().connection(5_000, broken, true)).toBe(broken);
    for (const error of [401, 404, 410, 503].map(refused)) expect(clocked().health.ended(error)).toBe(error);
  });

  it('learns how often the server speaks: 45 s at least, twice its longest silence, less than the 300 s of Node', () => {
    const { health, clock } = clocked();
    health.opened();
    health.heard();
    expect(health.idleTimeout()).toBe(45_000);
    for (const [silence, limit] of [
      [20_000, 45_000],
      [40_000, 80_000],
      [1_000, 80_000],
      [400_000, 290_000],
    ] as const) {
      clock.now += silence;
      health.heard();
      expect(health.idleTimeout()).toBe(limit);
    }
  });

  it('does not take the time between two connections for a silence of the server', () => {
    const { connection, health, clock } = clocked();
    connection(2_000, undefined, true);
    clock.now += 100_000;
    connection(2_000, undefined, true);
    expect(health.idleTimeout()).toBe(45_000);
  });
});

function refused(statusCode: number): StreamError {
  const errorType = statusCode === 503 ? 'server_error' : 'client_error';
  return new StreamError(`HTTP ${statusCode}`, { errorType, code: 'unexpected_status', statusCode });
}

function otherType(): StreamError {
  return new StreamError('html', { errorType: 'fatal_error', code: 'content_type', statusCode: 200 });
}
