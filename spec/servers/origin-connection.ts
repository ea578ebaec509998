import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestReader, type OriginRequest, type RawRequest } from './http-request.js';
import { writeHead, type Handler, type Step } from './origin-steps.js';

/** The kernel says "written" before the bytes have left; an RST inside this time would overtake them. */
const flushTime = 20;

/** One connection's requests and its end, as things to wait for. */
interface Connection {
  readonly socket: Socket;
  /** Aborted when the socket has closed: ends every wait. */
  readonly gone: AbortSignal;
  /** The next request, or `undefined` when there will be none. */
  next(): Promise<OriginRequest | undefined>;
}

/** Runs one script after another on a connection until either side closes it. */
export function serveConnection(
  socket: Socket,
  nextScript: () => readonly Step[] | Handler,
  note: (request: RawRequest) => OriginRequest,
): void {
  const connection = openConnection(socket, note);
  void serve(connection, nextScript).catch((error: unknown) => {
    // A handler that throws would otherwise leave its client waiting until the test times out.
    const text = error instanceof Error ? error.message : String(error);
    socket.end(`HTTP/1.1 599 Handler Failed\r\nconnection: close\r\n\r\n${text}`);
  });
}

function openConnection(socket: Socket, note: (request: RawRequest) => OriginRequest): Connection {
  const gone = new AbortController();
  const queue: OriginRequest[] = [];
  let wake = (): void => {};
  const read = requestReader((request) => {
    queue.push(note(request));
    wake();
  });
  socket.on('data', (bytes) => read(Buffer.from(bytes)));
  socket.on('error', () => {}); // A reset by the client is what many specs provoke.
  socket.on('close', () => {
    gone.abort();
    wake();
  });
  const next = async (): Promise<OriginRequest | undefined> => {
    while (queue.length === 0 && !gone.signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    return queue.shift();
  };
  return { socket, gone: gone.signal, next };
}

async function serve(connection: Connection, nextScript: () => readonly Step[] | Handler): Promise<void> {
  let script = nextScript();
  if (typeof script !== 'function' && actAtOnce(connection.socket, script[0])) return;
  for (;;) {
    const request = await connection.next();
    if (request === undefined) return;
    await runSteps(connection, typeof script === 'function' ? await script(request) : script);
    if (connection.gone.aborted) return;
    if (typeof script !== 'function') script = nextScriptLater(connection, nextScript);
  }
}

/** The next script is taken when the next request is there, not before: other connections may come first. */
function nextScriptLater(connection: Connection, nextScript: () => readonly Step[] | Handler): Handler {
  return async (request) => {
    const script = nextScript();
    if (typeof script === 'function') return script(request);
    return actAtOnce(connection.socket, script[0]) ? [] : script;
  };
}

function actAtOnce(socket: Socket, step: Step | undefined): boolean {
  if (step?.kind === 'accept-and-reset') socket.resetAndDestroy();
  else if (step?.kind === 'accept-and-close') socket.end();
  else return false;
  return true;
}

async function runSteps(connection: Connection, steps: readonly Step[]): Promise<void> {
  let answered = false;
  let framing = 'own';
  for (const [index, step] of steps.entries()) {
    if (connection.gone.aborted) return;
    if (step.kind !== 'answer') {
      await runStep(connection, step);
      continue;
    }
    if (answered && (await connection.next()) === undefined) return;
    const head = writeHead(step, steps[index + 1]);
    await write(connection.socket, head.bytes);
    framing = head.framing;
    answered = step.status >= 200;
  }
  // Without a length only the end of the connection tells the client that the body is whole.
  if (framing === 'connection') connection.socket.end();
}

async function runStep({ socket, gone }: Connection, step: Exclude<Step, { kind: 'answer' }>): Promise<void> {
  switch (step.kind) {
    case 'write':
    case 'chunk':
      return write(socket, step.bytes);
    case 'stall':
      return aborted(gone);
    case 'pause':
      return sleep(step.ms, undefined, { signal: gone }).catch(() => {});
    case 'wait':
      await Promise.race([Promise.resolve(step.promise).catch(() => {}), aborted(gone)]);
      return;
    case 'reset':
      await sleep(flushTime, undefined, { signal: gone }).catch(() => {});
      socket.resetAndDestroy();
      return;
    case 'accept-and-reset':
      socket.resetAndDestroy();
      return;
    case 'fin':
    case 'accept-and-close':
      socket.end();
      return aborted(gone);
  }
}

/** Resolves when the kernel has taken the bytes, or refused them. */
export function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || !socket.writable) resolve();
    else socket.write(bytes, () => resolve());
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
