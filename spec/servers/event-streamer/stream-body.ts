import type { ServerResponse } from 'node:http';

/** An open answer without end, written no faster than the client reads. */
export interface StreamBody {
  readonly isClosed: boolean;
  readonly closed: Promise<void>;
  /** Whether a line would leave at once: not stalled, and the client reads. */
  readonly isReady: boolean;
  /** Resolves when {@link isReady} may have become true, or when the body has closed. */
  ready(): Promise<void>;
  write(text: string): void;
  /** Not ready until {@link unstall}; the socket stays open. */
  stall(): void;
  unstall(): void;
  /** Ends the body as HTTP wants it. */
  end(): void;
  /** The same where there is nothing more to say: the last acknowledgments are taken, as of a client that has left. */
  complete(): void;
  /** Closes the socket inside the body, after what was written. */
  cut(how: CutHow): void;
  /** Closes the socket when this many bytes of the body have been written. */
  cutAfter(bytes: number, how: CutHow): void;
}

export type CutHow = 'fin' | 'reset';

/** An RST overtakes bytes that are still in the kernel. */
const flushTime = 20;

/** The headers must be set; they leave at once. `onClose` is told once: whether the server had ended it. */
export function openStreamBody(response: ServerResponse, onClose: (how: 'client' | 'server') => void): StreamBody {
  response.flushHeaders();
  const waiting = new Set<() => void>();
  let isStalled = false;
  let isClosed = false;
  let room = Infinity;
  let cutHow: CutHow = 'fin';
  let settle = (): void => {};
  const closed = new Promise<void>((resolve) => (settle = resolve));

  const body: StreamBody = {
    closed,
    get isClosed() {
      return isClosed;
    },
    get isReady() {
      return !isClosed && !isStalled && !response.writableNeedDrain;
    },
    async ready() {
      while (!isClosed && !body.isReady) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    write(text) {
      if (isClosed) return;
      const bytes = Buffer.from(text);
      response.write(bytes.subarray(0, room));
      room -= Math.min(room, bytes.length);
      if (room === 0) body.cut(cutHow);
    },
    stall: () => {
      isStalled = true;
    },
    unstall() {
      isStalled = false;
      wake();
    },
    end() {
      finish('server');
      response.end();
    },
    complete() {
      finish('client');
      response.end();
    },
    cut(how) {
      finish('server');
      const { socket } = response;
      if (how === 'fin') socket?.destroySoon();
      else setTimeout(() => socket?.resetAndDestroy(), flushTime);
    },
    cutAfter(bytes, how) {
      room = bytes;
      cutHow = how;
      if (bytes === 0) body.cut(how);
    },
  };
  response.on('error', () => {});
  response.on('drain', wake);
  response.on('close', () => finish('client'));
  return body;

  function wake(): void {
    const all = [...waiting];
    waiting.clear();
    for (const resolve of all) resolve();
  }

  function finish(how: 'client' | 'server'): void {
    if (isClosed) return;
    isClosed = true;
    settle();
    wake();
    onClose(how);
  }
}
