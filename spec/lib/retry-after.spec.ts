import { describe, expect, it } from '@jest/globals';
import { parseGoDuration, readDirectWait, readRetryAfter } from '../../lib/retry-after.js';

/** The local clock is an hour wrong; the server's is right. */
const now = Date.parse('2026-03-01T11:00:00Z');
const date = 'Sun, 01 Mar 2026 12:00:00 GMT';
const serverNow = Date.parse('2026-03-01T12:00:00Z');
const epoch = serverNow / 1_000;
const hour = 3_600_000;

const wait = (headers: Record<string, string>): number | undefined =>
  readRetryAfter(new Headers(headers), { now, cap: 24 * hour });

describe('readRetryAfter', () => {
  it.each([
    ['1', 1_000],
    ['0', 0],
    ['120', 120_000],
    ['1.5', 1_500],
    ['0.0001', 1],
    [' 7 ', 7_000],
    ['1.123456789012', 1_124],
    ['99999999999999999999', 24 * hour],
    [`1${'0'.repeat(299)}`, 24 * hour],
    ['1m30s', 90_000],
    ['250ms', 250],
    ['-1', undefined],
    ['-5.5', undefined],
    ['+5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['', undefined],
    ['soon', undefined],
    ['try 2070', undefined],
    ['2 minutes', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['Sun, garbage that goes on', undefined],
  ])('reads Retry-After: %s as %s ms', (value, expected) => {
    expect(wait({ 'retry-after': value })).toBe(expected);
  });

  it.each([
    ['IMF-fixdate', 'Sun, 01 Mar 2026 12:00:05 GMT'],
    ['RFC 850', 'Sunday, 01-Mar-26 12:00:05 GMT'],
    ['asctime, which is GMT without saying so', 'Sun Mar  1 12:00:05 2026'],
    ['ISO 8601', '2026-03-01T12:00:05Z'],
  ])('compares a date with the Date of the server: %s', (_name, value) => {
    expect(wait({ 'retry-after': value, date })).toBe(5_000);
  });

  it('compares a date with the local clock where the server tells no time', () => {
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 11:00:05 GMT' })).toBe(5_000);
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 11:00:05 GMT', date: 'garbage' })).toBe(5_000);
  });

  it('ignores a date that has passed, and takes this moment for no wait', () => {
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 11:59:59 GMT', date })).toBeUndefined();
    expect(wait({ 'retry-after': date, date })).toBe(0);
  });

  it.each([
    ['x-rate-limit-reset', String(epoch + 9), 9_000],
    ['x-ratelimit-reset', String(epoch + 9), 9_000],
    ['x-rate-limit-reset', String((epoch + 9) * 1_000), 9_000],
    ['x-rate-limit-reset', String(epoch - 9), undefined],
    ['x-rate-limit-reset', '45', 45_000],
    ['x-rate-limit-reset', 'soon', undefined],
    ['x-ratelimit-reset', '6m0s', 360_000],
    ['ratelimit-reset', '30', 30_000],
    ['ratelimit-reset', '-30', undefined],
  ])('reads %s: %s as %s ms', (name, value, expected) => {
    expect(wait({ [name]: value, date })).toBe(expected);
  });

  it('goes from the most exact header to the vaguest, and past garbage', () => {
    const all = { 'retry-after-ms': '1500', 'retry-after': '2', 'x-rate-limit-reset': '3', 'ratelimit-reset': '4' };
    const without = (...names: string[]): Record<string, string> =>
      Object.fromEntries(Object.entries(all).map(([name, value]) => [name, names.includes(name) ? 'garbage' : value]));
    expect(wait(all)).toBe(1_500);
    expect(wait(without('retry-after-ms'))).toBe(2_000);
    expect(wait(without('retry-after-ms', 'retry-after'))).toBe(3_000);
    expect(wait(without('retry-after-ms', 'retry-after', 'x-rate-limit-reset'))).toBe(4_000);
    expect(wait({})).toBeUndefined();
  });

  it('waits an hour at most by default', () => {
    expect(readRetryAfter(new Headers({ 'retry-after': '86400' }))).toBe(hour);
    expect(readDirectWait(new Headers({ 'retry-after': '86400' }))).toBe(hour);
    expect(readRetryAfter(new Headers({ 'x-rate-limit-reset': '86400' }))).toBe(hour);
    expect(readRetryAfter(new Headers({ 'retry-after': '9' }), { cap: 1_000 })).toBe(1_000);
  });

  it('rounds milliseconds up and ignores negative ones', () => {
    expect(wait({ 'retry-after-ms': '0.2' })).toBe(1);
    expect(wait({ 'retry-after-ms': '-5', 'retry-after': '2' })).toBe(2_000);
  });

  it('ignores long garbage', () => {
    for (const part of ['1', 'a', ' ', '1h', 'Sun ', '9.']) {
      expect(wait({ 'retry-after': `x${part.repeat(300_000)}` })).toBeUndefined();
    }
  });
});

describe('readDirectWait', () => {
  it('does not look at rate-limit headers, which stand on good answers too', () => {
    expect(readDirectWait(new Headers({ 'x-rate-limit-reset': '3', 'ratelimit-reset': '4' }))).toBeUndefined();
    expect(readDirectWait(new Headers({ 'retry-after': '2' }))).toBe(2_000);
  });
});

describe('parseGoDuration', () => {
  it.each([
    ['1h2m3.5s', 3_723_500],
    ['120ms', 120],
    ['1ns', 1],
    ['1500us', 2],
    ['1500µs', 2],
    ['0s', 0],
    ['5', undefined],
    ['-5s', undefined],
    ['1d', undefined],
    ['s', undefined],
    ['', undefined],
    ['1s'.repeat(30), undefined],
  ])('reads %s as %s ms', (value, expected) => {
    expect(parseGoDuration(value)).toBe(expected);
  });
});
