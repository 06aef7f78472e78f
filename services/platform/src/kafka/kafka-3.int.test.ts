import { kafkaForTests } from '../../../../infra/dev/src/kafka.ts';
import { describeKafka } from './testing/cases.ts';

describeKafka('3.9.1', await kafkaForTests('3.9.1'));
