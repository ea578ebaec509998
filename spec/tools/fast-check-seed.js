import fc from 'fast-check';

/**
 * Properties draw the same cases in every run, so that a commit passes or fails for what it is. `FC_SEED=random` draws new ones, another
 * number draws those; a failure prints its seed and path either way.
 */
const given = process.env.FC_SEED;
if (given !== 'random') fc.configureGlobal({ seed: Number(given ?? 20261121) });
