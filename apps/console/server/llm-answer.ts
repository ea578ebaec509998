/** What the model says to one question. */
export interface LlmAnswer {
  readonly say: readonly (
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'tool'; readonly name: string; readonly input: object }
  )[];
  /** Silence between two pieces, in milliseconds. */
  readonly pace: number;
}

/** How an answer goes out. */
export interface LlmAnswerOptions {
  readonly pace: number;
  /** A hundred times as fast, for as long as a calm answer takes. @default false */
  readonly isFlood?: boolean | undefined;
}

/** About fifty words each, a word a piece: eight seconds at the usual pace. */
const texts = [
  `The water leaves the turbines through the tailrace and comes back to the river below the dam. How much of it flows at this
   moment follows from the head and from the power that the generators give. I have both numbers, so let me work the product out
   with the calculator and not in my head.`,
  `A tailrace must carry what the machines let through, and a little more: when a gate opens at once, the level rises within seconds.
   The gauge shows three metres now. To see how long the channel takes to settle I need one division, and I would
   rather ask the calculator than guess.`,
  `Above the dam the water waits, below the dam it runs. The difference between the two is all that a power station lives on,
   and one number describes it: the head. Multiply it by the flow, by the density and by gravity, and there is the power. The
   calculator does that for me.`,
];

const expressions = ['42 * 17', '3600 / 48', '9.81 * 24 * 310'];

/** How often a flood says it all: so that it lasts about as long as the calm answer. */
const repeats = 60;

/** The answer to question `number`, from 0: a text, and a call of the calculator. */
export function llmAnswer(number: number, { pace, isFlood = false }: LlmAnswerOptions): LlmAnswer {
  const text = (texts[number % texts.length] ?? '').replace(/\s+/g, ' ');
  const expression = expressions[number % expressions.length] ?? '';
  const input = { expression, unit: 'MW', reason: 'the power of the station' };
  const tool = { type: 'tool', name: 'calculator', input } as const;
  if (!isFlood) return { say: [{ type: 'text', text }, tool], pace };
  return { say: [{ type: 'text', text: `${text} `.repeat(repeats) }, tool], pace: pace / 100 };
}
