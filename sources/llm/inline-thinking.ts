import type { InlineTags } from './dialects.js';

/** White space that a template may put before the first tag; held text is read again with each piece, so there is a limit. */
const maxBlanks = 64;

/** Where the pieces go, in order; none of them is empty. */
export interface InlineThinkingSink {
  text(text: string): void;
  thinking(text: string): void;
}

/** Text in which thinking stands between tags, split as it comes. */
export interface InlineThinking {
  feed(text: string): void;
  /** What looked like the beginning of a tag was none. Call it before anything else is said, and at the end. */
  flush(): void;
}

/**
 * Splits text with thinking between two tags, wherever the pieces were cut: also inside a tag. The tags are dropped, and with `where: 'start'` the
 * white space before the first one; nothing else is, and nothing is trimmed. At most the beginning of a tag is held back, and that white space.
 *
 * A tag that never closes leaves everything behind it thinking. In linear time.
 */
export function inlineThinking(tags: InlineTags, sink: InlineThinkingSink): InlineThinking {
  let state: State = tags.where === 'opened' ? 'thinking' : tags.where === 'start' ? 'start' : 'text';
  let held = '';
  const say = (text: string): void => {
    if (text === '') return;
    if (state === 'thinking') sink.thinking(text);
    else sink.text(text);
  };
  /** Up to the first tag; gives what is behind it, `undefined` where there is none. */
  const upToTag = (text: string, tag: string): string | undefined => {
    const at = text.indexOf(tag);
    const end = at < 0 ? text.length - beginningAtEnd(text, tag) : at;
    held = at < 0 ? text.slice(end) : '';
    say(end === text.length ? text : text.slice(0, end));
    if (at < 0) return undefined;
    // Only at the start is a tag surely one: later it may be what the model writes about.
    state = state !== 'thinking' ? 'thinking' : tags.where === 'anywhere' ? 'text' : 'over';
    return text.slice(at + tag.length);
  };
  const atStart = (text: string): string | undefined => {
    const trimmed = text.trimStart();
    const isFar = text.length - trimmed.length > maxBlanks;
    if (!isFar && tags.open.startsWith(trimmed)) {
      if (trimmed !== tags.open) held = text;
      else state = 'thinking';
      return undefined;
    }
    const isTag = !isFar && trimmed.startsWith(tags.open);
    state = isTag ? 'thinking' : 'over';
    return isTag ? trimmed.slice(tags.open.length) : text;
  };
  const step = (text: string): string | undefined => {
    if (state === 'over') say(text);
    else if (state === 'start') return atStart(text);
    else return upToTag(text, state === 'thinking' ? tags.close : tags.open);
    return undefined;
  };
  return {
    feed: (text) => {
      let rest: string | undefined = held === '' ? text : held + text;
      held = '';
      while (rest !== undefined && rest !== '') rest = step(rest);
    },
    flush: () => {
      const text = held;
      held = '';
      if (state === 'start' && text !== '') state = 'over';
      say(text);
    },
  };
}

type State = 'start' | 'text' | 'thinking' | 'over';

/** How many characters at the end of `text` may be the beginning of `tag`. */
function beginningAtEnd(text: string, tag: string): number {
  const first = tag.charAt(0);
  const from = Math.max(0, text.length - tag.length + 1);
  for (let at = text.indexOf(first, from); at >= 0; at = text.indexOf(first, at + 1)) {
    if (tag.startsWith(text.slice(at))) return text.length - at;
  }
  return 0;
}
