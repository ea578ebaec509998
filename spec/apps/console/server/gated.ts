import { request } from 'node:http';
import type { Observable, Subscription } from 'rxjs';
import { createMonitor, isStreamError, type StreamError, type StreamMonitor } from '../../../../lib/index.js';
import type { Feed } from '../../../../apps/console/server/feed.js';
import { startGate } from '../../../../apps/console/server/gate.js';
import type { GatedFeed } from '../../../../apps/console/server/gated-feeds.js';

/** The page that the gates of the specs let in. */
export const ownPage = 'http://127.0.0.1:4200';

/** What has been started; closed in the opposite order. */
export interface Started {
  keep<T extends { close(): unknown }>(one: T): T;
  closeAll(): Promise<void>;
}

/** One for a spec file. */
export function started(): Started {
  const open: { close(): unknown }[] = [];
  return {
    keep: (one) => {
      open.push(one);
      return one;
    },
    closeAll: async () => {
      for (const one of open.splice(0).reverse()) await one.close();
    },
  };
}

/** A feed behind a gate, closed with the others. */
export async function gated(feed: Feed, { keep }: Started): Promise<GatedFeed> {
  keep(feed);
  return { feed, gate: keep(await startGate({ feed, allows: (origin) => origin === ownPage })) };
}

/** A reader of one stream, and what has become of it. */
export interface Watched<T> {
  readonly items: readonly T[];
  /** The errors that were cured by connecting again. */
  readonly errors: readonly StreamError[];
  readonly connects: number;
  readonly monitor: StreamMonitor;
  close(): void;
}

/** Reads a stream that is opened with a monitor of its own. */
export function watch<T>(open: (monitor: StreamMonitor) => Observable<T>, { keep }: Started): Watched<T> {
  const monitor = createMonitor();
  const items: T[] = [];
  const errors: StreamError[] = [];
  let connects = 0;
  const watching: Subscription = monitor.events$.subscribe((event) => {
    if (event.type === 'connect') connects += 1;
    if (event.type === 'error') errors.push(event.error);
  });
  const note = (error: unknown): void => {
    if (isStreamError(error)) errors.push(error);
  };
  watching.add(open(monitor).subscribe({ next: (item) => items.push(item), error: note }));
  return keep({
    items,
    errors,
    get connects() {
      return connects;
    },
    monitor,
    close: () => watching.unsubscribe(),
  });
}

/** What came back on one request. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What is asked, as it goes over the wire. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request with the path and the headers as they are: fetch puts both in order. */
export function ask(
  base: string,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answered> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}
