import { createServer, type Server } from 'node:http';
import { listen } from '../../../spec/servers/origin.js';
import { closeFeeds, type GatedFeeds, keepTending, startFeeds } from './gated-feeds.js';
import { isOwnOrigin, pageHeaders } from './own-page.js';
import { siteHandler } from './site.js';
import { staticFiles } from './static-files.js';
import { streamsApi } from './streams-api.js';

/** Which page, and where. */
export interface ConsoleOptions {
  /** The folder with the built page. */
  readonly page: string;
  /** @default 0: a free one */
  readonly port?: number | undefined;
}

/** A running console. */
export interface ConsoleServer {
  /** `http://127.0.0.1:<port>/`: the page. */
  readonly url: string;
  /** The streams, past the HTTP interface. */
  readonly streams: GatedFeeds;
  /** Ends the page, the gates and the servers behind them, with every connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How often what is old is forgotten, in milliseconds. */
const tendInterval = 1_000;

/**
 * Serves the page on the loopback, with four local servers whose streams never end, each behind a gate that can make it misbehave.
 *
 * Errors: a folder without a page; a port that is taken (`EADDRINUSE`). Nothing is left running then.
 */
export async function startConsole({ page, port: wanted = 0 }: ConsoleOptions): Promise<ConsoleServer> {
  const files = staticFiles(page);
  let port = wanted;
  const streams = await startFeeds((origin) => isOwnOrigin(origin, port));
  const headers = pageHeaders(Object.values(streams).map(({ gate }) => gate.url));
  const server = createServer(siteHandler({ files, api: streamsApi(streams), headers, port: () => port }));
  try {
    port = await listen(server, wanted);
  } catch (error) {
    await closeFeeds(streams);
    throw error;
  }
  const stopTending = keepTending(streams, tendInterval);
  const close = async (): Promise<void> => {
    stopTending();
    await stopServer(server);
    await closeFeeds(streams);
  };
  return { url: `http://127.0.0.1:${port}/`, streams, close, [Symbol.asyncDispose]: close };
}

async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}
