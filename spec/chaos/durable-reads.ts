import { setTimeout as sleep } from 'node:timers/promises';
import { eachOf } from '../../lib/each-of.js';
import { isStreamError } from '../../lib/errors.js';
import { type DurablePart, placeText } from '../../sources/durable/parts.js';
import { readParts } from '../../sources/durable/session.js';
import type { Durable, DurableFault } from '../servers/durable.js';
import { startProxy, type Toxics } from '../servers/proxy.js';
import { type Seeded, seeded } from './seeded.js';

export type Live = 'none' | 'long-poll' | 'sse';

const types = ['application/json', 'text/plain', 'application/octet-stream'] as const;
/** A reader that resumes more often is in a loop. */
const mostLives = 40;
const deadline = 20_000;

/** What may befall one connection, in either of its answers. */
function toxicsOf(dice: Seeded): Toxics {
  const bytes = dice.between(1, 1_500);
  if (dice.chance(0.25)) return { cutAfter: bytes, cutBy: 'reset' };
  if (dice.chance(0.25)) return { cutAfter: bytes, cutBy: 'fin' };
  if (dice.chance(0.03)) return { stallAfter: bytes };
  return dice.chance(0.2) ? { slice: dice.between(5, 200) } : {};
}

/** What the server itself may do. A body that is cut short and ends well is seen in JSON only. */
function faultOf(dice: Seeded, isJson: boolean): DurableFault {
  const count = dice.between(1, 2);
  const method = 'GET';
  switch (dice.between(0, isJson ? 4 : 2)) {
    case 0:
      return { method, count, status: [500, 502, 503, 504, 429, 408][dice.between(0, 5)] ?? 500 };
    case 1:
      return { method, count, dropConnection: true };
    case 2:
      return { method, count, delayMs: dice.between(1, 5) };
    case 3:
      return { method, count: 1, truncateBodyBytes: dice.between(0, 60) };
    default:
      return { method, count: 1, corruptBody: true };
  }
}

/** One stream that is written while it is read through whatever its seed says. What is wrong, if anything is. */
export async function runReads(durable: Durable, live: Live, seed: number): Promise<string | undefined> {
  const dice = seeded(seed);
  const type = types[dice.between(0, 2)] ?? 'application/json';
  const isJson = type === 'application/json';
  const path = `/${live}/${seed}`;
  const pieces = Array.from({ length: dice.between(2, 9) }, (_, n) => pieceOf(n, dice, isJson));
  const already = live === 'none' ? pieces.length : dice.between(0, pieces.length);
  await durable.create(path, type, ...pieces.slice(0, already));
  await using proxy = await startProxy(durable.port, () => toxicsOf(dice));
  const reader = read({ url: proxy.url + path, live, dice, mode: type === 'text/plain' ? 'text' : undefined });
  const faults = { are: true };
  const trouble = makeTrouble(durable, path, { dice, isJson, faults });
  for (const piece of pieces.slice(already)) {
    await sleep(dice.between(0, 4));
    await durable.append(path, piece);
  }
  if (live !== 'none') await durable.closeStream(path);
  const got = await Promise.race([reader, sleep(deadline, 'nothing more came', { ref: false })]);
  faults.are = false;
  await trouble;
  const expected = isJson ? JSON.stringify(pieces.flatMap((piece): unknown[] => JSON.parse(piece))) : pieces.join('');
  return got === expected ? undefined : `seed ${seed}, ${live}, ${type}: got ${got} in place of ${expected}`;
}

function pieceOf(n: number, dice: Seeded, isJson: boolean): string {
  const texts = Array.from({ length: dice.between(1, 4) }, (_, at) => `${n}.${at} \u20ac\u{1f600}`);
  return isJson ? JSON.stringify(texts.map((text) => ({ text }))) : `${texts.join(';')};`;
}

interface Trouble {
  readonly dice: Seeded;
  readonly isJson: boolean;
  readonly faults: { are: boolean };
}

async function makeTrouble(durable: Durable, path: string, { dice, isJson, faults }: Trouble): Promise<void> {
  for (let times = dice.between(0, 4); times > 0 && faults.are; times -= 1) {
    durable.inject(path, faultOf(dice, isJson));
    await sleep(dice.between(0, 12));
  }
}

interface Reading {
  readonly url: string;
  readonly live: Live;
  readonly dice: Seeded;
  readonly mode: 'text' | undefined;
}

/** Reads to the end, over as many lives as broken bodies make necessary, each from the position of the one before. */
async function read({ url, live, dice, mode }: Reading): Promise<string> {
  const seen = { position: '-1', isJson: false };
  const items: unknown[] = [];
  const bytes: Uint8Array[] = [];
  const retry = { maxRetries: -1, initialBackoff: 1, maxBackoff: 4, random: dice.random, timeout: 400 };
  const take = (part: DurablePart): void => {
    if (part.type === 'position') seen.position = part.nextOffset;
    if (part.type === 'items') {
      items.push(...part.items);
      seen.isJson = true;
      seen.position = placeText({ offset: part.from.offset, skip: part.from.skip + part.items.length });
    } else if (part.type === 'bytes') {
      bytes.push(part.bytes);
      seen.position = placeText({ offset: part.from.offset, skip: part.from.skip + part.bytes.length });
    }
  };
  for (let life = 0; life < mostLives; life += 1) {
    const error = await new Promise<unknown>((resolve) => {
      const parts = readParts(
        'chaos',
        url,
        { ...retry, mode, offset: seen.position },
        { live, whole: dice.chance(0.2) },
      );
      parts.pipe(eachOf()).subscribe({ next: take, error: resolve, complete: () => resolve(undefined) });
    });
    if (error === undefined) return seen.isJson ? JSON.stringify(items) : Buffer.concat(bytes).toString();
    // Broken JSON in a whole body is no accident of the wire; a person decides to go on.
    if (!isStreamError(error) || error.code !== 'parse_error') return String(error);
  }
  return 'no end in sight';
}
