import { startChainFeed } from './chain-feed.js';
import type { AllowsOrigin } from './cross-origin.js';
import { startDurableFeed } from './durable-feed.js';
import { type Feed, streamNames, type StreamName } from './feed.js';
import { type Gate, startGate } from './gate.js';
import { startLlmFeed } from './llm-feed.js';
import { startPostsFeed } from './posts-feed.js';

/** A server and the gate before it. */
export interface GatedFeed {
  readonly feed: Feed;
  readonly gate: Gate;
}

/** The four of them. */
export type GatedFeeds = Readonly<Record<StreamName, GatedFeed>>;

/** Starts all four, each behind a gate that lets these pages in. What has been started is closed again where one fails. */
export async function startFeeds(allows: AllowsOrigin): Promise<GatedFeeds> {
  const started: GatedFeed[] = [];
  const gated = async (feed: Feed): Promise<GatedFeed> => {
    const one = { feed, gate: await startGate({ feed, allows }) };
    started.push(one);
    return one;
  };
  try {
    return {
      posts: await gated(await startPostsFeed()),
      chain: await gated(await startChainFeed()),
      durable: await gated(await startDurableFeed()),
      llm: await gated(await startLlmFeed()),
    };
  } catch (error) {
    await Promise.all(started.map(closeOne));
    throw error;
  }
}

/** The gates first: nothing that a server does while it ends reaches a browser. */
export async function closeFeeds(feeds: GatedFeeds): Promise<void> {
  await Promise.all(streamNames.map((name) => closeOne(feeds[name])));
}

/** Has each forget what is old, every so many milliseconds, until the returned function is called. One that fails is asked again. */
export function keepTending(feeds: GatedFeeds, interval: number): () => void {
  const busy = new Set<StreamName>();
  const tend = async (name: StreamName): Promise<void> => {
    if (busy.has(name)) return;
    busy.add(name);
    await feeds[name].feed.tend().catch(() => undefined);
    busy.delete(name);
  };
  const timer = setInterval(() => {
    for (const name of streamNames) void tend(name);
  }, interval);
  return () => clearInterval(timer);
}

async function closeOne({ feed, gate }: GatedFeed): Promise<void> {
  await gate.close();
  await feed.close();
}
