import type { XEntry, XPost } from './post-shape.js';
import type { RuleNode } from './rule-syntax.js';

/** Whether a post is one that the rule looks for. */
export function matches(node: RuleNode, entry: XEntry): boolean {
  switch (node.kind) {
    case 'and':
      return node.parts.every((part) => matches(part, entry));
    case 'or':
      return node.parts.some((part) => matches(part, entry));
    case 'not':
      return !matches(node.part, entry);
    case 'words':
      return hasWords(entry.data, node.text);
    case 'hashtag':
      return hashtagsOf(entry.data).includes(node.tag);
    case 'operator':
      return holds(node.name, node.value, entry);
  }
}

function holds(name: 'from' | 'lang' | 'has' | 'is', value: string, { data, includes }: XEntry): boolean {
  switch (name) {
    case 'lang':
      return data.lang === value;
    case 'from': {
      const author = includes.users?.find((user) => user.id === data.author_id);
      const wanted = value.replace('@', '').toLowerCase();
      return data.author_id === wanted || author?.username.toLowerCase() === wanted;
    }
    case 'has':
      return has(value, data);
    case 'is': {
      const type = value === 'retweet' ? 'retweeted' : value === 'reply' ? 'replied_to' : 'quoted';
      return data.referenced_tweets?.some((reference) => reference.type === type) ?? false;
    }
  }
}

function has(what: string, post: XPost): boolean {
  switch (what) {
    case 'links':
      return (post.entities?.urls?.length ?? 0) > 0 || /https?:\/\/\S/.test(post.text);
    case 'media':
      return (post.attachments?.media_keys?.length ?? 0) > 0;
    case 'hashtags':
      return hashtagsOf(post).length > 0;
    default:
      return (post.entities?.mentions?.length ?? 0) > 0 || /@\w/.test(post.text);
  }
}

function hashtagsOf(post: XPost): readonly string[] {
  const listed = post.entities?.hashtags?.map(({ tag }) => tag.toLowerCase());
  return listed ?? Array.from(post.text.matchAll(/#([\p{L}\p{M}\p{N}_]+)/gu), ([, tag = '']) => tag.toLowerCase());
}

/** Scripts without spaces, and emoji, have no tokens to compare: there the text has only to occur. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}]/u;

function hasWords(post: XPost, words: string): boolean {
  if (unspaced.test(words)) return searchable(post).raw.includes(words.toLowerCase());
  return searchable(post).tokens.includes(tokens(words));
}

interface Searchable {
  readonly raw: string;
  readonly tokens: string;
}

/** Many rules look at the same post: it is taken apart once. */
const prepared = new WeakMap<XPost, Searchable>();

function searchable(post: XPost): Searchable {
  const known = prepared.get(post);
  if (known !== undefined) return known;
  const text = post.note_tweet?.text ?? post.text;
  const made = { raw: text.toLowerCase(), tokens: tokens(text) };
  prepared.set(post, made);
  return made;
}

/** ` one two three `: a phrase is found as a whole and never inside a word. */
function tokens(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []).join(' ')} `;
}
