import { connect } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { kafkaForTests } from './kafka.ts';

const kafka = await kafkaForTests('4.1.1');
afterAll(() => kafka?.stop());

const reachable = (broker: string): Promise<boolean> => new Promise((resolve) => {
  const [host, port] = broker.split(':');
  const socket = connect(Number(port), host, () => {
    socket.destroy();
    resolve(true);
  }).on('error', () => resolve(false));
});

(kafka?.own === true ? describe : describe.skip)('a broker of our own', () => {
  it('comes back on the same port after it was killed', async () => {
    const [broker = ''] = kafka?.brokers ?? [];
    expect(await reachable(broker)).toBe(true);
    await kafka?.kill();
    expect(await reachable(broker)).toBe(false);
    await kafka?.restart();
    expect(await reachable(broker)).toBe(true);
  });
});
