import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileCheckpoint } from '../../lib/node/index.js';
import { buildPatience, buildProgram } from '../apps/cli/program-process.js';
import { type Death, type Life, live } from './lives.js';
import { type NumberedLog, startNumberedLog } from './numbered-log.js';
import { type Seeded, seeded } from './seeded.js';

const kills = 200;
/** Logs with a file each, killed side by side. */
const lanes = 5;
const child = 'spec/chaos/kill-child.mjs';
const cli = 'dist/apps/cli/main.js';
/** As `--help` says: what may be on its way to stdout, and what may be written and not saved. */
const cliBound = 3_000;
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
let folder: string;

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'tailrace-kill-'));
}, buildPatience);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What came of the lives of one log. */
interface Outcome {
  readonly faults: readonly string[];
  /** Items that were handled again after each kill. */
  readonly repeats: readonly number[];
}

/** Lives of which all but the last were killed: together they must have handled 1 to `size`. */
function judge(lives: readonly (readonly number[])[], size: number, bound: number): Outcome {
  const handled = new Set<number>();
  const faults: string[] = [];
  const repeats = lives.map((items, at) => {
    if (new Set(items).size < items.length) faults.push(`life ${at} handled an item twice`);
    const again = items.filter((item) => handled.has(item)).length;
    if (again > bound) faults.push(`life ${at} handled ${again} items again, of ${bound}`);
    for (const item of items) handled.add(item);
    return again;
  });
  const missing = Array.from({ length: size }, (_, at) => at + 1).filter((item) => !handled.has(item));
  if (missing.length > 0) faults.push(`never handled: ${missing.slice(0, 9).join(' ')}`);
  if (handled.size + missing.length > size) faults.push('handled what was never sent');
  return { faults, repeats };
}

function fatesOf(dice: Seeded): Death {
  // Some before they can have done anything: while the program loads, takes the lock, or reads its file.
  if (dice.chance(0.1)) return { afterStart: dice.between(20, 250) };
  return { afterLines: dice.between(1, 80), delay: dice.between(0, 10) };
}

/** Kills a child so often, lets the last life end by itself, and says what became of the log. */
async function runLane(log: NumberedLog, lane: number): Promise<Outcome> {
  const dice = seeded(seed * 101 + lane);
  const name = `lane-${lane}`;
  const file = join(folder, name);
  const options = {
    ...{ maxUnacked: dice.between(2, 16), maxUnsaved: dice.between(20, 40) },
    ...{ everyCount: dice.between(5, 20), every: dice.between(5, 40) },
    ...{ concurrency: dice.between(1, 8), ordered: dice.chance(0.5) },
  };
  const args = [child, `http://127.0.0.1:${log.port}/${name}`, file, JSON.stringify(options)];
  const lives: Life[] = [];
  while (lives.length < kills / lanes) lives.push(await live(args, fatesOf(dice)));
  const size = Math.max(0, ...lives.flatMap(({ lines }) => lines.map(Number))) + 100;
  log.end(name, size);
  const last = await live(args);
  lives.push(last);
  // Past the saved position are at most `maxUnsaved` deliveries, and those for which the source had credit left.
  const outcome = judge(
    lives.map(({ lines }) => lines.map(Number)),
    size,
    options.maxUnsaved + options.maxUnacked,
  );
  await using store = fileCheckpoint(file);
  const saved = await store.load('log');
  const faults = [
    ...outcome.faults,
    ...lives.flatMap(({ stderr }) => (stderr === '' ? [] : [stderr])),
    ...(last.code === 0 ? [] : [`the last life ended with ${last.code}`]),
    ...(saved === String(size) ? [] : [`saved ${saved} of ${size}`]),
  ];
  return { ...outcome, faults: faults.map((fault) => `CHAOS_SEED=${seed}, lane ${lane}: ${fault}`) };
}

describe('kill -9', () => {
  it(`at ${kills} random moments loses nothing, and repeats no more than is unacknowledged or unsaved`, async () => {
    await using log = await startNumberedLog(seed);
    const outcomes = await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(log, lane)));
    expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
    // A run in which nothing came again has killed nothing at work.
    const repeats = outcomes.flatMap((one) => one.repeats);
    expect(repeats.filter((count) => count > 0).length).toBeGreaterThan(kills / 4);
    // Neither sockets of dead locks nor half-written files pile up.
    expect((await readdir(folder)).length).toBeLessThanOrEqual(lanes * 3);
  }, 120_000);

  it('of the program itself, five times, loses no line of an event stream', async () => {
    await using log = await startNumberedLog(seed);
    const dice = seeded(seed);
    const url = `http://127.0.0.1:${log.port}/events`;
    const file = join(folder, 'events');
    const args = [cli, 'tail', url, '--data', '--quiet', '--retries', '-1', '--checkpoint', file];
    const lives: Life[] = [];
    while (lives.length < 5) {
      lives.push(await live(args, { afterLines: dice.between(1_500, 6_000), delay: dice.between(0, 20) }));
    }
    const numbers = (): number[][] => lives.map(({ lines }) => lines.map((line) => Number(/\d+/.exec(line))));
    const size = Math.max(...numbers().flat()) + 100;
    log.end('events', size);
    lives.push(await live(args));
    const { faults } = judge(numbers(), size, cliBound);
    expect(faults).toEqual([]);
    expect(lives.map(({ code, stderr }) => [code, stderr])).toEqual([...lives.slice(1).map(() => [null, '']), [0, '']]);
    // Each life goes on where those before it were, or near it: none begins anew.
    const all = numbers();
    const reached = all.map((_, at) => Math.max(0, ...all.slice(0, at).flat()));
    expect(all.filter(([first = 0], at) => first + cliBound <= (reached[at] ?? 0))).toEqual([]);
    expect(Math.max(...reached)).toBeGreaterThan(cliBound);
  }, 120_000);
});
