/** What one source proves at the end. */
export interface SourceSummary {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Came twice and were removed. */
  readonly duplicates: number;
  readonly reconnects: number;
}

/** Where the demo tells what happens: lines for people, or NDJSON for programs. */
export interface Reporter {
  item(source: string, item: object, shown: string): void;
  event(source: string, text: string): void;
  summary(summary: Readonly<Record<string, SourceSummary>>): void;
}

/** People see one item in a while, so that the events between them stay in sight. */
const shownInterval = 400;

export function reporter(json: boolean): Reporter {
  const started = performance.now();
  let shownAt = -shownInterval;
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const at = (): string => `${((performance.now() - started) / 1_000).toFixed(1).padStart(5)} s`;
  if (json) {
    return {
      item: (source, item) => print(JSON.stringify({ source, item })),
      event: () => undefined,
      summary: (summary) => print(JSON.stringify({ summary })),
    };
  }
  return {
    item: (source, _item, shown) => {
      if (performance.now() - shownAt < shownInterval) return;
      shownAt = performance.now();
      print(`${at()}  ${source}    ${oneLine(shown)}`);
    },
    event: (source, text) => print(`${at()}  ${source}  * ${text}`),
    summary: (summary) => {
      print('');
      for (const [source, counts] of Object.entries(summary)) print(`${source}: ${sentence(counts)}`);
    },
  };
}

function sentence({ sent, received, lost, duplicates, reconnects }: SourceSummary): string {
  const verdict = lost === 0 ? 'nothing lost' : `LOST ${lost}`;
  return `${sent} sent, ${received} received, ${duplicates} duplicates removed, ${reconnects} reconnects: ${verdict}`;
}

const shownLength = 90;
const graphemes = new Intl.Segmenter();

/** Cut between characters as people see them: half a family is a stranger. */
function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ');
  const characters = Array.from(graphemes.segment(flat), ({ segment }) => segment);
  return characters.length > shownLength ? `${characters.slice(0, shownLength - 1).join('')}…` : flat;
}
