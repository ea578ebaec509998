import { concat, concatMap, map, type Observable, of, throwError } from 'rxjs';
import { closeDurable, deleteDurable, type DurableOptions, headDurable } from '../../sources/durable/index.js';
import { accessOf, type AccessFlags } from './durable-access.js';
import { noSuchStream } from './durable-read-lines.js';
import { type Input, valueOf, wholeInput } from './durable-values.js';
import { jsonLine } from './json-line.js';
import type { Job } from './run.js';

export interface CloseFlags extends AccessFlags {
  readonly body?: string;
  readonly contentType?: string;
}

/** The job of a command that asks the server once and prints what it says. */
export function onceJob(
  flags: AccessFlags,
  env: NodeJS.ProcessEnv,
  call: (options: DurableOptions) => Observable<string>,
): Job {
  const { options, secrets } = accessOf(flags, env);
  return { subject: 'durable', secrets, quiet: true, lines: () => call(options) };
}

/** What the server knows of a stream. Errors: those of the call, and behind the line `CliError` where there is no stream. */
export function headed(url: string, options: DurableOptions): Observable<string> {
  return headDurable(url, options).pipe(
    concatMap((head) => {
      const line = of(jsonLine(head));
      return head.exists
        ? line
        : concat(
            line,
            throwError(() => noSuchStream()),
          );
    }),
  );
}

/** The stream closed for good, with a last message or without. */
export function closed(
  url: string,
  { flags, options, input }: { flags: CloseFlags; options: DurableOptions; input: Input },
): Observable<string> {
  const { body } = flags;
  const last =
    body === undefined
      ? of({})
      : typeOf(url, flags, options).pipe(
          concatMap(async (contentType) => ({ contentType, body: await bodyOf(body, contentType, input) })),
        );
  return last.pipe(
    concatMap((details) => closeDurable(url, { ...options, ...details })),
    map((result) => jsonLine(result)),
  );
}

/** Gone is gone: a stream that was not there is no error. */
export function deleted(url: string, options: DurableOptions): Observable<string> {
  return deleteDurable(url, options).pipe(map((result) => jsonLine(result)));
}

/** The media type of a stream that must be there. */
export function typeOf(
  url: string,
  { contentType }: { readonly contentType?: string },
  options: DurableOptions,
): Observable<string> {
  if (contentType !== undefined) return of(contentType);
  return headDurable(url, options).pipe(
    map((head) => {
      if (!head.exists) throw noSuchStream();
      return head.contentType ?? 'application/octet-stream';
    }),
  );
}

async function bodyOf(body: string, contentType: string, input: Input): Promise<unknown> {
  return body === '-' ? wholeInput(input, contentType) : valueOf(body, contentType, 'the body');
}
