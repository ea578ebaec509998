import { describe, expect, it } from '@jest/globals';
import { fillingOf, missedSince, planRecovery, recoveryQuery, type XRecovery } from '../../../sources/x/recovery.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const now = Date.UTC(2026, 0, 31, 12);
const both = { backfill: true, replay: true };

function plan(gap: number, recovery: XRecovery, endpoint = both): ReturnType<typeof planRecovery> {
  return planRecovery(now - gap, now, { recovery, endpoint });
}

describe('planRecovery', () => {
  it('has nothing to do for the first connection of all', () => {
    const nothing = { gap: undefined, backfillMinutes: undefined, replay: undefined };
    expect(planRecovery(undefined, now, { recovery: 'replay', endpoint: both })).toEqual(nothing);
  });

  it('tells of the gap and asks for nothing unless it is told to', () => {
    const gap = { type: 'gap', from: now - hour, to: now, recovered: 'lost' };
    expect(plan(hour, 'none')).toEqual({ gap, backfillMinutes: undefined, replay: undefined });
    expect(plan(hour, 'replay', { backfill: false, replay: false })).toMatchObject({ gap, backfillMinutes: undefined });
  });

  it.each([
    [0, 1],
    [1, 2],
    [30 * second, 2],
    [minute, 2],
    [90 * second, 3],
    [2 * minute, 3],
    [4 * minute, 5],
    // The clock was set back meanwhile.
    [-hour, 1],
  ])('asks after %d ms for %d minutes: the gap, and one for what was late', (gap, minutes) => {
    expect(plan(gap, 'backfill')).toMatchObject({ gap: { recovered: 'backfill' }, backfillMinutes: minutes });
    expect(plan(gap, 'replay')).toMatchObject({ backfillMinutes: minutes, replay: undefined });
  });

  it('asks for no more than five, which is all of a gap of five, and a part of a longer one', () => {
    expect(plan(5 * minute, 'backfill')).toMatchObject({ gap: { recovered: 'backfill' }, backfillMinutes: 5 });
    expect(plan(5 * minute + 1, 'backfill')).toMatchObject({ gap: { recovered: 'partly' }, backfillMinutes: 5 });
  });

  it('replays what the backfill does not reach, with a minute of both at the seams', () => {
    const replay = { from: now - hour - minute, to: now - 4 * minute };
    expect(plan(hour, 'replay')).toMatchObject({ gap: { recovered: 'replay' }, backfillMinutes: 5, replay });
    expect(plan(4 * minute + 1, 'replay')).toMatchObject({ gap: { recovered: 'replay' }, backfillMinutes: 5 });
  });

  it('replays nothing that is out of reach', () => {
    const partly = { gap: { recovered: 'partly' }, backfillMinutes: 5, replay: undefined };
    expect(plan(24 * hour, 'replay')).toMatchObject(partly);
    expect(plan(hour, 'replay', { backfill: true, replay: false })).toMatchObject(partly);
    expect(plan(23 * hour, 'replay').replay).toBeDefined();
  });
});

describe('missedSince', () => {
  const filling = { from: 1_000, until: 70_000 };

  it.each([
    [undefined, undefined, undefined],
    [undefined, filling, undefined],
    [5_000, undefined, 5_000],
    // In the middle of what was being repeated: all of it again.
    [69_999, filling, 1_000],
    [70_000, filling, 70_000],
    // The connection that was to repeat it never said a word.
    [500, filling, 500],
  ])('after a last byte at %s and %j is %s', (lastByteAt, before, from) => {
    expect(missedSince(lastByteAt, before)).toBe(from);
  });
});

describe('fillingOf', () => {
  it('lasts a minute from the connect, and goes back as far as the gap', () => {
    expect(fillingOf(plan(90 * second, 'backfill'), now, 0)).toEqual({ from: now - 90 * second, until: now + minute });
  });

  it('is what the caller asks of the first connection, and nothing where nothing is repeated', () => {
    const first = planRecovery(undefined, now, { recovery: 'backfill', endpoint: both });
    expect(fillingOf(first, now, 5)).toEqual({ from: now - 5 * minute, until: now + minute });
    expect(fillingOf(first, now, 0)).toBeUndefined();
    expect(fillingOf(plan(hour, 'none'), now, 5)).toBeUndefined();
  });
});

describe('recoveryQuery', () => {
  const from = Date.parse('2026-01-31T10:00:00.400Z');
  const to = Date.parse('2026-01-31T11:00:00.400Z');

  it('rounds outwards to whole seconds, and says only what is wished', () => {
    expect(recoveryQuery('filtered', { from, to })).toEqual({
      start_time: '2026-01-31T10:00:00Z',
      end_time: '2026-01-31T11:00:01Z',
    });
    expect(recoveryQuery('filtered', {})).toEqual({});
  });

  it('takes the parameter of the caller away with undefined', () => {
    expect(recoveryQuery('filtered', { backfillMinutes: undefined })).toEqual({ backfill_minutes: undefined });
    expect(recoveryQuery('filtered', { backfillMinutes: 3 })).toEqual({ backfill_minutes: '3' });
  });

  it('spells in camel case for Powerstream', () => {
    expect(Object.keys(recoveryQuery('powerstream', { backfillMinutes: 1, from, to }))).toEqual([
      'backfillMinutes',
      'startTime',
      'endTime',
    ]);
  });
});
