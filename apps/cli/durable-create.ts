import type { Command } from 'commander';
import { concatMap, defer, map, type Observable, of } from 'rxjs';
import { createDurable, type CreateDetails, type DurableOptions, forkDurable } from '../../sources/durable/index.js';
import { type AccessFlags, withAccessFlags } from './durable-access.js';
import { type Input, valueOf, wholeInput } from './durable-values.js';
import { wholeNumber, withoutUnset } from './flags.js';
import { jsonLine } from './json-line.js';

export interface CreateFlags extends AccessFlags {
  readonly contentType?: string;
  readonly ttl?: number;
  readonly expiresAt?: string;
  readonly closed?: boolean;
}

export interface ForkFlags extends CreateFlags {
  readonly offset?: string;
  readonly subOffset?: number;
}

/** What a stream is without a type, by the protocol. */
const defaultType = 'application/octet-stream';

/** Adds the options of `create`. */
export function withCreateFlags(command: Command, typeDefault: string = defaultType): Command {
  command
    .option('--content-type <type>', `its media type, for good: application/json, text/plain (default: ${typeDefault})`)
    .option('--ttl <seconds>', 'how long it outlives its last read or write', wholeNumber(0))
    .option('--expires-at <time>', 'when it ends: 2030-01-31T12:00:00Z')
    .option('--closed', 'closed from the start: nothing can be appended');
  return withAccessFlags(command, '10');
}

/** Adds the options of `fork`. */
export function withForkFlags(command: Command): Command {
  return withCreateFlags(command, "the source's")
    .option(
      '--offset <offset>',
      "where the fork leaves its source: an offset of the server (default: the source's tail)",
    )
    .option(
      '--sub-offset <n>',
      'messages of a JSON stream, else bytes, behind --offset that it takes along',
      wholeNumber(0),
    );
}

/** The stream made, or confirmed: one line that says which. */
export function created(
  url: string,
  body: string | undefined,
  { flags, options, input }: { flags: CreateFlags; options: DurableOptions; input: Input },
): Observable<string> {
  const { contentType = defaultType } = flags;
  const first = body === '-' ? defer(() => wholeInput(input, contentType)) : of(firstOf(body, contentType));
  return first.pipe(
    concatMap((value) => createDurable(url, { ...options, ...detailsOf(flags), ...withoutUnset({ body: value }) })),
    map((result) => jsonLine(result)),
  );
}

function firstOf(body: string | undefined, contentType: string): unknown {
  return body === undefined ? undefined : valueOf(body, contentType, 'the body');
}

/** The fork made, or confirmed. */
export function forked(source: string, target: string, flags: ForkFlags, options: DurableOptions): Observable<string> {
  const { offset: forkOffset, subOffset: forkSubOffset } = flags;
  const details = { ...detailsOf(flags), ...withoutUnset({ forkOffset, forkSubOffset }) };
  return forkDurable(source, target, { ...options, ...details }).pipe(map((result) => jsonLine(result)));
}

function detailsOf({ contentType, ttl: ttlSeconds, expiresAt, closed }: CreateFlags): CreateDetails {
  return withoutUnset({ contentType, ttlSeconds, expiresAt, closed });
}
