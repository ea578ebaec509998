import { switchMap, tap } from 'rxjs';
import { createMonitor, type StreamError } from '../../lib/index.js';
import { ackMap } from '../../operators/index.js';
import { type EventStreamer, eventStreamer } from '../../sources/chain/event-streamer.js';
import type { ChainEvent, EventBatch } from '../../sources/chain/messages.js';
import type { ChainNotice } from '../../sources/chain/notices.js';
import type { RawLog, TokenChain } from '../../spec/servers/chain-source.js';
import { transferEvent, transferTopic, zeroAddress } from '../../spec/servers/erc20.js';
import { type TransferLedger, transferLedger } from './chain-ledger.js';
import { startChain, startService } from './chain-service.js';
import type { ChainSummary, Reporter } from './reporter.js';
import { pause, until } from './waiting.js';
import type { DemoOptions } from './x-demo.js';

const transfersPerSecond = 200;
/** How long the end may take: a chain on a busy machine lags behind. */
const patience = 20_000;
/** Batches that may be out, and how many of them are handled at once. */
const maxUnacked = 4;
const concurrency = 2;
/** What a database or a slow service would take for a batch, in milliseconds. */
const workTime = 40;
/** How long the service stays away at most. */
const downTime = 1_000;

export interface ChainDemoOptions extends DemoOptions {
  /** No real one. @default a real one where there is one */
  readonly chain?: 'scripted' | undefined;
}

/**
 * Transfers of a token on a chain, by way of an Event Streamer service that is killed in the middle and started again. At the end every
 * transfer of the chain must have been handled, and the balances that follow from them must be those of the chain.
 */
export async function runChain({ seconds, signal, report, chain: wanted }: ChainDemoOptions): Promise<ChainSummary> {
  const started = performance.now();
  const rest = (): number => seconds * 1_000 - (performance.now() - started);
  const { chain: running, kind } = await startChain(report, wanted);
  await using chain = running;
  await using service = await startService(chain);
  await using client = eventStreamer({ serviceUrl: service.url, subscriberId: 'demo' });
  const ledger = transferLedger();
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  const consumer = startConsumer(client, chain, { ledger, failed, report });

  const flow = chain.transferMany({ perSecond: transfersPerSecond, seed: 5 });
  flow.done.catch((error: unknown) => {
    report.event('chain', `no more transfers: ${String(error)}`);
    failed.abort();
  });
  await pause(rest() - 0.55 * seconds * 1_000, over);
  await until(() => ledger.size > 0, patience, over);
  report.event('chain', `the service is killed, ${ledger.size} transfers handled`);
  await service.kill();
  await pause(Math.min(downTime, 0.1 * seconds * 1_000), over);
  await service.restart();
  report.event('chain', 'the service is back, with what it had kept');
  await pause(rest(), over);
  flow.stop();
  await flow.done.catch(() => undefined);

  const transfers = await transfersOn(chain);
  const isDone = (): boolean => ledger.size >= transfers.length && service.acknowledged >= transfers.length;
  await until(isDone, patience, failed.signal);
  const counts = consumer.stop();
  const lost = transfers.filter((log) => !ledger.has(log)).length;
  return {
    ...{ chain: kind, transfers: transfers.length, handled: ledger.size, lost, acknowledged: service.acknowledged },
    ...{ redelivered: ledger.repeated, ...counts, restarts: service.restarts },
    balancesMatch: await isChainOf(ledger, chain),
  };
}

/** All of them, as the chain itself has them. */
async function transfersOn(chain: TokenChain): Promise<readonly RawLog[]> {
  const filter = { fromBlock: 0, toBlock: await chain.head(), addresses: [chain.token], topic0: transferTopic };
  return chain.logs(filter);
}

/** Whether the balances of all accounts, and what was minted, are what the transfers say. */
async function isChainOf(ledger: TransferLedger, chain: TokenChain): Promise<boolean> {
  for (const account of chain.accounts) {
    if ((await chain.balanceOf(account)) !== ledger.balanceOf(account)) return false;
  }
  return (await chain.totalSupply()) === -ledger.balanceOf(zeroAddress);
}

/** Handles the transfers of the token. */
interface Consumer {
  stop(): Pick<ChainSummary, 'duplicates' | 'reconnects' | 'maxOutstanding'>;
}

interface Relations {
  readonly ledger: TransferLedger;
  /** Aborted by a stream that ends. */
  readonly failed: AbortController;
  readonly report: Reporter;
}

function startConsumer(
  client: EventStreamer,
  { token, chainId }: TokenChain,
  { ledger, failed, report }: Relations,
): Consumer {
  const definition = { eventSignature: transferEvent, addresses: [token], startBlock: 0, chainId };
  const monitor = createMonitor();
  let connects = 0;
  let maxOutstanding = 0;
  const handle = async ({ events }: EventBatch): Promise<void> => {
    await pause(workTime);
    for (const event of events['Transfer'] ?? []) {
      if (ledger.enter(event)) report.item('chain', event, shown(event));
    }
  };
  const options = {
    ...{ maxUnacked, monitor, maxRetries: -1, initialBackoff: 50, maxBackoff: 500 },
    ...{ batchAckInterval: 200, heartbeatInterval: 500, idleTimeout: 5_000 },
    onConnect: () => {
      connects += 1;
      report.event('chain', 'connected');
    },
    onDisconnect: (error?: StreamError) => report.event('chain', `disconnected: ${error?.message ?? 'by us'}`),
    onNotice: ({ message }: ChainNotice) => report.event('chain', message),
  };
  const subscription = client
    .createSubscription(definition)
    .pipe(
      switchMap(({ id }) => client.events(id, options)),
      tap(() => (maxOutstanding = Math.max(maxOutstanding, monitor.state.outstanding))),
      ackMap(handle, { concurrency, ordered: false }),
    )
    .subscribe({
      error: (error: unknown) => {
        report.event('chain', `gave up: ${String(error)}`);
        failed.abort();
      },
    });
  return {
    stop: () => {
      subscription.unsubscribe();
      return { duplicates: monitor.state.duplicates, reconnects: Math.max(0, connects - 1), maxOutstanding };
    },
  };
}

function shown({ args: { from, to, value } }: ChainEvent): string {
  return `${String(from).slice(0, 8)} pays ${String(to).slice(0, 8)} ${String(value)}`;
}
