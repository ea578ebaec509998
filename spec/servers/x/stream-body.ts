import type { ServerResponse } from 'node:http';
import { constants, createGzip } from 'node:zlib';

/** An open answer without end: lines, and an empty line when there were none for a while. */
export interface StreamBody {
  /** Bytes that wait for the client to read them. */
  readonly waiting: number;
  write(text: string): void;
  /** Keeps back everything from now on, keep-alives too; the socket stays open. */
  stall(): void;
  /** Sends what was kept back and goes on. */
  unstall(): void;
  /** Ends the body as HTTP wants it. */
  end(): void;
  /** Closes the socket inside the body, after what was written. */
  cut(how: 'fin' | 'reset'): void;
  /** Called once, however the body ended. */
  onClose(listener: () => void): void;
}

export interface StreamBodyOptions {
  readonly keepAliveMs: number;
  readonly gzip: boolean;
}

/** An RST overtakes bytes that are still in the kernel. */
const flushTime = 20;

/** What a stalled body keeps for later, in lines; X's own queue is bounded too. */
const maxHeld = 10_000;

/** The headers must be set; they leave at once. */
export function openStreamBody(response: ServerResponse, { keepAliveMs, gzip }: StreamBodyOptions): StreamBody {
  if (gzip) response.setHeader('content-encoding', 'gzip');
  response.flushHeaders();
  const zip = gzip ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : undefined;
  zip?.pipe(response);
  const output = zip ?? response;
  let held: string[] | undefined;

  let ended = false;

  // Between the end of a body and its close, items still come: for this client they are lost, as they are at X.
  const write = (text: string): void => {
    if (ended) return;
    keepAlive.refresh();
    if (held === undefined) output.write(text);
    else if (held.push(text) > maxHeld) held.shift();
  };
  const keepAlive = setTimeout(() => (held === undefined ? write('\r\n') : keepAlive.refresh()), keepAliveMs);
  const finish = (): void => {
    ended = true;
    clearTimeout(keepAlive);
  };
  response.on('error', () => {});
  response.on('close', () => {
    finish();
    zip?.destroy();
  });

  return {
    get waiting() {
      return response.writableLength + (zip?.writableLength ?? 0);
    },
    write,
    stall: () => {
      held ??= [];
    },
    unstall() {
      const lines = held ?? [];
      held = undefined;
      if (lines.length > 0) write(lines.join(''));
    },
    end() {
      finish();
      output.end();
    },
    cut(how) {
      finish();
      cutSocket(response, how);
    },
    onClose: (listener) => {
      response.once('close', listener);
    },
  };
}

function cutSocket({ socket }: ServerResponse, how: 'fin' | 'reset'): void {
  if (how === 'fin') socket?.destroySoon();
  else setTimeout(() => socket?.resetAndDestroy(), flushTime);
}
