/** What one source proves at the end. */
export interface SourceSummary {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Came twice and were removed. */
  readonly duplicates: number;
  readonly reconnects: number;
}

/** What deliveries prove beside it. */
export interface DeliverySummary extends SourceSummary {
  /** Acknowledgments that the consumer has told of; a kill may take the last one's word. */
  readonly acked: number;
  /** Handled again after the kill: what was not yet acknowledged, or not yet saved. */
  readonly redelivered: number;
  /** Deliveries out at once, at most. */
  readonly maxOutstanding: number;
}

/** What one reader of a durable stream has seen. */
export interface ModeSummary {
  readonly received: number;
  readonly lost: number;
  /** Came twice: nobody removes them, so there must be none. */
  readonly duplicates: number;
  /** Came behind a later one. */
  readonly disordered: number;
  /** Connections that broke. */
  readonly reconnects: number;
}

/** What readers of one durable stream prove together: `received` by every one of them, all else added up. */
export interface DurableSummary extends SourceSummary {
  readonly disordered: number;
  readonly modes: Readonly<Record<string, ModeSummary>>;
}

/** What conversations with models prove; it counts words of answers. `duplicates`: words and tool runs that were too many, so there must be none. */
export interface LlmSummary extends SourceSummary {
  readonly answers: number;
  /** Runs of tools. */
  readonly tools: number;
  readonly stalls: number;
  /** Answers that broke off and began again. */
  readonly restarts: number;
  /** Answers that broke off and went on. */
  readonly resumes: number;
}

/** What the transfers of a chain prove, by way of a service that was killed. */
export interface ChainSummary extends Omit<SourceSummary, 'sent' | 'received'> {
  /** `anvil` is a real one; `scripted` where the platform has none. */
  readonly chain: 'anvil' | 'scripted';
  /** As the chain itself has them. */
  readonly transfers: number;
  /** Of these, once or more. */
  readonly handled: number;
  /** Of these, what the service was told of. */
  readonly acknowledged: number;
  /** Handled again. What came again and was recognised is in `duplicates`, in batches. */
  readonly redelivered: number;
  /** Batches out at once, at most. */
  readonly maxOutstanding: number;
  /** Of the service. */
  readonly restarts: number;
  /** The balances that follow from what was handled are those of the chain. */
  readonly balancesMatch: boolean;
}

export type Summary = SourceSummary | DeliverySummary | DurableSummary | LlmSummary | ChainSummary;

/** Where the demo tells what happens: lines for people, or NDJSON for programs. */
export interface Reporter {
  item(source: string, item: object, shown: string): void;
  event(source: string, text: string): void;
  summary(summary: Readonly<Record<string, Summary>>): void;
}

/** People see one item in a while, so that the events between them stay in sight. */
const shownInterval = 400;
/** Of the longest name of a source. */
const width = 'delivery'.length;

export function reporter(json: boolean): Reporter {
  const started = performance.now();
  const shownAt = new Map<string, number>();
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
      if (performance.now() - (shownAt.get(source) ?? -shownInterval) < shownInterval) return;
      shownAt.set(source, performance.now());
      print(`${at()}  ${source.padEnd(width)}    ${oneLine(shown)}`);
    },
    event: (source, text) => print(`${at()}  ${source.padEnd(width)}  * ${text}`),
    summary: (summary) => {
      print('');
      for (const [source, counts] of Object.entries(summary)) print(`${source}: ${sentence(counts)}`);
    },
  };
}

function sentence(summary: Summary): string {
  if ('chain' in summary) return chainSentence(summary);
  const { sent, received, lost, duplicates, reconnects } = summary;
  const verdict = lost === 0 ? 'nothing lost' : `LOST ${lost}`;
  const parts = [
    `${sent} sent`,
    `${received} received`,
    'modes' in summary || 'answers' in summary ? `${duplicates} twice` : `${duplicates} duplicates removed`,
    `${reconnects} reconnects`,
  ];
  if ('acked' in summary) {
    const { acked, redelivered, maxOutstanding } = summary;
    parts.push(`${acked} acknowledged`, `${redelivered} redelivered`, `${maxOutstanding} out at most`);
  }
  if ('answers' in summary) {
    const { answers, tools, stalls, restarts, resumes } = summary;
    parts.push(
      `${answers} answers`,
      `${tools} tool runs`,
      `${stalls} stalls`,
      `${restarts} restarts`,
      `${resumes} resumes`,
    );
  }
  if ('modes' in summary) parts.push(`in each of ${Object.keys(summary.modes).join(', ')}`);
  return `${parts.join(', ')}: ${verdict}`;
}

function chainSentence(summary: ChainSummary): string {
  const { chain, transfers, handled, lost, acknowledged, redelivered } = summary;
  const { duplicates, reconnects, maxOutstanding, restarts, balancesMatch } = summary;
  const parts = [
    `${transfers} transfers on ${chain === 'anvil' ? 'anvil' : 'a scripted chain'}`,
    `${handled} handled`,
    `${acknowledged} acknowledged`,
    `${redelivered} redelivered`,
    `${duplicates} batches that came again removed`,
    `${maxOutstanding} out at most`,
    `${reconnects} reconnects`,
    `${restarts} restarts of the service`,
    balancesMatch ? 'balances match' : 'BALANCES DIFFER',
  ];
  return `${parts.join(', ')}: ${lost === 0 ? 'nothing lost' : `LOST ${lost}`}`;
}

const shownLength = 90;
const graphemes = new Intl.Segmenter();

/** Cut between characters as people see them: half a family is a stranger. */
function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ');
  const characters = Array.from(graphemes.segment(flat), ({ segment }) => segment);
  return characters.length > shownLength ? `${characters.slice(0, shownLength - 1).join('')}…` : flat;
}
