import type { ConnectionList } from './connections.js';
import { disconnectNotice, type DisconnectType, type Problem } from './problems.js';
import type { Streams } from './streams.js';

/**
 * What the next connect gets instead of a stream.
 *
 * `reset` and `close`: RST or FIN without an answer. `hang`: no answer. `accept-and-close`: 200, headers, and a regular end
 * at once. `accept-and-cut`: 200, headers, then FIN inside the body. `serve`: what it would get anyway, to count past it.
 */
export type NextConnect =
  | 'reset'
  | 'close'
  | 'hang'
  | 'accept-and-close'
  | 'accept-and-cut'
  | 'serve'
  | {
      readonly status: number;
      /** `Retry-After`, in seconds or as a date. */
      readonly retryAfter?: number | string;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object is sent as problem+json, a text as HTML. @default a problem that fits the status */
      readonly body?: object | string;
    };

/** Faults on demand. `where` is a path or a connection name; left out: all open streams. */
export interface Misbehaviour {
  /** Destroys the sockets. @default 'fin' */
  dropAll(how?: 'fin' | 'reset', where?: string): void;
  /** Sends the first half of the last line once more, cut inside the post, and closes. */
  dropMidLine(how?: 'fin' | 'reset', where?: string): void;
  /** Ends the bodies regularly. */
  fin(where?: string): void;
  /** Not a byte more on the streams open now, keep-alives included; what is published meanwhile waits, up to 10,000 lines. */
  stall(where?: string): void;
  /** Lets stalled streams go on. */
  unstall(where?: string): void;
  /** Queues answers for the next connects to any stream, one each. */
  nextConnects(answers: readonly NextConnect[]): void;
  /** Reports a problem inside the streams, then ends them. */
  notice(what: DisconnectType | Problem, where?: string): void;
  /** Writes text as it is, in the middle of things. */
  sendRaw(text: string, where?: string): void;
  /** From now on every line is sent twice, or no longer. */
  duplicates(on: boolean): void;
  /** Connections that the client has left count against the limit for this long. */
  zombies(ms: number): void;
}

/** The faults, and the queue that connects take from. */
export function misbehaviour(
  streams: Streams,
  connections: ConnectionList,
): { readonly misbehave: Misbehaviour; takeNext(): NextConnect | undefined } {
  const queue: NextConnect[] = [];
  const bodies = (where?: string) => streams.select(where).map(({ body }) => body);
  const misbehave: Misbehaviour = {
    dropAll(how = 'fin', where) {
      for (const body of bodies(where)) body.cut(how);
    },
    dropMidLine(how = 'fin', where) {
      for (const { body, lastLine } of streams.select(where)) {
        body.write(lastLine === '' ? '{"data":{"id":"1","te' : half(lastLine));
        body.cut(how);
      }
    },
    fin(where) {
      for (const body of bodies(where)) body.end();
    },
    stall(where) {
      for (const body of bodies(where)) body.stall();
    },
    unstall(where) {
      for (const body of bodies(where)) body.unstall();
    },
    nextConnects: (answers) => {
      queue.push(...answers);
    },
    notice(what, where) {
      const line = typeof what === 'string' ? disconnectNotice(what) : { errors: [what] };
      for (const body of bodies(where)) {
        body.write(`${JSON.stringify(line)}\r\n`);
        body.end();
      }
    },
    sendRaw(text, where) {
      for (const body of bodies(where)) body.write(text);
    },
    duplicates: (on) => {
      streams.duplicates = on;
    },
    zombies: (ms) => connections.setZombieTime(ms),
  };
  return { misbehave, takeNext: () => queue.shift() };
}

function half(line: string): string {
  return Array.from(line)
    .slice(0, Math.floor(line.length / 2) - 2)
    .join('');
}
