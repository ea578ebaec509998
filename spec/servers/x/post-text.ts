import { between, chance, digits, pick, type Random } from './random.js';
import type { XEntities } from './post-shape.js';
import { emoji, hashtags, oddities, usernames, type Vocabulary } from './vocabulary.js';

/** A text with its entities, places counted in code points as X does. */
export interface WrittenText {
  readonly text: string;
  readonly entities: XEntities;
}

/** Writes a post of `length` words with a tag, a mention or a link here and there. */
export function writeText(random: Random, vocabulary: Vocabulary, length: number): WrittenText {
  const writer = textWriter();
  if (chance(random, 0.3)) writeMention(random, writer);
  for (let word = 0; word < length; word++) {
    writer.add(pick(random, vocabulary.words), word === 0 ? '' : vocabulary.gap);
    if (chance(random, 0.03)) writer.add(pick(random, oddities));
  }
  if (chance(random, 0.4)) writer.add(pick(random, emoji));
  for (let tags = between(random, 0, 2); tags > 0; tags--) writeHashtag(random, writer);
  for (let links = chance(random, 0.5) ? 1 : 0; links > 0; links--) writeLink(random, writer);
  return writer.done();
}

/** The id that goes with a user name: always the same, so that mentions and authors agree. */
export function userId(username: string): string {
  let hash = 17n;
  for (const character of username) hash = (hash * 31n + BigInt(character.codePointAt(0) ?? 0)) % 10n ** 9n;
  return String(10n ** 9n + hash);
}

interface TextWriter {
  /** Appends and returns where it stands. */
  add(piece: string, gap?: string): { start: number; end: number };
  readonly hashtags: NonNullable<XEntities['hashtags']>[number][];
  readonly mentions: NonNullable<XEntities['mentions']>[number][];
  readonly urls: NonNullable<XEntities['urls']>[number][];
  done(): WrittenText;
}

function textWriter(): TextWriter {
  let text = '';
  let length = 0;
  const writer: TextWriter = {
    hashtags: [],
    mentions: [],
    urls: [],
    add(piece, gap = ' ') {
      const before = text === '' ? '' : gap;
      text += before + piece;
      const start = length + codePoints(before);
      length = start + codePoints(piece);
      return { start, end: length };
    },
    done() {
      const { hashtags: tags, mentions, urls } = writer;
      const entities = {
        ...(tags.length > 0 && { hashtags: tags }),
        ...(mentions.length > 0 && { mentions }),
        ...(urls.length > 0 && { urls }),
      };
      return { text, entities };
    },
  };
  return writer;
}

function writeMention(random: Random, writer: TextWriter): void {
  const username = pick(random, usernames);
  writer.mentions.push({ ...writer.add(`@${username}`), username, id: userId(username) });
}

function writeHashtag(random: Random, writer: TextWriter): void {
  const tag = pick(random, hashtags);
  writer.hashtags.push({ ...writer.add(`#${tag}`), tag });
}

function writeLink(random: Random, writer: TextWriter): void {
  const slug = digits(random, 10);
  const url = `https://t.co/${slug}`;
  const place = writer.add(url);
  const display = `example.com/articles/${slug.slice(0, 4)}`;
  writer.urls.push({ ...place, url, expanded_url: `https://www.${display}?id=${slug}`, display_url: `${display}…` });
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
