import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { recordOf } from '../../../lib/problem.js';
import type { LlmWire } from '../../../sources/llm/index.js';
import { giveAnswer, type MockDefaults, refuse, stream } from './answering.js';
import { type BackgroundOptions, backgroundResponses, type BackgroundResponses } from './background.js';
import { refusalBody } from './refusals.js';
import type { MockAnswer, MockLlmRequest, MockScript } from './script.js';

export interface MockLlmOptions extends MockDefaults, BackgroundOptions {
  /** The key that every request must carry; without it the answer is 401. @default none is needed */
  readonly apiKey?: string | undefined;
}

/** A server that speaks as the three providers do, each below its own path. */
export interface MockLlm {
  /** `http://127.0.0.1:<port>`: the base URL of Anthropic; `/v1` behind it is that of OpenAI. */
  readonly url: string;
  readonly port: number;
  /** All that have come, refused ones included. */
  readonly requests: readonly MockLlmRequest[];
  /** Answers that are still going out. */
  readonly openStreams: number;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const wires: readonly (readonly [path: string, wire: LlmWire])[] = [
  ['/messages', 'anthropic'],
  ['/chat/completions', 'openai-chat'],
  ['/responses', 'openai-responses'],
];

/** Starts it on a free port of the loopback. Answers go out in the order of the script. */
export async function startMockLlm(script: MockScript, options: MockLlmOptions = {}): Promise<MockLlm> {
  const requests: MockLlmRequest[] = [];
  const { apiKey, pace, chunkSize } = options;
  const desk: Desk = {
    script,
    requests,
    apiKey,
    background: backgroundResponses(options),
    defaults: { pace, chunkSize },
  };
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    serve(desk, request, response).catch((error: unknown) => {
      // A script that throws would otherwise leave its client waiting.
      if (response.headersSent) response.destroy();
      else response.writeHead(599, 'Script Failed').end(error instanceof Error ? error.message : String(error));
    });
  });
  server.on('connection', (socket) => void socket.setNoDelay(true));
  const port = await listening(server);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    ...{ port, requests, close },
    get openStreams() {
      return open.size;
    },
    [Symbol.asyncDispose]: close,
  };
}

interface Desk {
  readonly script: MockScript;
  readonly requests: MockLlmRequest[];
  readonly apiKey: string | undefined;
  readonly background: BackgroundResponses;
  readonly defaults: MockDefaults;
}

async function serve(desk: Desk, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = requestOf(incoming, await readBody(incoming), desk.requests);
  desk.requests.push(request);
  const { wire, method, path, body } = request;
  const say = (status: number, message?: string): void =>
    refuse(response, wire, { status, body: refusalBody(wire, status, message) });
  if (!isAuthorized(request, desk.apiKey)) return void say(401);
  const url = new URL(path, 'http://localhost');
  const known = desk.background.answer(method, url);
  if (known !== undefined) {
    if ('status' in known) return void say(known.status, known.message);
    if ('response' in known) return void refuse(response, wire, { status: 200, body: known.response });
    const frames = known.frames.map((frame) => Buffer.from(frame));
    return stream(response, { wire, frames, flow: desk.defaults, number: request.index });
  }
  if (method !== 'POST' || wireOf(url.pathname) === undefined) return void say(404);
  if (body['stream'] !== true) return void say(400, 'mock: only streams, so "stream" must be true');
  return giveAnswer(answerOf(desk.script, request), request, { response, ...desk });
}

function answerOf(script: MockScript, request: MockLlmRequest): MockAnswer {
  if (typeof script === 'function') return script(request);
  const answer = script[request.index] ?? script.at(-1);
  if (answer === undefined) throw new Error('mock: the script is empty');
  return answer;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const body: AsyncIterable<Uint8Array> = incoming;
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

function requestOf(incoming: IncomingMessage, body: Buffer, before: readonly MockLlmRequest[]): MockLlmRequest {
  const { method = '', url: path = '/' } = incoming;
  const pathname = path.replace(/\?.*/, '');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    index: before.filter((one) => one.method === 'POST' && wireOf(one.path) !== undefined).length,
    wire: wireOf(pathname) ?? (pathname.includes('/responses/') ? 'openai-responses' : 'openai-chat'),
    ...{ method, path, headers: Object.fromEntries(headers), body: bodyOf(body) },
  };
}

function wireOf(path: string): LlmWire | undefined {
  return wires.find(([end]) => path.replace(/\?.*/, '').endsWith(end))?.[1];
}

function bodyOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'));
    return recordOf(body) ?? {};
  } catch {
    return {};
  }
}

function isAuthorized({ headers }: MockLlmRequest, key: string | undefined): boolean {
  return key === undefined || [`Bearer ${key}`, key].includes(keyIn(headers));
}

function keyIn(headers: MockLlmRequest['headers']): string {
  return headers['authorization'] ?? headers['x-api-key'] ?? headers['api-key'] ?? '';
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
