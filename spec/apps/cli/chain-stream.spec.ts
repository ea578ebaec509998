import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStreamerServer, startEventStreamer } from '../../servers/event-streamer.js';
import { eventually } from '../../servers/eventually.js';
import { pluck } from '../../servers/pluck.js';
import { type ScriptedChain, scriptedChain } from '../../servers/scripted-chain.js';
import { chainCli, linesOf, startChainCli } from './chain-cli.js';

const transfer = 'Transfer(address indexed from, address indexed to, uint256 value)';
/** Small batches, and patience with the last acknowledgments of a slow machine. */
const manners = { batchSize: 3, graceMs: 60_000 };
let folder: string;
let files = 0;
let chain: ScriptedChain;
let server: EventStreamerServer;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailrace-cli-chain-'));
});
beforeEach(async () => {
  files += 1;
  chain = scriptedChain();
  server = await startEventStreamer({ chain, ...manners });
  env = { CHAIN_URL: server.url, CHAIN_SUBSCRIBER: 'spec' };
});
afterEach(() => server.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function subscribed(...more: string[]): Promise<string> {
  const args = ['subscribe', '--event', transfer, '--from', '0', '--chain-id', '31337', ...more];
  return String(pluck(linesOf(await chainCli(args, { env }))[0], 'id'));
}

/** The places of printed events. */
function placesOf(outcome: { readonly out: string }): string[] {
  return linesOf(outcome).map((line) => {
    const meta = pluck(line, 'meta');
    return `${String(pluck(meta, 'transactionHash'))}:${String(pluck(meta, 'logIndex'))}`;
  });
}

function allPlaces(): string[] {
  return chain.all.map(({ transactionHash, logIndex }) => `${transactionHash}:${logIndex}`);
}

function file(): string {
  return join(folder, `position-${files}`);
}

describe('tailrace chain stream', () => {
  it('prints an event a line, up to the last block', async () => {
    chain.mintBlock(7);
    const id = await subscribed('--to', '1');
    const outcome = await chainCli(['stream', id], { env });
    expect(outcome).toMatchObject({ code: 0, err: 'tailrace: connected\n' });
    expect(placesOf(outcome)).toEqual(allPlaces());
    const [first] = linesOf(outcome);
    expect(first).toEqual({
      event: 'Transfer',
      args: { from: `0x${'0'.repeat(40)}`, to: chain.accounts[0], value: '1' },
      meta: expect.objectContaining({ blockNumber: 1, logIndex: 0, address: chain.token }),
    });
  });

  it('has acknowledged at its end what it has printed, and nothing else', async () => {
    chain.mintBlock(9);
    const outcome = await chainCli(['stream', await subscribed(), '--max', '7'], { env });
    expect(outcome.code).toBe(0);
    expect(placesOf(outcome)).toEqual(allPlaces().slice(0, 7));
    // The third batch was printed in part.
    expect([...server.acknowledged.keys()].sort()).toEqual(allPlaces().slice(0, 6).sort());
  });

  it('prints a batch a line with --batches, and other events than those of --event not at all', async () => {
    chain.mintBlock(4);
    const id = await subscribed('--to', '1');
    const { out } = await chainCli(['stream', id, '--batches'], { env });
    expect(linesOf({ out })).toMatchObject([
      { batchId: expect.any(String), resumeToken: expect.any(String), events: { Transfer: [{}, {}, {}] } },
      { events: { Transfer: [{ args: { value: '1' } }] } },
    ]);
    const other = await chainCli(['stream', await subscribed('--to', '1'), '--event', 'Approval'], { env });
    expect(other).toMatchObject({ code: 0, out: '' });
    expect(other.err.match(/what --event does not name: Transfer/g)).toHaveLength(1);
    expect(await chainCli(['stream', id, '--each', '--batches'], { env })).toMatchObject({ code: 2, out: '' });
  });

  it('acknowledges nothing that stdout has not taken', async () => {
    chain.mintBlock(7);
    const id = await subscribed();
    const run = startChainCli(['stream', id], { env, isStuck: true });
    await eventually(() => run.said.offered > 0);
    run.interrupt();
    // Whoever reads stdout has a moment, and does not use it.
    expect((await run.outcome).code).toBe(130);
    expect(server.acks).toEqual([]);
    const next = await chainCli(['stream', id, '--max', '7'], { env });
    expect(placesOf(next)).toEqual(allPlaces());
  });

  it('goes on behind what was printed, when the service is killed and comes back', async () => {
    chain.mintBlock(5);
    const id = await subscribed();
    const run = startChainCli(['stream', id, '--retries', '-1'], { env });
    await eventually(() => placesOf(run.said).length === 5);
    const { port, state } = server;
    await server.close();
    server = await startEventStreamer({ chain, ...manners, port, state });
    chain.mintBlock(5);
    await eventually(() => placesOf(run.said).length >= 10);
    run.interrupt();
    const outcome = await run.outcome;
    expect(outcome.code).toBe(130);
    expect(placesOf(outcome)).toEqual(allPlaces());
    expect(outcome.err).toContain('tailrace: reconnecting in ');
  });
});

describe('tailrace chain stream --checkpoint', () => {
  it('goes on where the last run with this file stopped, whatever the service remembers', async () => {
    await server.close();
    server = await startEventStreamer({ chain, ...manners, resend: 'all' });
    env = { ...env, CHAIN_URL: server.url };
    chain.mintBlock(6);
    const id = await subscribed();
    const args = ['stream', id, '--checkpoint', file()];
    const first = await chainCli([...args, '--max', '3'], { env });
    expect(first.code).toBe(0);
    const second = await chainCli([...args, '--max', '3'], { env });
    expect(second.err).toContain('tailrace: going on where the last run stopped\n');
    expect([...placesOf(first), ...placesOf(second)]).toEqual(allPlaces());
    expect(await readFile(file(), 'utf8')).toContain(`chain ${server.url} ${id}`);
  });

  it('prints a batch that --max has cut whole in the next run', async () => {
    chain.mintBlock(6);
    const args = ['stream', await subscribed(), '--checkpoint', file()];
    const first = await chainCli([...args, '--max', '4'], { env });
    const second = await chainCli([...args, '--max', '3'], { env });
    expect(placesOf(first)).toEqual(allPlaces().slice(0, 4));
    expect(placesOf(second)).toEqual(allPlaces().slice(3));
  });

  it('saves at a signal, and tells of a token that the service does not take', async () => {
    chain.mintBlock(3);
    const id = await subscribed();
    const args = ['stream', id, '--checkpoint', file()];
    const run = startChainCli(args, { env });
    await eventually(() => placesOf(run.said).length === 3);
    run.interrupt();
    expect((await run.outcome).code).toBe(130);
    server.misbehave.expireTokens();
    chain.mintBlock(3);
    const next = await chainCli([...args, '--max', '3'], { env });
    expect(placesOf(next)).toEqual(allPlaces().slice(3));
    expect(next.err).toMatch(/warning: .*token/);
  });
});

describe('a stream that cannot be', () => {
  it('ends with 4 and what to do where there is no subscription, with 2 for what is no id', async () => {
    const missing = await chainCli(['stream', '77', '--quiet'], { env });
    expect(missing).toMatchObject({ code: 4, out: '' });
    expect(missing.err).toContain('tailrace chain list');
    const nonsense = await chainCli(['stream', 'seven'], { env });
    expect(nonsense).toMatchObject({ code: 2, out: '' });
    expect(nonsense.err).toMatch(/^tailrace: [^\n]+\n$/);
  });
});
