// What a component does after it is shown (an effect) comes with the scheduler's next turn, by setImmediate. Whoever has
// waited for what is shown has waited for that as well.
import { configure, getConfig } from '@testing-library/react';

// The real one, whatever clock a test sets.
const { setImmediate } = globalThis;
const { asyncWrapper } = getConfig();

configure({
  asyncWrapper: async (wait) => {
    const found = await asyncWrapper(wait);
    await new Promise((resolve) => setImmediate(resolve));
    return found;
  },
});
