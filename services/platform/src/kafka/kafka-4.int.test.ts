import { kafkaForTests } from '../../../../infra/dev/src/kafka.ts';
import { describeKafka } from './testing/cases.ts';

describeKafka('4.1.1', await kafkaForTests('4.1.1'));
