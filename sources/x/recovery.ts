import type { StreamEndpoint, XStreamName } from './endpoints.js';

/** What is done about posts that X sent while nobody was connected. All of it needs enterprise access. */
export type XRecovery = 'none' | 'backfill' | 'replay';

/** A time without a connection, told when the next one delivers its first line. */
export interface XGap {
  readonly type: 'gap';
  /**
   * When the last byte came, in milliseconds since 1970; or where the gap before began, if the connection that was to fill it
   * broke within its first minute.
   */
  readonly from: number;
  /** When the next connection was asked for, in milliseconds since 1970. */
  readonly to: number;
  /**
   * `backfill`: the new connection repeats this time. `replay`: a second, finite connection does. `partly`: only the last five
   * minutes come again; told a second time of a gap whose replay has failed. `lost`: what X sent meanwhile does not come again.
   */
  readonly recovered: 'backfill' | 'replay' | 'partly' | 'lost';
}

/** What to ask of the next connection. */
export interface RecoveryPlan {
  readonly gap: XGap | undefined;
  readonly backfillMinutes: number | undefined;
  /** What a second connection must replay, in milliseconds since 1970. */
  readonly replay: { readonly from: number; readonly to: number } | undefined;
}

const minute = 60_000;
/** X repeats no more than this. */
const maxBackfill = 5;
/** X replays no further back than this. */
const maxReplay = 24 * 60 * minute;
/** A post may take this long from its creation to a stream (99 % within it), so the last byte does not prove all before it. */
export const deliverySlack: number = minute;

/**
 * The plan for a connection at `to` when the last byte came at `from`; nothing to do on the first connection of all.
 *
 * X's backfill goes back whole minutes from the connect, up to 5; what is older needs a replay with a beginning and an end
 * (enterprise, "recovery and redundancy features").
 */
export function planRecovery(
  from: number | undefined,
  to: number,
  { recovery, endpoint }: { recovery: XRecovery; endpoint: Pick<StreamEndpoint, 'backfill' | 'replay'> },
): RecoveryPlan {
  if (from === undefined) return { gap: undefined, backfillMinutes: undefined, replay: undefined };
  const gap = (recovered: XGap['recovered']): XGap => ({ type: 'gap', from, to, recovered });
  if (recovery === 'none' || !endpoint.backfill) {
    return { gap: gap('lost'), backfillMinutes: undefined, replay: undefined };
  }
  const minutes = Math.max(1, Math.ceil((to - from + deliverySlack) / minute));
  if (minutes <= maxBackfill) return { gap: gap('backfill'), backfillMinutes: minutes, replay: undefined };
  const within = to - from < maxReplay - deliverySlack;
  if (recovery === 'backfill' || !endpoint.replay || !within) {
    const whole = to - from <= maxBackfill * minute;
    return { gap: gap(whole ? 'backfill' : 'partly'), backfillMinutes: maxBackfill, replay: undefined };
  }
  // The backfill of the new connection covers the end; a minute of both keeps them from leaving a seam.
  const end = to - (maxBackfill - 1) * minute;
  return { gap: gap('replay'), backfillMinutes: maxBackfill, replay: { from: from - deliverySlack, to: end } };
}

/** A connection that repeats what was missed. */
export interface Filling {
  /** What it repeats begins here, in milliseconds since 1970. */
  readonly from: number;
  /** While it is younger than this, some of that may still be to come: X does not say where a backfill ends. */
  readonly until: number;
}

/** The filling that a plan for a connection at `now` makes; `asked` are the minutes that the caller wants of the first one. */
export function fillingOf({ gap, backfillMinutes }: RecoveryPlan, now: number, asked: number): Filling | undefined {
  const until = now + minute;
  if (gap !== undefined) return backfillMinutes === undefined ? undefined : { from: gap.from, until };
  return asked > 0 ? { from: now - asked * minute, until } : undefined;
}

/**
 * From where the next connection must ask, in milliseconds since 1970: from the last byte, unless that byte came in the middle
 * of a backfill, which is then asked for once more.
 */
export function missedSince(lastByteAt: number | undefined, filling: Filling | undefined): number | undefined {
  if (lastByteAt === undefined || filling === undefined || lastByteAt >= filling.until) return lastByteAt;
  return Math.min(filling.from, lastByteAt);
}

/** What a recovery asks for, under the names of the stream's wire. Times in milliseconds since 1970. */
export interface RecoveryWish {
  readonly backfillMinutes?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Only the parameters that the wish names: they stand in place of the caller's own. */
export function recoveryQuery(name: XStreamName, wish: RecoveryWish): Record<string, string | undefined> {
  const camel = name === 'powerstream';
  const query: Record<string, string | undefined> = {};
  if ('backfillMinutes' in wish)
    query[camel ? 'backfillMinutes' : 'backfill_minutes'] = wish.backfillMinutes?.toString();
  if (wish.from !== undefined) query[camel ? 'startTime' : 'start_time'] = wireTime(Math.floor(wish.from / 1_000));
  if (wish.to !== undefined) query[camel ? 'endTime' : 'end_time'] = wireTime(Math.ceil(wish.to / 1_000));
  return query;
}

/** `YYYY-MM-DDTHH:mm:ssZ`. */
function wireTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}
