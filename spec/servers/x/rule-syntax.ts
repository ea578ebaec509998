/** A rule as a tree. `operator` covers everything of the form `name:value`. */
export type RuleNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly RuleNode[] }
  | { readonly kind: 'not'; readonly part: RuleNode }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'hashtag'; readonly tag: string }
  | { readonly kind: 'operator'; readonly name: 'from' | 'lang' | 'has' | 'is'; readonly value: string };

export type ParsedRule =
  { readonly ok: true; readonly node: RuleNode } | { readonly ok: false; readonly details: readonly string[] };

/**
 * Parses the part of X's rule language that this server knows: words, "phrases", #tags, `from:`, `lang:`,
 * `has:links|media|hashtags|mentions`, `is:retweet|reply|quote`, OR, a space for and, `-`, parentheses.
 *
 * Like X it refuses a rule with nothing positive to search for (`lang:en` alone, `-cat`), and the bare words `and`, `AND` and `or`.
 */
export function parseRule(value: string): ParsedRule {
  try {
    const node = parse(tokenize(value));
    if (!standsAlone(node))
      return refuse('Rules must contain at least one positive, standalone operator in each OR branch');
    return { ok: true, node };
  } catch (error) {
    if (error instanceof RuleSyntaxError) return refuse(error.message);
    throw error;
  }
}

function refuse(detail: string): ParsedRule {
  return { ok: false, details: [detail] };
}

class RuleSyntaxError extends Error {}

type Token =
  | { readonly kind: '(' | ')' | '-' | 'or' }
  | { readonly kind: 'phrase'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string };

function tokenize(value: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([()])|"([^"]*)"|(-)(?=[^\s)])|([^\s()"]+)|(.)/gsu;
  for (const [, bracket, phrase, minus, word, wrong] of value.matchAll(pattern)) {
    if (wrong !== undefined) throw new RuleSyntaxError(`no viable alternative at character '${wrong}'`);
    if (bracket === '(' || bracket === ')') tokens.push({ kind: bracket });
    else if (phrase !== undefined) tokens.push({ kind: 'phrase', text: phrase });
    else if (minus !== undefined) tokens.push({ kind: '-' });
    else if (word === 'OR') tokens.push({ kind: 'or' });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
  }
  return tokens;
}

/** A space binds tighter than OR, as X documents. */
function parse(tokens: readonly Token[]): RuleNode {
  let at = 0;
  const either = (): RuleNode => {
    const parts = [both()];
    while (tokens[at]?.kind === 'or') {
      at++;
      parts.push(both());
    }
    return join('or', parts);
  };
  const both = (): RuleNode => {
    const parts: RuleNode[] = [];
    for (let token = tokens[at]; token !== undefined && token.kind !== 'or' && token.kind !== ')'; token = tokens[at]) {
      parts.push(one(token));
    }
    return join('and', parts);
  };
  const one = (token: Token): RuleNode => {
    at++;
    if (token.kind === '-') return { kind: 'not', part: one(tokens[at] ?? { kind: ')' }) };
    if (token.kind === 'phrase') return wordsNode(token.text);
    if (token.kind === 'word') return wordNode(token.text);
    if (token.kind !== '(') throw new RuleSyntaxError('missing operand');
    const inner = either();
    if (tokens[at++]?.kind !== ')') throw new RuleSyntaxError("missing ')'");
    return inner;
  };
  const node = either();
  if (at < tokens.length) throw new RuleSyntaxError("extraneous input ')'");
  return node;
}

function join(kind: 'and' | 'or', parts: readonly RuleNode[]): RuleNode {
  const [first, second] = parts;
  if (first === undefined) throw new RuleSyntaxError('missing operand');
  return second === undefined ? first : { kind, parts };
}

const operators: Readonly<Record<string, RegExp>> = {
  from: /^@?\w{1,20}$/,
  lang: /^[a-z]{2,3}$/,
  has: /^(links|media|hashtags|mentions)$/,
  is: /^(retweet|reply|quote)$/,
};

function wordNode(text: string): RuleNode {
  if (/^(and|or)$/i.test(text)) {
    const lower = text.toLowerCase();
    throw new RuleSyntaxError(
      `Ambiguous use of ${lower} as a keyword. Use a space or OR to join two clauses, or "${lower}" to find it in text`,
    );
  }
  if (/^#[\p{L}\p{M}\p{N}_]+$/u.test(text)) return { kind: 'hashtag', tag: text.slice(1).toLowerCase() };
  const [, name = '', value = ''] = /^(\w+):(.*)$/su.exec(text) ?? [];
  if (name === '') return wordsNode(text);
  if (operators[name]?.test(value) !== true)
    throw new RuleSyntaxError(`Reference to invalid operator '${name}:${value}'`);
  if (name === 'from' || name === 'lang' || name === 'has' || name === 'is') return { kind: 'operator', name, value };
  throw new RuleSyntaxError(`Reference to invalid operator '${name}'`);
}

function wordsNode(text: string): RuleNode {
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text))
    throw new RuleSyntaxError(`no viable alternative at input '${text}'`);
  return { kind: 'words', text };
}

/** `lang:`, `has:` and `is:` only narrow down what something else has found. */
function standsAlone(node: RuleNode): boolean {
  switch (node.kind) {
    case 'and':
      return node.parts.some(standsAlone);
    case 'or':
      return node.parts.every(standsAlone);
    case 'not':
      return false;
    case 'operator':
      return node.name === 'from';
    case 'words':
    case 'hashtag':
      return true;
  }
}
