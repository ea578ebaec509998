import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { streamingDemo } from '../../apps/cli/mock-llm/streaming-demo.js';
import { startDurable } from '../servers/durable.js';
import { startEventStreamer } from '../servers/event-streamer.js';
import { mockLlm } from '../servers/mock-llm.js';
import { scriptedChain } from '../servers/scripted-chain.js';
import { startXServer } from '../servers/x.js';

/** What the `ts run` examples talk to. */
export interface Origin {
  /** How they find it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Three lines of JSON under `TAILRACE_DOCS_URL`, a local X with posts under `X_BASE_URL`, durable streams under `DURABLE_URL`, a model under `LLM_BASE_URL`, a chain with transfers under `CHAIN_URL`. */
export async function startOrigin(): Promise<Origin> {
  const lines = await startLines();
  const x = await startXServer({ rules: [{ value: 'the OR coffee' }], maxConnections: 100, connectLimit: 1_000 });
  x.flow({ perSecond: 200 });
  const durable = await startDurable();
  const llm = await mockLlm(streamingDemo());
  const chain = scriptedChain();
  for (let block = 0; block < 3; block += 1) chain.mintBlock(200);
  const events = await startEventStreamer({ chain });
  return {
    env: {
      TAILRACE_DOCS_URL: lines.url,
      X_BASE_URL: x.url,
      X_BEARER_TOKEN: x.token,
      DURABLE_URL: durable.url,
      LLM_BASE_URL: llm.url,
      CHAIN_URL: events.url,
    },
    close: async () => {
      await Promise.all([lines.close(), x.close(), durable.close(), llm.close(), events.close()]);
      await chain.close();
    },
  };
}

/** A server on a free port that answers every request with three lines of JSON, an empty line (a heartbeat) between them. */
async function startLines(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end('{"id":"1"}\r\n\r\n{"id":"2"}\r\n{"id":"3"}\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
