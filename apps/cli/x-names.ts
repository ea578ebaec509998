import { endpointOf, xStreams, type XStreamName } from '../../sources/x/index.js';
import { usageError } from './exit-codes.js';

/** A stream's name as it is typed. */
interface TypedName {
  readonly typed: string;
  readonly name: XStreamName;
  readonly about: string;
}

const about: Readonly<Record<XStreamName, string>> = {
  filtered: 'posts that match your rules (also: search)',
  sample: 'about 1 % of all posts',
  sample10: 'about 10 % of all posts',
  firehose: 'all posts',
  firehoseEn: 'all posts in English',
  firehoseJa: 'all posts in Japanese',
  firehoseKo: 'all posts in Korean',
  firehosePt: 'all posts in Portuguese',
  likesFirehose: 'all likes',
  likesSample10: 'about 10 % of all likes',
  postCompliance: 'posts to delete, withhold, edit',
  userCompliance: 'users to delete, suspend, protect',
  likesCompliance: 'likes that were taken back',
  postLabels: 'labels put on posts',
  activity: 'what your activity subscriptions ask for',
  powerstream: 'posts in the older native format',
};

const streamNames: readonly TypedName[] = Object.keys(xStreams)
  .filter((name): name is XStreamName => name in about)
  .map((name) => ({ typed: kebab(name), name, about: about[name] }));

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The stream that was asked for. Errors: a usage error that lists the names. */
export function streamNamed(typed: string): XStreamName {
  const wanted = typed === 'search' ? 'filtered' : typed;
  const found = streamNames.find((one) => one.typed === wanted || one.name === wanted);
  if (found !== undefined) return found.name;
  // A token in the wrong place must not be repeated.
  const shown = /^[\w-]{1,30}$/.test(typed) ? ` "${typed}"` : '';
  throw usageError(`unknown stream${shown}`, `streams are ${streamNames.map((one) => one.typed).join(', ')}`);
}

/** What X's list of connections calls an endpoint; its own names pass as they are. */
export function connectionNamed(typed: string): string {
  const found = streamNames.find((one) => one.typed === (typed === 'search' ? 'filtered' : typed));
  return found === undefined ? typed : (endpointOf(found.name).connectionName ?? typed);
}

/** The part of `--help` that lists the streams. */
export function streamHelp(): string {
  const rows = streamNames.map(({ typed, name, about: text }) => {
    const { partitions } = endpointOf(name);
    return `  ${typed.padEnd(17)} ${text}${partitions === undefined ? '' : `; --partition 1 to ${partitions}, or all`}`;
  });
  return `Streams:\n${rows.join('\n')}`;
}
