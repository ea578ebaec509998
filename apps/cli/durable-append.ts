import type { Command } from 'commander';
import { concatMap, map, Observable } from 'rxjs';
import { defaultTransport } from '../../lib/node/default-transport.js';
import { type DurableOptions, DurableStream } from '../../sources/durable/index.js';
import { accessOf, type AccessFlags, withAccessFlags } from './durable-access.js';
import { typeOf } from './durable-calls.js';
import { produced, type ProducerFlags } from './durable-produce.js';
import { type Input, inputValues, valueOf } from './durable-values.js';
import { usageError } from './exit-codes.js';
import { wholeNumber, withoutUnset } from './flags.js';
import { inputUntil } from './input-until.js';
import { jsonLine } from './json-line.js';
import type { Job } from './run.js';
import { storedInput, type StoredInput, tellingTransport } from './stored-input.js';

interface AppendFlags extends AccessFlags, ProducerFlags {
  readonly seq?: string;
  readonly contentType?: string;
}

/** Adds the options of `append`. */
export function withAppendFlags(command: Command): Command {
  command
    .option('--content-type <type>', 'the media type of the stream (default: asked of the server)')
    .option('--seq <text>', 'refused unless it is greater than the last one, compared as text; for one value')
    .option(
      '--producer-id <id>',
      'store each value once, whatever is lost on the way: requests are repeated under this id',
    )
    .option(
      '--epoch <n>',
      'which life of the producer this is, higher each time (default: the next one)',
      wholeNumber(0),
    )
    .option('--auto-claim', 'go on with the next epoch where the server knows a higher one than --epoch');
  return withAccessFlags(command, '10, without end with --producer-id');
}

export interface AppendContext {
  readonly flags: AppendFlags;
  readonly input: Input;
  readonly env: NodeJS.ProcessEnv;
}

/** What is appended, and where it comes from. */
interface Writing extends Omit<AppendContext, 'env'> {
  readonly url: string;
  /** None: the input. */
  readonly values: readonly string[];
  readonly options: DurableOptions;
}

/** The job of `tailrace durable append URL VALUE...`: one line that says how many are stored, and where the tail is then. */
export function appendJob(url: string, given: readonly string[], { flags, input, env }: AppendContext): Job {
  const values = given.length === 1 && given[0] === '-' ? [] : given;
  refuseMixed(values, flags);
  const { options, secrets } = accessOf(flags, env);
  const writing: Writing = { url, values, flags, input, options };
  return {
    ...{ subject: 'durable', secrets, quiet: true },
    lines: () =>
      typeOf(url, flags, options).pipe(
        concatMap((contentType) => appended(writing, contentType)),
        map(jsonLine),
      ),
  };
}

function refuseMixed(values: readonly string[], { seq, producerId, epoch, autoClaim }: AppendFlags): void {
  if (seq !== undefined && values.length !== 1) throw usageError('--seq is for one value, given as an argument');
  if (seq !== undefined && producerId !== undefined) throw usageError('give either --seq or --producer-id');
  if (producerId === undefined && (epoch !== undefined || autoClaim === true)) {
    throw usageError('--epoch and --auto-claim need --producer-id');
  }
}

function appended(writing: Writing, contentType: string): Observable<object> {
  const { url, values, flags, input, options } = writing;
  const fromInput = values.length === 0;
  const fixed = parsed(values, contentType);
  const progress = fromInput ? storedInput(contentType) : undefined;
  const source = (until: AbortSignal): AsyncGenerator<unknown, void, undefined> =>
    progress === undefined ? each(fixed) : inputValues(inputUntil(input, until), contentType, progress.read);
  const target = { ...options, contentType };
  return new Observable((subscriber) => {
    const stop = new AbortController();
    const { signal } = stop;
    const result =
      flags.producerId === undefined
        ? plainly(url, target, { source: source(signal), signal, seq: flags.seq, progress })
        : produced({ url, options: target, id: flags.producerId, flags, source, progress, signal });
    result.then(
      (value) => {
        subscriber.next(value);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
    return () => stop.abort();
  });
}

/** All of them before the first is sent: one that is wrong must not leave the others half stored. */
function parsed(values: readonly string[], contentType: string): readonly unknown[] {
  return values.map((text, at) => valueOf(text, contentType, `value ${at + 1}`));
}

async function* each(values: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
  yield* values;
}

interface Plainly {
  readonly source: AsyncGenerator<unknown, void, undefined>;
  readonly signal: AbortSignal;
  readonly seq: string | undefined;
  /** Of a source that is stdin. */
  readonly progress: StoredInput | undefined;
}

async function plainly(
  url: string,
  options: DurableOptions & { contentType: string },
  { source, signal, seq, progress }: Plainly,
): Promise<object> {
  if (progress !== undefined) return allOfInput(url, options, { source, signal, progress });
  const stream = new DurableStream(url, options);
  if (seq === undefined) return all(stream, source, signal);
  const { value } = await source.next();
  return { appended: 1, ...(await stream.append(value, { seq, signal })) };
}

async function allOfInput(
  url: string,
  options: DurableOptions,
  { source, signal, progress }: Pick<Plainly, 'source' | 'signal'> & { readonly progress: StoredInput },
): Promise<object> {
  const transport = tellingTransport(options.transport ?? defaultTransport(), progress.storedBody);
  const stream = new DurableStream(url, { ...options, transport });
  try {
    return await all(stream, source, signal);
  } catch (error) {
    throw progress.before(error);
  }
}

async function all(stream: DurableStream, source: Plainly['source'], signal: AbortSignal): Promise<object> {
  const { appended: count, nextOffset } = await stream.appendStream(source, { signal });
  return { appended: count, ...withoutUnset({ nextOffset }) };
}
