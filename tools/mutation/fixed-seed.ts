// For `npm run mutate`: the same examples in every run, so that the score does not depend on luck; and no search
// for the smallest counterexample, for a mutant is dead at the first.
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: 20_261_101, endOnFailure: true });
