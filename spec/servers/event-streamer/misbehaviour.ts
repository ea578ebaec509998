import type { RouteName } from './route-name.js';
import type { BatchEvents, ErrorNotice, Messages } from './batches.js';
import type { Connection, Connections } from './connections.js';
import type { ServiceState } from './state.js';
import { makeToken } from './resume-tokens.js';
import { coveredFrom, blockStart } from './places.js';
import type { CutHow } from './stream-body.js';

/**
 * What the next request gets.
 *
 * Any route: `serve`: what it would get anyway, to count past it. `reset` and `close`: RST or FIN without an answer. `hang`: no
 * answer. `serve-and-reset`: it is carried out, and its answer is lost. A status: nothing is carried out.
 * Streams: `accept-and-end`: 200, headers, a regular end at once. `accept-and-cut`: 200, headers, then FIN inside the body.
 * `cutAfter`: the socket closes after so many bytes of the body. `error`: 200, one error message, a regular end.
 * Acknowledgments: `failed-ids`: 200, and every id is in `failed_batch_ids`.
 */
export type NextAnswer =
  | 'serve'
  | 'reset'
  | 'close'
  | 'hang'
  | 'serve-and-reset'
  | 'accept-and-end'
  | 'accept-and-cut'
  | 'failed-ids'
  | { readonly cutAfter: number; /** @default 'fin' */ readonly how?: CutHow }
  | { readonly error: ErrorNotice }
  | {
      readonly status: number;
      /** `Retry-After`, in seconds or as a date. */
      readonly retryAfter?: number | string;
      readonly headers?: Readonly<Record<string, string>>;
      /** @default the service's error body */
      readonly body?: object | string;
    };

/** A subscription's id, or a connection's. */
export type Where = number | string;

/** Faults on demand. `where` left out: all open streams. */
export interface Misbehaviour {
  /** Destroys the sockets. @default 'fin' */
  drop(how?: CutHow, where?: Where): void;
  /** Sends the first half of the last line once more, and closes. @default 'reset' */
  dropMidLine(how?: CutHow, where?: Where): void;
  /** Ends the bodies regularly. */
  end(where?: Where): void;
  /** Not a byte more on the streams open now, heartbeats included; the sockets stay open. */
  stall(where?: Where): void;
  /** Lets stalled streams go on, from where they were. */
  unstall(where?: Where): void;
  /** Writes text as it is. */
  sendRaw(text: string, where?: Where): void;
  /** Writes a message of any kind as a line. */
  sendMessage(message: object, where?: Where): void;
  /** A line that is no JSON. */
  garbage(where?: Where): void;
  /** The next so many batches are cut in the middle of their line, and the line ended: sent, lost, and never acknowledged. */
  breakNextBatches(count: number): void;
  /** From now on every batch is sent twice, or no longer. */
  repeatBatches(on: boolean): void;
  /** An `error` message; with `end` the bodies end after it. */
  error(code: string, more?: Omit<ErrorNotice, 'code'> & { readonly end?: boolean }, where?: Where): void;
  /** A batch of any events, from no chain: it can be acknowledged, and is never sent again. */
  sendBatch(events: BatchEvents, where?: Where): void;
  /** So many heartbeats at once, as fast as they go. */
  flood(count: number, where?: Where): void;
  /** Forgets the connections while their streams stay open: 404 to acknowledgments and heartbeats. */
  loseConnections(where?: Where): void;
  /** From now on no heartbeat lines, or again. */
  stopHeartbeats(on?: boolean): void;
  /** Queues answers for the next requests to a part of the service, one each. */
  next(route: RouteName | 'any', ...answers: readonly NextAnswer[]): void;
  /** What is queued and has not been needed. */
  readonly pending: number;
  /** Every token given out so far is invalid; `stored: true`: those in the subscriptions too. @default { stored: false } */
  expireTokens(options?: { readonly stored?: boolean }): void;
}

/** What the rest of the service asks the faults. */
export interface Faults {
  readonly misbehave: Misbehaviour;
  take(route: RouteName): NextAnswer | undefined;
  readonly isHeartbeating: boolean;
  writeBatch(connection: Connection, line: string): void;
}

export function misbehaviour(state: ServiceState, connections: Connections, messages: Messages): Faults {
  const queues = new Map<string, NextAnswer[]>();
  let toBreak = 0;
  let isRepeating = false;
  let isHeartbeating = true;
  const each = (where: Where | undefined, act: (connection: Connection) => void): void => {
    for (const connection of connections.select(where)) act(connection);
  };
  const send = (text: string, where?: Where): void => each(where, ({ body }) => body.write(text));
  const misbehave: Misbehaviour = {
    drop: (how = 'fin', where) => each(where, ({ body }) => body.cut(how)),
    dropMidLine: (how = 'reset', where) =>
      each(where, ({ body, lastLine }) => {
        body.write(half(lastLine === '' ? '{"type":"event_batch","resp' : lastLine));
        body.cut(how);
      }),
    end: (where) => each(where, ({ body }) => body.end()),
    stall: (where) => each(where, ({ body }) => body.stall()),
    unstall: (where) => each(where, ({ body }) => body.unstall()),
    sendRaw: send,
    sendMessage: (message, where) => send(`${JSON.stringify(message)}\n`, where),
    garbage: (where) => send('<html>502 Bad Gateway</html>\n', where),
    breakNextBatches: (count) => {
      toBreak = count;
    },
    repeatBatches: (on) => {
      isRepeating = on;
    },
    error: (code, { end = false, ...more } = {}, where) =>
      each(where, (connection) => {
        connection.body.write(messages.error(connection, { code, ...more }));
        if (end) connection.body.end();
      }),
    sendBatch: (events, where) =>
      each(where, (connection) => writeBatch(connection, messages.loose(connection, events))),
    flood: (count, where) =>
      each(where, (connection) => connection.body.write(messages.heartbeat(connection).repeat(count))),
    loseConnections: (where) => each(where, ({ id }) => connections.forget(id)),
    stopHeartbeats: (on = true) => {
      isHeartbeating = !on;
    },
    next: (route, ...answers) => void queues.set(route, [...(queues.get(route) ?? []), ...answers]),
    get pending() {
      return [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    },
    expireTokens: ({ stored = false } = {}) => expire(state, stored),
  };
  return {
    misbehave,
    take: (route) => queues.get(route)?.shift() ?? queues.get('any')?.shift(),
    get isHeartbeating() {
      return isHeartbeating;
    },
    writeBatch,
  };

  function writeBatch(connection: Connection, line: string): void {
    const whole = isRepeating ? line + line : line;
    const text = toBreak > 0 ? `${half(line)}\n` : whole;
    if (toBreak > 0) toBreak -= 1;
    connection.lastLine = line;
    connection.body.write(text);
  }
}

function expire(state: ServiceState, stored: boolean): void {
  state.tokenGeneration += 1;
  for (const subscription of state.subscriptions) {
    if (stored || subscription.resume_token === null) continue;
    const { id, acknowledged, start_block: start } = subscription;
    const place = coveredFrom(acknowledged, blockStart(start));
    subscription.resume_token = makeToken({ subscription_id: id, place, generation: state.tokenGeneration });
  }
}

function half(line: string): string {
  return line.slice(0, Math.floor(line.length / 2));
}
