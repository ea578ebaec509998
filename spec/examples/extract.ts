/** A piece of code that a reader will copy. */
export interface Example {
  /** The file it stands in, from the project's root. */
  readonly path: string;
  /** The line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** Marked `ts run`: complete enough to be executed against the local origin. */
  readonly run: boolean;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** The blocks of a Markdown file that are fenced as `ts` or `ts run`. */
export function markdownExamples(path: string, content: string): Example[] {
  return fencedBlocks(path, numbered(content));
}

/** Languages of fences that hold code for a reader but would pass unchecked. */
export function uncheckedFences(content: string): string[] {
  return [...content.matchAll(/^ *```(typescript|tsx|js|jsx|javascript|mjs|ts .*)$/gm)]
    .map(([, language = '']) => language.trim())
    .filter((language) => language !== 'ts run');
}

/** The `@example` blocks of a source file's documentation comments: what is fenced in them, or all where nothing is. */
export function jsDocExamples(path: string, content: string): Example[] {
  return exampleTags(commentLines(numbered(content))).flatMap((lines) => {
    if (lines.some(({ text }) => text.trimStart().startsWith('```'))) return fencedBlocks(path, lines);
    const code = lines.filter(({ text }, index) => index > 0 || text.trim() !== '');
    const [first] = code;
    return first === undefined ? [] : [exampleOf(path, code, false)];
  });
}

function numbered(content: string): Line[] {
  return content.split('\n').map((text, index) => ({ number: index + 1, text }));
}

/** What the documentation comments say, without their frame; the end of each becomes an empty tag, which ends its last one. */
function commentLines(lines: Line[]): Line[] {
  let inside = false;
  return lines.flatMap(({ number, text }) => {
    if (/^\s*\/\*\*/.test(text)) inside = true;
    if (!inside) return [];
    const bare = text.replace(/^\s*(\/\*\*|\*(?!\/)) ?/, '');
    if (!bare.includes('*/')) return [{ number, text: bare }];
    inside = false;
    return [{ number, text: '@' }];
  });
}

/** The lines after each `@example`, up to the next tag. */
function exampleTags(lines: Line[]): Line[][] {
  const found: Line[][] = [];
  let current: Line[] | undefined;
  let fenced = false;
  for (const line of lines) {
    if (line.text.trimStart().startsWith('```')) fenced = !fenced;
    if (!fenced && line.text.startsWith('@')) {
      current = line.text.startsWith('@example') ? [] : undefined;
      if (current !== undefined) found.push(current);
    } else {
      current?.push(line);
    }
  }
  return found;
}

function fencedBlocks(path: string, lines: Line[]): Example[] {
  const found: Example[] = [];
  let open: { indent: string; run: boolean; code: Line[] } | undefined;
  for (const { number, text } of lines) {
    const fence = /^(\s*)```(.*)$/.exec(text);
    if (fence !== null && open === undefined) {
      const language = fence[2]?.trim() ?? '';
      open = { indent: fence[1] ?? '', run: language === 'ts run', code: [] };
      if (!/^ts( run)?$/.test(language)) open.code.push({ number: 0, text: '' });
    } else if (fence !== null && open !== undefined) {
      if (open.code[0] !== undefined && open.code[0].number > 0) found.push(exampleOf(path, open.code, open.run));
      open = undefined;
    } else {
      open?.code.push({ number, text: text.slice(open.indent.length) });
    }
  }
  return found;
}

function exampleOf(path: string, lines: Line[], run: boolean): Example {
  return { path, line: lines[0]?.number ?? 0, code: lines.map(({ text }) => text).join('\n'), run };
}
