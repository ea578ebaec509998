import { noop, Observable } from 'rxjs';

/** What a stream factory may return: an Observable, or what `for await` takes. */
export type StreamInput<T> = Observable<T> | AsyncIterable<T>;

/**
 * The same as an Observable. rxjs' own `from` leaves an async iterator open on unsubscription; here its `return()` is called, which ends a
 * generator at its next `yield`; one that waits for a socket needs the `abortSignal` as well.
 */
export function fromInput<T>(input: StreamInput<T>): Observable<T> {
  return isAsyncIterable(input) ? fromIterable(input) : input;
}

function isAsyncIterable<T>(input: StreamInput<T>): input is AsyncIterable<T> {
  return Symbol.asyncIterator in input && !(input instanceof Observable);
}

function fromIterable<T>(iterable: AsyncIterable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    const read = async (): Promise<void> => {
      while (!subscriber.closed) {
        const result = await iterator.next();
        if (result.done === true) subscriber.complete();
        else subscriber.next(result.value);
      }
    };
    read().catch((error: unknown) => subscriber.error(error));
    // `async` turns what it throws into a rejection too: nobody is left to hear of either
    const leave = async (): Promise<unknown> => iterator.return?.();
    return () => void leave().catch(noop);
  });
}
