// The button of those who bring none: one click at a time, and it says that it waits.
import { useState } from 'react';

export function Button({ buy }) {
  const [state, setState] = useState('idle');
  const pending = state === 'pending';
  const handleClick = async () => {
    if (pending) return;
    setState('pending');
    try {
      await buy();
    } catch (error) {
      console.error(error);
      setState('error');
    }
  };
  return (
    <button type="button" data-state={state} aria-busy={pending || undefined} onClick={handleClick}>
      {pending ? 'Loading...' : 'Buy'}
    </button>
  );
}
