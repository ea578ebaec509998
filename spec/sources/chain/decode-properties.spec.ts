import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileEvent, type EventLog } from '../../../sources/chain/decode-event.js';
import { AbiDecodingError } from '../../../sources/chain/errors.js';
import { ethersVerdict, microVerdict, plain, verdict } from './other-decoders.js';
import { type RandomLog, randomLogs } from './random-events.js';
import { word } from './log-words.js';

/** One kind of damage, made of random numbers so that it fits any log. */
type Damage = (log: EventLog, a: number, b: number) => EventLog;

const replace = (text: string, at: number, by: string): string => text.slice(0, at) + by + text.slice(at + by.length);
const words = ({ data }: EventLog): number => Math.max(1, (data.length - 2) / 64);
const inData = (change: (data: string, a: number, b: number, count: number) => string): Damage => {
  return (log, a, b) => (log.data.length < 66 ? log : { ...log, data: change(log.data, a, b, words(log)) });
};
const wordAt = (data: string, index: number): string => data.slice(2 + 64 * index, 66 + 64 * index);

const damages: Readonly<Record<string, Damage>> = {
  'a digit changed': inData((data, a, b) => replace(data, 2 + (a % (data.length - 2)), (b % 16).toString(16))),
  'a slot that could be an offset': inData((data, a, b, count) =>
    replace(data, 2 + 64 * (a % count), word(32 * (b % (count + 2)))),
  ),
  'a slot that is a small number': inData((data, a, b, count) => replace(data, 2 + 64 * (a % count), word(b % 70))),
  'a slot that is huge': inData((data, a, b, count) =>
    replace(data, 2 + 64 * (a % count), (b % 2 === 0 ? 'f' : '7').repeat(64)),
  ),
  'two slots changed over': inData((data, a, b, count) => {
    const [first, second] = [a % count, b % count];
    return replace(replace(data, 2 + 64 * first, wordAt(data, second)), 2 + 64 * second, wordAt(data, first));
  }),
  'cut off': inData((data, a) => data.slice(0, 2 + 2 * (a % (data.length / 2)))),
  'a slot less': inData((data, a, _, count) => data.slice(0, 2 + 64 * (a % count)) + data.slice(66 + 64 * (a % count))),
  'half a byte less': inData((data) => data.slice(0, -1)),
  'no digit': inData((data, a, b) => replace(data, 2 + (a % (data.length - 2)), ' xgG-n'.charAt(b % 6))),
  'bytes behind it': (log, a, b) => ({
    ...log,
    data: log.data + '00'.repeat(1 + (a % 40)).slice(2) + (b % 256).toString(16).padStart(2, '0'),
  }),
  'a topic more': (log) => ({ ...log, topics: [...log.topics, `0x${word(1)}`] }),
  'a topic less': (log) => ({ ...log, topics: log.topics.slice(0, -1) }),
  'a digit of a topic': (log, a, b) => ({
    ...log,
    topics: log.topics.map((topic, index) =>
      index === a % log.topics.length ? replace(topic, 2 + (b % 64), (a % 16).toString(16)) : topic,
    ),
  }),
};

const damaged = fc.tuple(
  randomLogs,
  fc.array(fc.tuple(fc.constantFrom(...Object.values(damages)), fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }),
);

const runs = 200;

describe('the decoder and random events', () => {
  it('gives what was encoded', () => {
    fc.assert(
      fc.property(randomLogs, ({ event, log, args }) => {
        expect(compileEvent(event).decode(log)).toEqual(args);
      }),
      { numRuns: runs },
    );
  });

  it('gives what ethers and micro-eth-signer give', () => {
    fc.assert(
      fc.property(randomLogs, ({ event, log }) => {
        const values = plain(compileEvent(event).decode(log));
        expect(ethersVerdict(event, log)).toEqual({ values });
        expect(microVerdict(event, log)).toEqual({ values });
      }),
      { numRuns: runs },
    );
  });

  it('gives integers as text where asked to, and all else as before', () => {
    const asText = (value: unknown): unknown => {
      if (typeof value === 'bigint') return String(value);
      if (Array.isArray(value)) return value.map(asText);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asText(one)]));
    };
    fc.assert(
      fc.property(randomLogs, ({ event, log, args }) => {
        expect(compileEvent(event, { integers: 'text' }).decode(log)).toEqual(asText(args));
      }),
      { numRuns: runs / 4 },
    );
  });

  it('makes a typed error of a damaged log, or the value that it still has for the others', () => {
    const seen = { value: 0, error: 0 };
    fc.assert(
      fc.property(damaged, ([{ event, log: whole }, steps]) => {
        const log = steps.reduce((now, [damage, a, b]) => damage(now, a, b), whole);
        const ours = verdict(() => plain(compileEvent(event).decode(log)));
        const strict = microVerdict(event, log);
        if ('refused' in ours) {
          seen.error += 1;
          expect(ours.refused).toBeInstanceOf(AbiDecodingError);
          expect(ours.refused).toMatchObject({
            code: 'invalid_log',
            path: expect.stringMatching(/^(p\d|topics|data)/),
          });
          expect(strict).toHaveProperty('refused');
        } else {
          seen.value += 1;
          expect(ethersVerdict(event, log)).toEqual(ours);
          if ('values' in strict) expect(strict).toEqual(ours);
        }
      }),
      { numRuns: 3 * runs },
    );
    expect(seen.value).toBeGreaterThan(0);
    expect(seen.error).toBeGreaterThan(0);
  });

  it('allows dirt and no more when it is lenient', () => {
    fc.assert(
      fc.property(damaged, ([{ event, log: whole }, steps]: [RandomLog, [Damage, number, number][]]) => {
        const log = steps.reduce((now, [damage, a, b]) => damage(now, a, b), whole);
        const strict = verdict(() => compileEvent(event).decode(log));
        const lenient = verdict(() => compileEvent(event, { strict: false }).decode(log));
        if ('values' in strict) expect(lenient).toEqual(strict);
        else if ('refused' in lenient) expect(lenient.refused).toBeInstanceOf(AbiDecodingError);
        const others = ethersVerdict(event, log);
        // What both take has one meaning, whatever the dirt.
        if ('values' in lenient && 'values' in others) expect(plain(lenient.values)).toEqual(others.values);
      }),
      { numRuns: runs },
    );
  });
});
