import { describeCompute } from '../suites/compute-suite.ts';
import { createInlineCompute } from './inline.ts';

describeCompute('inline', createInlineCompute);
