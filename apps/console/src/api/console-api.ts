import { computed, Injectable, type Signal } from '@angular/core';
import { catchError, exhaustMap, map, type Observable, of, takeWhile, timer } from 'rxjs';
import { classifyError, jsonCall } from 'tailrace';
import { injectStream } from 'tailrace/angular';
import { isSamePlace, type ServerStream, type ServerStreams, streamNames, type StreamName } from './streams-answer.js';
import { type StreamPlace, streamsAnswer } from './streams-answer.js';

/** How often the server is asked for its own numbers, in milliseconds. */
const pollInterval = 1_000;
/** How long one answer may take, in milliseconds. */
const patience = 5_000;

interface Polled {
  /** The last good answer; it stays while the server is away. */
  readonly streams: ServerStreams | undefined;
  /** Why there is none just now. */
  readonly failure: string | undefined;
}

const nothing: Polled = { streams: undefined, failure: undefined };

/** The console's own server: where the streams are, and what it counts. */
@Injectable({ providedIn: 'root' })
export class ConsoleApi {
  readonly #polled = injectStream({
    stream: () => answers(),
    initialValue: nothing,
    reduce: (last, now): Polled => ({ streams: now.streams ?? last.streams, failure: now.failure }),
  });
  readonly #places: Readonly<Record<StreamName, Signal<StreamPlace | undefined>>> = {
    posts: this.#placeOf('posts'),
    chain: this.#placeOf('chain'),
    durable: this.#placeOf('durable'),
    llm: this.#placeOf('llm'),
  };

  /** Whether the server has told where its streams are. */
  readonly isReady: Signal<boolean> = computed(() => this.#polled.value().streams !== undefined);
  /** What is wrong with the last answer. */
  readonly failure: Signal<string | undefined> = computed(() => this.#polled.value().failure);
  /** Sockets that the gates of all streams have open. */
  readonly openSockets: Signal<number> = computed(() =>
    streamNames.reduce((sum, name) => sum + (this.server(name)?.openSockets ?? 0), 0),
  );

  /** What the server says of a stream now. */
  server(name: StreamName): ServerStream | undefined {
    return this.#polled.value().streams?.[name];
  }

  /** Where a stream is; the same object until it is elsewhere, so that a stream which depends on it stays open. */
  place(name: StreamName): StreamPlace | undefined {
    return this.#places[name]();
  }

  /** Asks again, after the first answer has failed. */
  retry(): void {
    this.#polled.restart();
  }

  #placeOf(name: StreamName): Signal<StreamPlace | undefined> {
    return computed(() => this.server(name), { equal: isSamePlace });
  }
}

/** Ends with the first failure where nothing has come before it: then the page shows it, and a button to ask again. */
function answers(): Observable<Polled> {
  let isReady = false;
  return timer(0, pollInterval).pipe(
    exhaustMap(() => answer()),
    takeWhile(({ streams }) => {
      isReady ||= streams !== undefined;
      return isReady;
    }, true),
  );
}

function answer(): Observable<Polled> {
  const url = new URL('/api/streams', document.baseURI).href;
  const limits = { headersTimeout: patience, idleTimeout: patience };
  return jsonCall({ url, ...limits }, { schema: streamsAnswer, maxLength: 65_536 }).pipe(
    map((streams) => ({ streams, failure: undefined })),
    catchError((error: unknown) => of({ streams: undefined, failure: classifyError(error).message })),
  );
}
