import { describeStates } from '../suites/index.ts';
import { createMemoryStates } from './memory.ts';

describeStates('memory', () => {
  const place = createMemoryStates();
  return () => place;
});
